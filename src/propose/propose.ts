import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { type Files, findDrift } from '../host/drift.js';
import { cleaner } from '../lint/clean.js';
import type { Finding } from '../lint/finding.js';
import type { Names } from '../lint/lint.js';
import { isSecret } from '../secrets/keys.js';
import { correct } from './correct.js';
import { type Choice, choicesOf, identityOf } from './keep.js';

/** How gitlab.rb is put right. Nothing of it is a secret. */
export interface Proposal {
  /** Unified, without context; empty where no line is known for sure. */
  diff: string;
  /** What the diff mends. */
  mended: Finding[];
  /** Edits made by hand: kept by a line of gitlab.rb, or dropped by reconfigure. */
  choices: Choice[];
  /** What only a person can decide. */
  left: Finding[];
}

/**
 * Corrects gitlab.rb as far as the right lines are known for sure. Of a line that holds a secret, or whose secret was
 * masked, nothing is proposed. Never writes anything.
 */
export async function propose(source: string, given: Files, names: Names): Promise<Proposal> {
  const clean = cleaner(given.gitlabRb.settings);
  const isSafe = (lines: string) => !lines.includes('***') && !isSecret(lines) && clean(lines) === lines;
  // What the files show of the version counts for the corrected gitlab.rb too.
  const files = { ...given, version: findDrift(given).version };
  const now = await correct(source, files, names, isSafe);
  const choices = choicesOf(now, given.gitlabRb, names, isSafe);
  const settled = new Set(choices.flatMap(({ findings }) => findings.map(identityOf)));
  const name = names['gitlab.rb'];
  const known = new Set(now.before.findings.map(whatOf));
  const still = new Set(now.linted.findings.map(whatOf));
  const isLeft = (one: Finding) => !now.made.has(one) && still.has(whatOf(one)) && !settled.has(identityOf(one));
  const left = now.before.findings.filter(isLeft);
  // What the corrections bring to light has no line yet.
  const after = now.linted.findings.filter((one) => one.file === name && !known.has(whatOf(one)));
  return {
    diff:
      now.source === source
        ? ''
        : createTwoFilesPatch(name, name, source, now.source, undefined, undefined, {
            context: 0,
            headerOptions: FILE_HEADERS_ONLY,
          }),
    mended: now.before.findings.filter((one) => !isLeft(one) && !settled.has(identityOf(one))),
    choices,
    left: [...left, ...after.map((one) => ({ ...one, line: null }))],
  };
}

/** The same mistake, whatever became of its line. */
function whatOf({ id, file, key, actual }: Finding): string {
  return JSON.stringify([id, file, key, actual]);
}
