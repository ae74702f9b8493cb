import { remembered } from '../remembered.js';
import { type MattermostApi, User } from './api.js';

/** How a person by the server's id reads. Never rejects. */
export type People = (person: string) => Promise<{
  /** As the IANA names it. */
  zone?: string;
  locale?: string;
}>;

/** Without it times are told in UTC, and words in English: no answer waits for that. */
export function openPeople(api: MattermostApi, now: () => number): People {
  const read = remembered(now, (person) =>
    api.call(User, 'GET', `/users/${encodeURIComponent(person)}`).then(readingOf),
  );
  return async (person) => (person === '' ? {} : ((await read(person)) ?? {}));
}

/** All are strings; either zone may be empty. Source: model.User of the server. */
function readingOf({ timezone, locale }: User): Awaited<ReturnType<People>> {
  const isAutomatic = timezone?.useAutomaticTimezone === 'true';
  const zone = (isAutomatic ? timezone?.automaticTimezone : timezone?.manualTimezone) || undefined;
  return { ...(zone === undefined ? {} : { zone }), ...(locale === '' ? {} : { locale }) };
}
