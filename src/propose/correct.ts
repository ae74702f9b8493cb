import type { Files } from '../host/drift.js';
import { parseGitlabRb } from '../host/gitlab-rb.js';
import type { Edit } from '../lint/edit.js';
import type { Finding } from '../lint/finding.js';
import { type Linted, lint, type Names } from '../lint/lint.js';

/** A correction may show the next mistake; more turns than this need no gitlab.rb. */
const TURNS = 5;

export interface Corrected {
  /** gitlab.rb with every edit that is known for sure. */
  source: string;
  files: Files;
  /** Of the files as they were. */
  before: Linted;
  /** Of the corrected ones. */
  linted: Linted;
  /** Findings of before whose edit was made. */
  made: Set<Finding>;
}

/**
 * Makes the rules' edits, and looks again, until none is left. Lines that `isSafe` refuses, before or after an edit,
 * stay as they are.
 */
export async function correct(
  source: string,
  files: Files,
  names: Names,
  isSafe: (lines: string) => boolean,
): Promise<Corrected> {
  const before = lint(files, names);
  const made = new Set<Finding>();
  let now: Corrected = { source, files, before, linted: before, made };
  for (let turn = 0; turn < TURNS; turn++) {
    const next = edited(now.source, now.linted.edits, isSafe);
    if (next.made.length === 0) break;
    const gitlabRb = await parseGitlabRb(next.source);
    if (gitlabRb.errors.length > 0) break;
    if (turn === 0) for (const finding of next.made) made.add(finding);
    const corrected = { ...files, gitlabRb };
    now = { ...now, source: next.source, files: corrected, linted: lint(corrected, names) };
  }
  return now;
}

/** From the end to the beginning, so that no edit moves another; of two that overlap the later one waits a turn. */
function edited(source: string, edits: ReadonlyMap<Finding, Edit>, isSafe: (lines: string) => boolean) {
  const bytes = Buffer.from(source);
  const pieces: Buffer[] = [];
  const made: Finding[] = [];
  let end = bytes.length;
  for (const [finding, { at, text }] of [...edits].sort(([, a], [, b]) => b.at[0] - a.at[0])) {
    const [from, to] = at;
    if (to > end) continue;
    const first = from === 0 ? 0 : bytes.lastIndexOf(10, from - 1) + 1;
    const last = bytes.indexOf(10, to === from ? to : to - 1);
    const line = (a: number, b: number) => bytes.toString('utf8', a, b);
    const [head, tail] = [line(first, from), line(to, last === -1 ? bytes.length : Math.max(to, last))];
    if (!isSafe(head + line(from, to) + tail) || !isSafe(head + text + tail)) continue;
    pieces.push(bytes.subarray(to, end), Buffer.from(text));
    end = from;
    made.push(finding);
  }
  pieces.push(bytes.subarray(0, end));
  return { source: Buffer.concat(pieces.reverse()).toString(), made };
}
