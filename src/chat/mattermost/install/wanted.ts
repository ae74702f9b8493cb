/** What an installation on a Mattermost server shall be like. Pure. */

export const TRIGGER = 'registry';

/** A slash command, as the server's API names its fields. */
export interface CommandFields {
  trigger: string;
  url: string;
  method: string;
  display_name: string;
  description: string;
  auto_complete: boolean;
  auto_complete_hint: string;
  auto_complete_desc: string;
}

export interface Wanted {
  /** Of the bot account. */
  username: string;
  /** By their names in addresses. */
  teams: readonly string[];
  command: CommandFields;
}

/** Files beside registrar.yaml, as it names them. */
export const BOT_TOKEN_FILE = 'secrets/mattermost-token';
export const commandTokenFile = (team: string): string => `secrets/mattermost-command-${team}`;

const DESCRIPTION = 'GitLab’s container registry: status, diagnosis, token rotation';

/** The server keeps no completion of words for such commands: they all stand in the hint. */
export function commandFields(callbackUrl: string, verbs: readonly string[]): CommandFields {
  return {
    trigger: TRIGGER,
    url: `${callbackUrl}/chat/mattermost/command`,
    method: 'P',
    display_name: 'Registrar',
    description: DESCRIPTION,
    auto_complete: true,
    auto_complete_hint: `[${verbs.join('|')}]`,
    auto_complete_desc: DESCRIPTION,
  };
}
