import type { RbValue, Setting } from '../host/gitlab-rb.js';
import { isSecret } from '../secrets/keys.js';
import { redact } from '../secrets/redact.js';

/** A shorter one would be found in every second word. Characters. */
const SECRET_LENGTH = 6;

/**
 * Takes out secrets wherever they stand: those that gitlab.rb names, so that a key that was misspelt in a generated
 * file gives none away, and whatever has the shape of one.
 */
export function cleaner(settings: readonly Setting[]): (text: string) => string {
  const secrets = new Set(settings.flatMap(({ path, value }) => secretsIn(path.join('.'), value)));
  const known = [...secrets].slice(0, 200);
  return (text) => {
    const without = known.reduce((left, secret) => left.replaceAll(secret, '***'), text);
    return redact(without.replace(/[0-9a-f]{64,}/gi, '***')).text;
  };
}

function secretsIn(key: string, value: RbValue | undefined): string[] {
  if (typeof value === 'string') return isSecret(key) && value.length >= SECRET_LENGTH ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([inner, one]) => {
    const own = Array.isArray(value) ? key : inner;
    return secretsIn(isSecret(key) ? `${key}.${own}` : own, one);
  });
}
