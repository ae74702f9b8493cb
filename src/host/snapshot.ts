import { parseServiceList, parseStatus, type ServiceState } from './gitlab-ctl.js';

/** A file of the host, secrets masked, with its path; or why it could not be read. */
export type HostFile = { path: string; text: string } | { path: string; absent: 'missing' | 'unreadable' };

/** What the script saw of a host, taken apart but not judged. */
export interface HostSnapshot {
  services: Map<string, boolean>;
  status: ServiceState[];
  /** Registry and nginx once more at the end of the script: a crash loop shows as another pid. */
  statusAgain: ServiceState[];
  /** GitLab's version, such as 18.11.0. */
  version?: string;
  gitlabRb?: HostFile;
  registryConfig?: HostFile;
  vhost?: HostFile;
  /** Bytes and inodes of the file system that holds the registry's blobs. */
  disk?: {
    path: string;
    totalBytes: number;
    freeBytes: number;
    totalInodes?: number;
    freeInodes?: number;
    /** It is mounted read-only. */
    readOnly?: true;
  };
  /** Seconds since the epoch, by the host's clock. */
  clock?: number;
  /** The last errors of the registry's log, oldest first. */
  registryErrors: string[];
  /** On a close look: addresses of the instance's names as the host sees them; none: it does not resolve there. */
  names?: { name: string; addresses: string[] }[];
  /** On a close look: lines about failures and bans at the ends of the logs, oldest first. */
  logs?: { file: string; lines: string[] }[];
  /** What gitlab-ctl printed when it is no omnibus host at all. */
  gitlabCtlMissing: boolean;
}

/**
 * The word that begins each part, as the script says at its beginning; `undefined` when there is no such beginning.
 * Pure. What a login script printed before it does not matter.
 */
export function boundaryOf(output: string): string | undefined {
  return /^registrar-look (registrar-[0-9a-f]{32})\r?$/m.exec(output)?.[1];
}

/** Takes the script's output apart at its boundaries. Pure; parts that are not there stay `undefined`. */
export function parseSnapshot(output: string, boundary: string): HostSnapshot {
  const parts = split(output, boundary);
  const text = (name: string) => parts.find((part) => part.name === name)?.text ?? '';
  const version = /([0-9]+\.[0-9]+\.[0-9]+)/.exec(text('version'))?.[1];
  const clock = Number(text('clock').trim() || Number.NaN);
  const disk = diskOf(parts);
  const gitlabRb = fileOf(parts, 'gitlab-rb');
  const registryConfig = fileOf(parts, 'registry-config');
  const vhost = fileOf(parts, 'vhost');
  const names = all(parts, 'name').map(({ argument, text: found }) => ({ name: argument, addresses: linesOf(found) }));
  const logs = all(parts, 'log').map(({ argument, text: found }) => ({ file: argument, lines: linesOf(found) }));
  return {
    services: parseServiceList(text('service-list')),
    status: parseStatus(text('status')),
    statusAgain: parseStatus(text('status-again')),
    registryErrors: linesOf(text('registry-log')),
    gitlabCtlMissing: /gitlab-ctl: (?:command )?not found/.test(text('service-list')),
    ...(version === undefined ? {} : { version }),
    ...(Number.isFinite(clock) ? { clock } : {}),
    ...(disk === undefined ? {} : { disk }),
    ...(gitlabRb === undefined ? {} : { gitlabRb }),
    ...(registryConfig === undefined ? {} : { registryConfig }),
    ...(vhost === undefined ? {} : { vhost }),
    ...(names.length === 0 ? {} : { names }),
    ...(logs.length === 0 ? {} : { logs }),
  };
}

function all(parts: readonly Part[], name: string): Part[] {
  return parts.filter((part) => part.name === name);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

interface Part {
  name: string;
  argument: string;
  text: string;
}

function split(output: string, boundary: string): Part[] {
  const parts: Part[] = [];
  for (const line of output.split('\n')) {
    if (line.startsWith(`${boundary} `)) {
      const [name = '', ...rest] = line.slice(boundary.length + 1).split(' ');
      parts.push({ name, argument: rest.join(' '), text: '' });
    } else {
      const part = parts.at(-1);
      if (part !== undefined) part.text += `${line}\n`;
    }
  }
  return parts;
}

function fileOf(parts: readonly Part[], name: string): HostFile | undefined {
  const index = parts.findIndex((part) => part.name === name);
  const part = parts[index];
  if (part === undefined) return undefined;
  const next = parts[index + 1]?.name;
  return next === 'missing' || next === 'unreadable'
    ? { path: part.argument, absent: next }
    : { path: part.argument, text: part.text };
}

function diskOf(parts: readonly Part[]): HostSnapshot['disk'] {
  const disk = parts.find((part) => part.name === 'disk');
  const blocks = df(disk?.text);
  if (disk === undefined || blocks === undefined) return undefined;
  const inodes = df(parts.find((part) => part.name === 'inodes')?.text);
  const [options = ''] = linesOf(parts.find((part) => part.name === 'mount')?.text ?? '');
  return {
    path: disk.argument,
    totalBytes: blocks.total * 1024,
    freeBytes: blocks.free * 1024,
    // File systems without a fixed number of inodes (btrfs) say 0.
    ...(inodes !== undefined && inodes.total > 0 ? { totalInodes: inodes.total, freeInodes: inodes.free } : {}),
    ...(options.split(',').includes('ro') ? { readOnly: true } : {}),
  };
}

/** The second line of `df -P`: file system, total, used, available, … */
function df(text: string | undefined): { total: number; free: number } | undefined {
  const found = /^\S.*?\s(\d+)\s+(\d+)\s+(\d+)\s+\S+\s+\//m.exec(text ?? '');
  return found === null ? undefined : { total: Number(found[1]), free: Number(found[3]) };
}
