import { type EffectiveSetting, effectiveSettings } from '../effective/effective.js';
import type { Files } from '../host/drift.js';
import { type GitlabRb, type RbValue, type Setting, settingOfPath } from '../host/gitlab-rb.js';
import { spelled } from '../host/render/settings.js';
import type { Finding } from '../lint/finding.js';
import { type Linted, lint, type Names } from '../lint/lint.js';
import { ruby } from '../lint/ruby.js';
import type { Corrected } from './correct.js';

/** An edit made by hand that gitlab.rb could make for good: somebody has to say whether it is wanted. */
export interface Choice {
  /** The findings that it settles. */
  findings: Finding[];
  /** What gitlab.rb has to say for it. */
  line: string;
  /** The line of gitlab.rb that says something else now. */
  instead: number | undefined;
}

/** A value with a line's end in it makes no line to copy. */
const CONTROL = /[\0-\x1f\x7f]/;

/** For every setting that differs and could be kept: the line, tried out by rendering what it makes. */
export function choicesOf(
  { files, before, linted }: Corrected,
  original: GitlabRb,
  names: Names,
  isSafe: (lines: string) => boolean,
): Choice[] {
  // What differs only since the correction nobody edited: reconfigure carries it out.
  const edited = new Set(drifting(before).map(identityOf));
  const differing = drifting(linted).filter((one) => edited.has(identityOf(one)));
  const known = new Set(drifting(linted).map(identityOf));
  const settled = new Set<Finding>();
  return effectiveSettings(files).flatMap((row): Choice[] => {
    if (row.keep === undefined) return [];
    const { path, value } = row.keep;
    const line = `${spelled(path)}${path.length === 1 ? ' ' : ' = '}${ruby(value)}`;
    if (!isSafe(line) || CONTROL.test(line)) return [];
    const instead = settingOfPath(files.gitlabRb, ...path);
    const kept = withSetting(files, instead, path, value);
    if (!isKept(kept, row)) return [];
    const left = new Set(drifting(lint(kept, names)).map(identityOf));
    const gone = differing.filter((one) => !left.has(identityOf(one)) && !settled.has(one));
    // What differs anew in the other file reconfigure mends; in the same one the line would make another mess.
    const spoils = [...left].some((one) => one.startsWith(`${names[row.file]}\n`) && !known.has(one));
    if (gone.length === 0 || spoils) return [];
    for (const one of gone) settled.add(one);
    return [{ findings: gone, line, instead: settingOfPath(original, ...path)?.line }];
  });
}

function withSetting(files: Files, instead: Setting | undefined, path: string[], value: RbValue): Files {
  const { settings } = files.gitlabRb;
  const setting = { path, value, line: instead?.line ?? settings.at(-1)?.line ?? 1 };
  const changed =
    instead === undefined ? [...settings, setting] : settings.map((one) => (one === instead ? setting : one));
  return { ...files, gitlabRb: { ...files.gitlabRb, settings: changed } };
}

function isKept(files: Files, { setting, file }: EffectiveSetting): boolean {
  return effectiveSettings(files).some(
    (one) => one.setting === setting && one.file === file && one.expected === undefined,
  );
}

function drifting({ findings }: Linted): Finding[] {
  return findings.filter(({ id }) => id === 'drift');
}

/** The same finding in another look at the same generated files. */
export function identityOf({ file, key, actual }: Finding): string {
  return `${file}\n${key}\n${actual}`;
}
