import { linesOf, type Part, type Parts } from './parts.js';

/** Something that is read from a file on the host; or why it is not there. */
export type OnHost<T> = { path: string; absent: 'missing' | 'unreadable' } | ({ path: string } & T);

/** What an address answered to a `GET` from the host, without credentials. */
export interface HostAnswer {
  url: string;
  /** Absent: no answer. */
  status?: number;
  headers: Readonly<Record<string, string>>;
  /** curl's words when there was no answer. */
  error?: string;
}

/** Who listens on a port that the registry's or nginx's settings name. */
export interface Listener {
  address: string;
  port: number;
  /** Told to root alone. */
  process?: string;
}

/** What GitLab itself believes of its registry. Source: the registry's section of gitlab.yml, as reconfigure writes it. */
export interface GitlabYml {
  enabled?: boolean;
  host?: string;
  port?: number;
  issuer?: string;
  /** Have new projects a registry? */
  newProjects?: boolean;
}

/** The metadata database, as far as the host shows it. */
export interface DatabaseSeen {
  /** `filesystem-in-use`, `database-in-use`: which of the two holds the metadata. */
  lockfiles: string[];
  /** Repositories are in the storage. */
  hasImages: boolean;
  /** Migrations that the registry waits for; unknown where its binary did not tell. */
  pending?: number;
  /** Has the database any repository? */
  filled?: boolean;
}

/** Errors of the registry in its log, and statuses that nginx gave out, of the last minutes. */
export interface Recent {
  /** So long: since the registry's last start at most. */
  seconds: number;
  errors: number;
  /** The last of them, the oldest first, without names of repositories. */
  last: string[];
  /** HTTP status → how often. */
  statuses: Readonly<Record<string, number>>;
}

export function certificateOf(parts: Parts, which: string): OnHost<{ pem: string }> | undefined {
  return onHost(parts.find('certificate', which), (pem) => ({ pem }));
}

/** The public half: a private key never leaves its host. */
export function keyOf(parts: Parts, which: string): OnHost<{ publicKey: string }> | undefined {
  return onHost(parts.find('key', which), (publicKey) => ({ publicKey }));
}

function onHost<T>(part: Part | undefined, take: (text: string) => T): OnHost<T> | undefined {
  if (part === undefined) return undefined;
  const path = part.argument.split(' ').slice(1).join(' ');
  const text = part.text.trim();
  if (text === 'missing') return { path, absent: 'missing' };
  return text.includes('-----BEGIN') ? { path, ...take(`${text}\n`) } : { path, absent: 'unreadable' };
}

export function answerOf(parts: Parts, which: string): HostAnswer | undefined {
  const part = parts.find(which);
  if (part === undefined) return undefined;
  const url = part.argument;
  const lines = linesOf(part.text);
  const status = /^HTTP\/[\d.]+ (\d{3})/.exec(lines[0] ?? '')?.[1];
  const headers = lines.slice(1).flatMap((line) => {
    const [, name, value] = /^([A-Za-z0-9-]+): ?(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), value ?? ''] as const];
  });
  if (status === undefined) return { url, headers: {}, error: (lines[0] ?? 'no answer').slice(0, 300) };
  return { url, status: Number(status), headers: Object.fromEntries(headers) };
}

/** `undefined`: the host has no `ss`, or it was cut short. Source: ss of iproute2, `-Hltnp`. */
export function listenersOf(parts: Parts): Listener[] | undefined {
  const lines = parts.lines('sockets');
  if (lines.at(-1) !== 'end') return undefined;
  return lines.slice(0, -1).flatMap((line) => {
    const [, address, port, users] = /^(\S*):(\d+)(?: (.*))?$/.exec(line) ?? [];
    if (address === undefined || port === undefined) return [];
    const process = /"([^"]+)"/.exec(users ?? '')?.[1];
    return [{ address, port: Number(port), ...(process === undefined ? {} : { process }) }];
  });
}

export function gitlabYmlOf(parts: Parts): GitlabYml | undefined {
  if (parts.find('gitlab-yml') === undefined) return undefined;
  const value = (key: string) => new RegExp(`^ +${key}: *["']?([^"'\\s]+)`, 'm').exec(parts.text('gitlab-yml'))?.[1];
  const [enabled, host, port, issuer, newProjects] = ['enabled', 'host', 'port', 'issuer', 'new_projects'].map(value);
  return {
    ...(enabled === undefined ? {} : { enabled: enabled === 'true' }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined || !/^\d+$/.test(port) ? {} : { port: Number(port) }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(newProjects === undefined ? {} : { newProjects: newProjects === 'true' }),
  };
}

/** Paths that the registry's user may not write to, with owner and mode; `undefined` where nobody could try. */
export function writableOf(parts: Parts): { user: string; not: string[] } | undefined {
  const part = parts.find('writable');
  if (part === undefined) return undefined;
  const lines = linesOf(part.text);
  return lines.at(-1) === 'end' ? { user: part.argument, not: lines.slice(0, -1) } : undefined;
}

export function databaseOf(parts: Parts): DatabaseSeen | undefined {
  if (parts.find('lockfiles') === undefined) return undefined;
  const seen = parts.lines('lockfiles');
  const pending = /^pending (\d+)$/m.exec(parts.text('migrations'))?.[1];
  const filled = /^([01])$/m.exec(parts.text('repositories'))?.[1];
  return {
    lockfiles: seen.filter((line) => line.endsWith('-in-use')),
    hasImages: seen.includes('images'),
    ...(pending === undefined ? {} : { pending: Number(pending) }),
    ...(filled === undefined ? {} : { filled: filled === '1' }),
  };
}

/** `undefined` on a host whose `date` can't tell what was some minutes ago. */
export function recentOf(parts: Parts): Recent | undefined {
  const part = parts.find('recent-errors');
  if (part === undefined) return undefined;
  const [count = '0', ...last] = parts.lines('recent-errors');
  const statuses = parts.lines('statuses').flatMap((line) => {
    const [, status, times] = /^(\d{3}) (\d+)$/.exec(line) ?? [];
    return status === undefined ? [] : [[status, Number(times)] as const];
  });
  return {
    seconds: Number(part.argument) || 0,
    errors: Number(count) || 0,
    last,
    statuses: Object.fromEntries(statuses),
  };
}
