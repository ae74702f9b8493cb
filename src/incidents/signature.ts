import type { Diagnosis } from '../diagnosis/diagnosis.js';

/** Longer than this no two failures need to be alike. Characters. */
const LENGTH = 240;

/**
 * What a failure has in common with the same one in another project: the cause, and the failing line without what
 * differs from job to job: hosts, names, ids, digests, times, sizes, paths. `undefined` where no registry failed. Pure.
 *
 * Each expression is a plain scan: linear in the line.
 */
export function signatureOf({ cause, confidence, facts }: Diagnosis): string | undefined {
  if (confidence === 'none' || cause === 'not-registry' || cause === 'unknown') return undefined;
  const line = (facts?.failure ?? '')
    .slice(0, 4_000)
    .toLowerCase()
    .replace(/\\?"[^"]*"|'[^']*'|`[^`]*`/g, (quoted) => (/https?:/.test(quoted) ? '"url"' : '"…"'))
    .replace(/https?:\/\/\S+/g, 'url')
    .replace(/\b(?:sha256:)?[0-9a-f]{7,64}\b/g, '#')
    .replace(/\S*[/@]\S*/g, '/')
    .replace(/\b[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?/g, 'host')
    .replace(/\d+/g, '0')
    .replace(/\s+/g, ' ')
    .trim();
  return `${cause} ${line.slice(0, LENGTH)}`;
}
