import type { Reference } from '../../registry/reference.js';
import type { Event } from '../reading/reader.js';

/** The URL that the failing request went to: the registry's before any other, and never a manual's. */
export function urlOf(text: string): string | undefined {
  const urls = Array.from(text.matchAll(/(\S*\s?)\b(https?:\/\/[^\s"'<>\\]+)/g))
    .filter(
      ([, before = '', url = '']) =>
        !/\b(?:see|at|visit|more)[:\s]*$/i.test(before.trimEnd()) &&
        !/\/help\/|\/docs?\/|github\.com\/[^/]+\/[^/]+\/(?:blob|issues)/.test(url),
    )
    .map(([, , url = '']) => url);
  const asked = urls.filter((url) => !isRealm(url));
  return asked.find((url) => url.includes('/v2/')) ?? asked[0];
}

/** GitLab's token endpoint, and what others call theirs: where it is says nothing of where the registry is. */
function isRealm(url: string): boolean {
  return /\/jwt\/auth|\/token\b|\/oauth2?\/|[?&](?:service|offline_token)=/.test(url);
}

/** Host and port that the failing request went to. Pure. */
export function registryOf(
  url: string | undefined,
  image: Reference | undefined,
  words: readonly string[],
  event: Event,
): string | undefined {
  const fromUrl = url === undefined ? undefined : /^https?:\/\/([^/\s"?]+)/.exec(url)?.[1]?.replace(/[:.,]+$/, '');
  if (fromUrl !== undefined && (/\/v2\/?/.test(url ?? '') || image?.host === undefined)) return fromUrl;
  if (image?.host !== undefined) return image.host;
  const login = words.indexOf('login');
  if (login !== -1) {
    const host = words.at(-1);
    if (host !== undefined && /[.:]/.test(host) && !host.startsWith('-') && !host.startsWith('$'))
      return host.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  }
  return /\b(?:logging in to|logging into|login attempt to|for registry|registry) "?(?:https?:\/\/)?([A-Za-z0-9.-]+\.[A-Za-z0-9-]+(?::\d+)?)/i.exec(
    event.text,
  )?.[1];
}
