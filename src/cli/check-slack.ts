import { WebClient } from '@slack/web-api';
import { clientOptions } from '../chat/slack/chat.js';
import { SLACK_SCOPES } from '../chat/slack/scopes.js';
import type { SlackConfig } from '../config/schema.js';
import type { ConfigSource } from '../config/source.js';
import { EdgeError, messageOf } from '../errors.js';
import { attempt, type Row } from './attempt.js';

/** Is the bot let in with every scope, and are the secrets of its mode there? */
export async function trySlack(slack: SlackConfig, config: ConfigSource): Promise<Row> {
  return attempt('Slack', async () => {
    const who = await whoInSlack(slack, config.secret(slack.botToken));
    for (const [reference, needed] of [
      [slack.appToken, slack.mode === 'socket'],
      [slack.signingSecret, slack.mode === 'http'],
    ] as const) {
      if (needed && reference !== undefined) config.secret(reference);
    }
    return `${who}, mode ${slack.mode}`;
  });
}

/** The bot and its workspace. Errors: `slack-failed` when it is not let in, or lacks a scope. */
export async function whoInSlack(slack: SlackConfig, token: string): Promise<string> {
  const client = new WebClient(token, clientOptions(slack));
  const self = await client.auth.test().catch((error: unknown) => {
    throw refusal(messageOf(error), 'copy the Bot User OAuth Token of the app again, after installing it');
  });
  const scopes = self.response_metadata?.scopes ?? [];
  const lacking = SLACK_SCOPES.filter((scope) => !scopes.includes(scope));
  const who = `${self.user} in ${self.team}`;
  if (lacking.length > 0)
    throw refusal(
      `${who} lacks ${lacking.join(', ')}`,
      'apply the manifest that `registrar install slack` prints, and reinstall the app',
    );
  return who;
}

function refusal(what: string, next: string): EdgeError {
  return new EdgeError({ part: 'slack', code: 'slack-failed', forPerson: { what, next } });
}
