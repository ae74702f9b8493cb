import type { Span } from '../clock.js';
import { parseServiceList, parseStatus, type ServiceState } from './gitlab-ctl.js';
import { linesOf, Parts } from './parts.js';
import {
  answerOf,
  certificateOf,
  type DatabaseSeen,
  databaseOf,
  type GitlabYml,
  gitlabYmlOf,
  type HostAnswer,
  keyOf,
  type Listener,
  listenersOf,
  type OnHost,
  type Recent,
  recentOf,
  writableOf,
} from './seen.js';

/** A file of the host, secrets masked, with its path; or why it could not be read. */
export type HostFile = OnHost<{ text: string }>;

/** What the script saw of a host, taken apart but not judged. What it could not see is absent. */
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
  gitlabYml?: GitlabYml;
  /** `served`: what the vhost names; `signing`: what the registry checks GitLab's tokens with. */
  certificates: { served?: OnHost<{ pem: string }>; signing?: OnHost<{ pem: string }> };
  /** `signing`: what GitLab signs its tokens with. */
  keys: { served?: OnHost<{ publicKey: string }>; signing?: OnHost<{ publicKey: string }> };
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
  writable?: { user: string; not: string[] };
  database?: DatabaseSeen;
  /** `/v2/` of the registry itself, without nginx. */
  backend?: HostAnswer;
  objectStore?: HostAnswer;
  listeners?: Listener[];
  /** `nginx -t`: would it start with the files as they are? */
  nginxTest?: { ok: boolean; said: string };
  /** Seconds since the epoch, by the host's clock. */
  clock?: number;
  /** How long its answer was waited for. */
  waited?: Span;
  /** The last errors of the registry's log, oldest first. */
  registryErrors: string[];
  /** Why nginx did not start, by its log, oldest first. */
  emerg: string[];
  recent?: Recent;
  /** The instance's names as the host sees them; no addresses: it does not resolve there. */
  names: { name: string; addresses: string[]; hostsFile: string[] }[];
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
  const parts = new Parts(output, boundary);
  const clock = Number(parts.text('clock').trim() || Number.NaN);
  const test = parts.find('nginx-test')?.text.trim();
  const logs = parts.all('log').map(({ argument, text }) => ({ file: argument, lines: linesOf(text) }));
  return {
    services: parseServiceList(parts.text('service-list')),
    status: parseStatus(parts.text('status')),
    statusAgain: parseStatus(parts.text('status-again')),
    registryErrors: parts.lines('registry-log'),
    emerg: parts.lines('emerg'),
    // They come in the order in which they were answered.
    names: parts
      .all('name')
      .map((part) => ({
        name: part.argument,
        addresses: linesOf(part.text),
        hostsFile: parts.lines('hosts-file').filter((line) =>
          line
            .split(/[\s#]+/)
            .slice(1)
            .includes(part.argument),
        ),
      }))
      .filter(({ name }, i, all) => all.findIndex((one) => one.name === name) === i)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    certificates: present({ served: certificateOf(parts, 'served'), signing: certificateOf(parts, 'signing') }),
    keys: present({ served: keyOf(parts, 'served'), signing: keyOf(parts, 'signing') }),
    gitlabCtlMissing: /gitlab-ctl['’]?: (?:command )?(?:not found|No such file)/.test(parts.text('status')),
    ...present({
      version: /([0-9]+\.[0-9]+\.[0-9]+)/.exec(parts.text('version'))?.[1],
      clock: Number.isFinite(clock) ? clock : undefined,
      disk: diskOf(parts),
      gitlabRb: fileOf(parts, 'gitlab-rb'),
      registryConfig: fileOf(parts, 'registry-config'),
      vhost: fileOf(parts, 'vhost'),
      gitlabYml: gitlabYmlOf(parts),
      writable: writableOf(parts),
      database: databaseOf(parts),
      backend: answerOf(parts, 'backend'),
      objectStore: answerOf(parts, 'object-store'),
      listeners: listenersOf(parts),
      nginxTest: test === undefined || test === '' ? undefined : { ok: /test is successful/.test(test), said: test },
      recent: recentOf(parts),
      logs: logs.length === 0 ? undefined : logs,
    }),
  };
}

/** Without what is not known: absent and `undefined` are one. */
function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

function fileOf(parts: Parts, name: string): HostFile | undefined {
  const part = parts.find(name);
  if (part === undefined) return undefined;
  const next = parts.after(part)?.name;
  return next === 'missing' || next === 'unreadable'
    ? { path: part.argument, absent: next }
    : { path: part.argument, text: part.text };
}

function diskOf(parts: Parts): HostSnapshot['disk'] {
  const disk = parts.find('disk');
  const blocks = df(disk?.text);
  if (disk === undefined || blocks === undefined) return undefined;
  const inodes = df(parts.text('inodes'));
  const [options = ''] = parts.lines('mount');
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
