import { parseReference, type Reference } from '../registry/reference.js';
import type { Facts } from './facts.js';

/** Lines in which a client says, before it fails, which image it is about to ask for. */
const ANNOUNCES: readonly RegExp[] = [
  /^Trying to pull (\S+?)(?:\.{3})?$/,
  /^Unable to find image '([^']+)' locally/,
  /^Pulling [\w.-]+ \(([^)\s]+)\)/,
  /^Pulling docker image (\S+)/,
  /^Step \d+\/\d+ : FROM (?:--platform=\S+ )?(\S+)/i,
  /^STEP \d+(?:\/\d+)?: FROM (?:--platform=\S+ )?(\S+)/,
  /\[internal\] load metadata for (\S+?):?$/,
  /^(?:#\d+|=>) (?:\[[^\]]{1,60}\] )?FROM (\S+)/,
  /^#\d+ resolve (\S+)/,
  /Retrieving image manifest (\S+)/,
  /Containerizing application to (\S+?)(?:\.{3})?$/,
  /make sure (?:you have permissions|your credentials) for '?([^\s']+)/,
  /\bPushing (?:image to )?(\S+\/\S+)/,
];

/** BuildKit names what it wants a token for: `[auth] group/app:pull,push token for registry.example.com`. */
const AUTH = /\[auth\] ([a-z0-9][\w./-]*):([a-z,]+)\b.{0,200} token for ([\w.-]+(?::\d+)?)/;

/** The scope that a token was asked for: its path has no host, the registry's is another than the token endpoint's. */
const SCOPE = /scope=repository(?::|%3A)([a-z0-9][\w./-]*(?:%2F[\w.-]+)*)(?::|%3A)([a-z]+(?:(?:,|%2C)[a-z]+)*)/gi;

/**
 * The name that a failing line without one is about, from what the client had said just before: the same step of a
 * build, the token it had asked for, the pull or push that it announced. Pure.
 */
export function nameTold({ failure, near, registry }: Facts): Reference | undefined {
  const before = near.slice(0, Math.max(near.indexOf(failure), 0));
  const vertex = /^#\d+ /.exec(failure)?.[0];
  const own = vertex === undefined ? [] : before.filter((line) => line.startsWith(vertex));
  return announced(own) ?? asked(failure, before, registry) ?? announced(before);
}

function announced(lines: readonly string[]): Reference | undefined {
  for (const line of lines.toReversed()) {
    for (const pattern of ANNOUNCES) {
      const found = pattern.exec(line)?.[1];
      const name =
        found === undefined || found.length > 1024 ? undefined : parseReference(found.replace(/[:.,]+$/, ''));
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

function asked(failure: string, before: readonly string[], registry: string | undefined): Reference | undefined {
  const scopes = Array.from(failure.matchAll(SCOPE), ([, path = '', actions = '']) => ({
    path: decodeURIComponent(path),
    writes: actions.includes('push'),
  }));
  const scope = scopes.find(({ writes }) => writes) ?? scopes[0];
  const host = /\/\/auth\.docker\.io\//.test(failure) ? 'docker.io' : registry;
  if (scope !== undefined && host !== undefined) return parseReference(`${host}/${scope.path}`);
  const token = before.map((line) => AUTH.exec(line)).findLast((found) => found !== null);
  return token == null ? undefined : parseReference(`${token[3]}/${token[1]}`);
}
