/** Scopes that the bot needs in Slack; docs/slack-app-manifest.yaml asks for them. */
export const SLACK_SCOPES = [
  'commands',
  'chat:write',
  'app_mentions:read',
  'im:history',
  'im:write',
  'files:read',
  'files:write',
  'channels:history',
  'groups:history',
  'users:read',
];
