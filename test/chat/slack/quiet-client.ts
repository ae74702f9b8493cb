import { LogLevel, WebClient } from '@slack/web-api';
import { clientOptions } from '../../../src/chat/slack/chat.js';
import type { SlackDouble } from '../../lab/slack/double.js';

/** The client that Registrar uses, without its warnings about the faults that a test ordered. */
export function quietClient({ apiUrl, botToken }: SlackDouble): WebClient {
  const silent = () => {};
  return new WebClient(botToken, {
    ...clientOptions({ apiUrl: apiUrl.replace(/\/$/, '') }),
    logger: {
      debug: silent,
      info: silent,
      warn: silent,
      error: silent,
      setLevel: silent,
      setName: silent,
      getLevel: () => LogLevel.ERROR,
    },
  });
}
