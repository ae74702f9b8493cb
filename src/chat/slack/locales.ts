import type { WebClient } from '@slack/web-api';
import { remembered } from '../remembered.js';

/**
 * The locale of a person, such as fr-FR; `undefined`: nobody knows, as in an app without the scope users:read. Never
 * rejects.
 *
 * Source: https://docs.slack.dev/reference/methods/users.info (include_locale).
 */
export function openLocales(
  client: Pick<WebClient, 'users'>,
  now: () => number,
): (person: string) => Promise<string | undefined> {
  return remembered(now, async (user) => {
    const { user: found } = await client.users.info({ user, include_locale: true });
    return found?.locale;
  });
}
