import { WebClient } from '@slack/web-api';
import type { ConfigSource } from '../config/source.js';
import { EdgeError } from '../errors.js';
import { openMattermostFile } from './mattermost/files.js';
import type { Log } from './request.js';
import { clientOptions } from './slack/chat.js';
import { openSlackFile } from './slack/files.js';

export type ChatFile = Extract<Log, { kind: 'chat-file' }>;

/**
 * Streams a file that somebody shared in a chat.
 *
 * Errors: `file-unreadable`; with `retry`, those of a platform that does not answer.
 */
export async function openChatFile(
  { platform, fileId }: Pick<ChatFile, 'platform' | 'fileId'>,
  config: ConfigSource,
): Promise<AsyncIterable<Buffer>> {
  const { slack, mattermost } = config.current().chat;
  if (platform === 'slack' && slack !== undefined) {
    const token = config.secret(slack.botToken);
    return openSlackFile(fileId, new WebClient(token, clientOptions(slack)), token, slack.apiUrl);
  }
  if (platform === 'mattermost' && mattermost !== undefined)
    return openMattermostFile(fileId, mattermost.url, config.secret(mattermost.token), mattermost.ca);
  throw new EdgeError({
    part: 'config',
    code: 'file-unreadable',
    forPerson: {
      what: `the file is in ${platform}, and this worker knows no ${platform}`,
      next: 'give the worker the same registrar.yaml as the app',
    },
  });
}
