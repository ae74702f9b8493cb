import { WebClient } from '@slack/web-api';
import { clientOptions } from '../../chat/slack/chat.js';
import { platformError } from '../../chat/slack/errors.js';
import { SLACK_SCOPES } from '../../chat/slack/scopes.js';
import type { SlackConfig } from '../../config/schema.js';
import type { ConfigSource } from '../../config/source.js';
import type { Finding } from '../finding.js';
import { judgeSlack, slackRefuses, socketOpens } from '../slack.js';

/** Both tokens at once. A connection is only asked for, and not opened: Slack gives each app ten at most. */
export async function lookAtSlack(slack: SlackConfig, config: ConfigSource): Promise<Finding[]> {
  const found = await Promise.all([bot(slack, config), ...(slack.mode === 'socket' ? [socket(slack, config)] : [])]);
  return found.flat();
}

async function bot(slack: SlackConfig, config: ConfigSource): Promise<Finding[]> {
  const client = new WebClient(config.secret(slack.botToken), clientOptions(slack));
  return answered('bot', slack.botToken, async () => {
    const { user = '?', team = '?', response_metadata } = await client.auth.test();
    return judgeSlack({ user, team, scopes: response_metadata?.scopes ?? [], mode: slack.mode }, SLACK_SCOPES);
  });
}

async function socket(slack: SlackConfig, config: ConfigSource): Promise<Finding[]> {
  const { appToken } = slack;
  if (appToken === undefined) return [];
  const client = new WebClient(config.secret(appToken), clientOptions(slack));
  return answered('app', appToken, async () => {
    await client.apps.connections.open({});
    return [socketOpens()];
  });
}

/** What Slack itself says is its refusal; that it does not answer is told as that. */
async function answered(which: 'bot' | 'app', reference: string, ask: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await ask();
  } catch (error) {
    const said = platformError(error);
    if (said === undefined) throw error;
    return [slackRefuses(which, reference, said)];
  }
}
