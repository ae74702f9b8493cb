/** A parsed image reference, as `docker push` and friends take it. */
export interface Reference {
  /** Registry host with its port, as written; absent when the name has none and means Docker Hub. */
  host?: string;
  /** Repository path below the host: `group/project/image`. */
  path: string;
  tag?: string;
  digest?: string;
}

// The grammar of distribution's reference package: path components are lower case, tags may be mixed.
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

/**
 * Parses `[HOST[:PORT]/]PATH[:TAG][@DIGEST]` by the rule that every client follows: what stands before the
 * first slash is a host only if it has a dot, a colon or an upper-case letter, or is `localhost`.
 *
 * Returns `undefined` for text that is no reference (upper case in the path, empty parts, bad characters).
 * Source: the reference grammar of the distribution project.
 */
export function parseReference(text: string): Reference | undefined {
  if (text.length > 1024) return undefined;
  const [name = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !/^[a-z0-9]+:[0-9a-fA-F]{32,}$/.test(digest))) return undefined;
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hasHost = first === 'localhost' || /[.:A-Z]/.test(first);
  if (hasHost && !HOST.test(first)) return undefined;
  const remainder = hasHost ? name.slice(slash + 1) : name;
  const colon = remainder.lastIndexOf(':');
  const hasTag = colon > remainder.lastIndexOf('/');
  const path = hasTag ? remainder.slice(0, colon) : remainder;
  const tag = hasTag ? remainder.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  if (!path.split('/').every((component) => COMPONENT.test(component))) return undefined;
  return {
    path,
    ...(hasHost ? { host: first } : {}),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The reference as text again: the inverse of {@link parseReference}. */
export function formatReference({ host, path, tag, digest }: Reference): string {
  return `${host === undefined ? '' : `${host}/`}${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Is the image the project's own name or below it? GitLab compares paths without regard to case. */
export function isUnder({ path }: Reference, project: string): boolean {
  const own = project.toLowerCase();
  return path.toLowerCase() === own || path.toLowerCase().startsWith(`${own}/`);
}

/** Docker Hub's names: an explicit `docker.io` is the same place as no host at all. */
export function isDockerHub({ host }: Reference): boolean {
  return host === undefined || /^(?:[a-z0-9-]+\.)?docker\.(?:io|com)$/.test(host);
}
