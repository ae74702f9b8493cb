import { type MattermostApi, User } from './api.js';

/** People move; so long their zone is remembered. Milliseconds. */
const KEPT_MS = 3_600_000;

/** The time zone of a person by the server's id, as the IANA names it; `undefined`: nobody knows. Never rejects. */
export type Zones = (person: string) => Promise<string | undefined>;

export function openZones(api: MattermostApi, now: () => number): Zones {
  const known = new Map<string, { zone: string | undefined; until: number }>();
  return async (person) => {
    if (person === '') return undefined;
    const kept = known.get(person);
    if (kept !== undefined && kept.until > now()) return kept.zone;
    // Without it times are told in UTC: no answer waits for that.
    const zone = await api.call(User, 'GET', `/users/${encodeURIComponent(person)}`).then(zoneOf, () => undefined);
    known.set(person, { zone, until: now() + KEPT_MS });
    return zone;
  };
}

/** All are strings; either may be empty. Source: model.User of the server. */
function zoneOf({ timezone }: User): string | undefined {
  const isAutomatic = timezone?.useAutomaticTimezone === 'true';
  return (isAutomatic ? timezone?.automaticTimezone : timezone?.manualTimezone) || undefined;
}
