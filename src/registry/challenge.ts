/** What a registry's `WWW-Authenticate: Bearer …` says. */
export interface Challenge {
  /** The token endpoint. Hostile until its scheme and host were checked. */
  realm: string;
  service?: string;
  scope?: string;
  error?: string;
}

/**
 * Parses a Bearer challenge. Pure; `undefined` for another scheme or no realm.
 *
 * Source: RFC 6750 section 3 and distribution's token specification; parameters come quoted or bare, in any order.
 */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined || header.length > 4096) return undefined;
  const scheme = /^\s*bearer\s+/i.exec(header);
  if (scheme === null) return undefined;
  const fields: Record<string, string> = {};
  for (const [, key = '', quoted, bare] of header
    .slice(scheme[0].length)
    .matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s",]+))/gi)) {
    // The first counts: what follows may belong to another scheme's challenge.
    fields[key.toLowerCase()] ??= quoted ?? bare ?? '';
  }
  const { realm, service, scope, error } = fields;
  if (realm === undefined || realm === '') return undefined;
  return {
    realm,
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
    ...(error === undefined ? {} : { error }),
  };
}
