import { type Check, fail, pass, skipped, warn } from './check.js';
import { sampleHost } from './sample.js';

/** Ours, not GitLab's: on a 100 GB disk, room for one more large image. Percent in use. */
const WARN_PERCENT = 85;
const FAIL_PERCENT = 98;

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
  needs: ['host'],
  judge({ host }) {
    const { disk, registryConfig } = host;
    if (disk === undefined) {
      const inCloud =
        registryConfig !== undefined &&
        'text' in registryConfig &&
        /"(?:s3|s3_v2|gcs|azure|azure_v2|swift|oss)"/.test(registryConfig.text);
      return skipped(
        inCloud ? 'blobs are in an object store, not on this disk' : 'the host did not tell where the blobs are',
      );
    }
    const percent = used(disk.totalBytes, disk.freeBytes);
    const because = `${disk.path} is ${percent} % full (${gigabytes(disk.freeBytes)} GB left)`;
    const fix =
      'gitlab-ctl registry-garbage-collect -m (the registry is stopped meanwhile), cleanup policies, or a larger disk';
    if (percent >= FAIL_PERCENT) return fail(because, fix);
    if (disk.totalInodes !== undefined && disk.freeInodes !== undefined) {
      const inodes = used(disk.totalInodes, disk.freeInodes);
      if (inodes >= FAIL_PERCENT) return fail(`${disk.path} has used ${inodes} % of its inodes`, fix);
      if (inodes >= WARN_PERCENT) return warn(`${disk.path} has used ${inodes} % of its inodes`, fix);
    }
    return percent >= WARN_PERCENT ? warn(because, fix) : pass(because);
  },
  examples: [
    { given: {}, is: 'pass', under: '40 % full' },
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
      is: 'skipped',
      under: 'object store',
    },
  ],
} as const satisfies Check<'host'>;

function used(total: number, free: number): number {
  return total === 0 ? 0 : Math.floor((1 - free / total) * 100);
}

function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
