/** Where an administrator finds what only they can allow. */
const CONSOLE = 'System Console →';

export const MAY_MAKE_BOTS = `${CONSOLE} Integrations → Bot Accounts → Enable Bot Account Creation`;
export const MAY_MAKE_COMMANDS = `${CONSOLE} Integrations → Integration Management → Enable Custom Slash Commands`;
export const MAY_HAVE_TOKENS = `${CONSOLE} Integrations → Integration Management → Enable Personal Access Tokens`;
export const INTERNAL = `${CONSOLE} Environment → Developer → Allow untrusted internal connections to`;
export const INSECURE = `${CONSOLE} Environment → Web Server → Enable Insecure Outgoing Connections`;
export const SITE_URL = `${CONSOLE} Environment → Web Server → Site URL`;
export const PERMISSIONS = `${CONSOLE} User Management → Permissions`;
