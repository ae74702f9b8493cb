/**
 * Values that hold the registry's address: `registry.example.com:5000`, with a scheme before it or a path behind. Pure.
 */

/** Is the value that address, or something below it? */
export function isUrlOf(url: string, value: string | null): boolean {
  return value !== null && partsOf(url, value) !== undefined;
}

/** The value with the former address replaced; a scheme is written only where one stood. */
export function movedUrl(value: string, formerUrls: readonly string[], url: string): string | undefined {
  for (const former of formerUrls) {
    const parts = partsOf(former, value);
    if (parts === undefined) continue;
    const present = new URL(url);
    return `${parts.scheme === '' ? present.host : present.origin}${parts.path}`;
  }
  return undefined;
}

function partsOf(url: string, value: string): { scheme: string; path: string } | undefined {
  const [, scheme = '', rest = ''] = /^(https?:\/\/)?(.*)$/s.exec(value) ?? [];
  const { host } = new URL(url);
  if (!rest.toLowerCase().startsWith(host)) return undefined;
  const path = rest.slice(host.length);
  return path === '' || path.startsWith('/') ? { scheme, path } : undefined;
}
