/** So long what a platform says of a person counts: people move, and change their language. Milliseconds. */
const KEPT_MS = 3_600_000;

/** Asks once an hour for each key; `undefined` where the answer failed, which is remembered too. Never rejects. */
export function remembered<T>(
  now: () => number,
  ask: (key: string) => Promise<T>,
): (key: string) => Promise<T | undefined> {
  const known = new Map<string, { value: Promise<T | undefined>; until: number }>();
  return (key) => {
    const kept = known.get(key);
    if (kept !== undefined && kept.until > now()) return kept.value;
    const value = ask(key).catch(() => undefined);
    known.set(key, { value, until: now() + KEPT_MS });
    return value;
  };
}
