import { peerOf } from './connection.js';
import type { Facts } from './facts.js';
import type { Target } from './findings.js';

/**
 * To which of the instance's addresses the failing request of a log went, as far as it tells.
 *
 * `named`: by host and port, so that what is seen there now is about the same place. An address that is neither is
 * `other`: it is told, and never contacted.
 */
export type Addressed =
  | { is: 'registry' | 'gitlab'; named: boolean }
  | { is: 'other' /** As in the log, cut. */; authority: string };

/** Pure. */
export function addressed(facts: Facts | undefined, { registryUrl, gitlabUrl }: Target): Addressed {
  if (facts === undefined) return { is: 'registry', named: false };
  const realm = peerOf(facts) === 'realm';
  const endpoint = /(https?):\/\/([^\s"'<>/?\\]+)\/jwt\/auth/.exec(facts.failure);
  const scheme = facts.scheme ?? schemeOf(registryUrl);
  if (realm && endpoint !== null) {
    const [, itsScheme = '', authority = ''] = endpoint;
    return isAt(authority, itsScheme, gitlabUrl) ? { is: 'gitlab', named: true } : other(authority);
  }
  const authority = facts.registry ?? facts.image?.host;
  if (authority === undefined || authority.includes('$')) return { is: realm ? 'gitlab' : 'registry', named: false };
  if (isAt(authority, scheme, registryUrl)) return { is: realm ? 'gitlab' : 'registry', named: true };
  return isAt(authority, scheme, gitlabUrl) ? { is: 'gitlab', named: true } : other(authority);
}

function other(authority: string): Addressed {
  return { is: 'other', authority: authority.slice(0, 100) };
}

function isAt(authority: string, scheme: string, url: string): boolean {
  const place = `${scheme}://${authority}`;
  return URL.canParse(place) && withPort(place) === withPort(url);
}

function withPort(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

function schemeOf(url: string): string {
  return new URL(url).protocol.slice(0, -1);
}
