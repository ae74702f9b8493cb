import type { Finding } from '../lint/finding.js';
import type { Choice } from './keep.js';

/** Where a finding stands and what it says. */
export function worded({ file, line, key, actual, expected, why }: Finding): string {
  const at = `${file}${line === null ? '' : `:${line}`}${key === '' ? '' : ` ${key}`}`;
  const is = actual === null && expected === null ? '' : ` is ${actual ?? 'missing'}`;
  return `${at}${is}${is !== '' && expected !== null ? `, should be ${expected}` : ''}: ${why}`;
}

/** What the edits of a choice are, each in few words. */
export function edits({ findings }: Choice): string {
  return findings
    .map(({ file, line, key, actual }) => `${file}${line === null ? '' : `:${line}`} ${key} is ${actual ?? 'missing'}`)
    .join('; ');
}

/** Both ways out. */
export function eitherWay({ line, instead }: Choice): string {
  const keep = instead === undefined ? `add ${line} to gitlab.rb` : `write ${line} in line ${instead} of gitlab.rb`;
  return `keep the edit: ${keep}; drop it: gitlab-ctl reconfigure`;
}
