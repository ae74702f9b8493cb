import { storageDriver } from '../host/registry-config.js';
import { type Check, fail, pass, skipped, warn } from './check.js';
import { HEALTHY, sampleHost } from './sample.js';

/** Ours, not GitLab's: on a 100 GB disk, room for one more large image. Percent in use. */
const WARN_PERCENT = 85;
const FAIL_PERCENT = 98;
/** Time enough to order a disk. Days. */
const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/**
 * Is there room for the next layer where the registry keeps its blobs? Inodes run out too.
 *
 * Units: bytes; percent of the file system in use, rounded down. Source: `df -P` of the storage driver's
 * rootdirectory.
 */
export const storage = {
  id: 'storage',
  asks: 'Is there room for the next layer?',
  link: 'storage',
  explains: ['upload', 'image', 'errors'],
  needs: ['host', 'freeSpace', 'now'],
  judge({ host, freeSpace, now }) {
    const { disk, registryConfig } = host;
    if (disk === undefined) {
      const driver = storageDriver(registryConfig);
      return driver === undefined || driver === 'filesystem'
        ? skipped('the host did not tell where the blobs are')
        : pass(`blobs are in an object store (${driver}), not on this disk`);
    }
    const percent = used(disk.totalBytes, disk.freeBytes);
    const days = fullIn([...freeSpace, { at: now, bytes: disk.freeBytes }]);
    const soon = days !== undefined && days < SOON_DAYS;
    const because = `${disk.path} is ${percent} % full (${gigabytes(disk.freeBytes)} GB left)${soon ? `, and full in ${days} days at the pace of the last days` : ''}`;
    const fix =
      'gitlab-ctl registry-garbage-collect -m (the registry is stopped meanwhile), cleanup policies, or a larger disk';
    if (percent >= FAIL_PERCENT) return fail(because, fix);
    if (disk.totalInodes !== undefined && disk.freeInodes !== undefined) {
      const inodes = used(disk.totalInodes, disk.freeInodes);
      if (inodes >= FAIL_PERCENT) return fail(`${disk.path} has used ${inodes} % of its inodes`, fix);
      if (inodes >= WARN_PERCENT)
        return warn(`${disk.path} has used ${inodes} % of its inodes`, fix, { stage: stageOf(inodes) });
    }
    if (percent < WARN_PERCENT && !soon) return pass(because);
    return warn(because, fix, { stage: stageOf(percent) });
  },
  examples: [
    { given: {}, is: 'pass', under: '40 % full' },
    {
      given: { freeSpace: [{ at: HEALTHY.now - 5 * DAY_MS, bytes: 1.1e12 }] },
      is: 'warn',
      under: 'full in 6 days at the pace',
    },
    { given: { host: sampleHost() }, is: 'skipped', under: 'where the blobs are' },
    {
      given: { host: sampleHost({ disk: { path: '/srv', totalBytes: 600e9, freeBytes: 41e9 } }) },
      is: 'warn',
      under: '93 % full',
    },
    {
      given: { host: sampleHost({ disk: { path: '/srv', totalBytes: 600e9, freeBytes: 1e9 } }) },
      is: 'fail',
      under: '99 % full',
    },
    {
      given: {
        host: sampleHost({ disk: { path: '/srv', totalBytes: 6e9, freeBytes: 5e9, totalInodes: 100, freeInodes: 1 } }),
      },
      is: 'fail',
      under: 'inodes',
    },
    {
      given: { host: sampleHost({ registryConfig: { path: '/x', text: 'storage: {"s3_v2":{}}' } }) },
      is: 'pass',
      under: 'object store (s3_v2)',
    },
  ],
} as const satisfies Check<'host' | 'freeSpace' | 'now'>;

/** Days until nothing is left, at the pace since the first look; `undefined` where it grows no fuller, or for too short a time. */
function fullIn(looks: readonly { at: number; bytes: number }[]): number | undefined {
  const [first] = looks;
  const last = looks.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < DAY_MS) return undefined;
  const perMs = (first.bytes - last.bytes) / (last.at - first.at);
  return perMs <= 0 ? undefined : Math.floor(last.bytes / perMs / DAY_MS);
}

/** How near to the end: 85, 90, 95 per cent. */
function stageOf(percent: number): number {
  return Math.max(0, Math.floor((percent - WARN_PERCENT) / 5));
}

function used(total: number, free: number): number {
  return total === 0 ? 0 : Math.floor((1 - free / total) * 100);
}

function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
