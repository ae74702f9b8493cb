import { type Files, findDrift } from '../host/drift.js';
import type { RbValue, Setting } from '../host/gitlab-rb.js';
import { SettingsTree, spelled, UNKNOWN } from '../host/render/settings.js';
import { isSecret } from '../secrets/keys.js';
import { redact } from '../secrets/redact.js';
import type { Finding, LintedFile, LintInput } from './finding.js';
import { RULES } from './rules/index.js';
import { isAbout } from './scope.js';

export interface Linted {
  /** In the order of the files and their lines. */
  findings: Finding[];
  /** What could not be known, and what was taken for granted. */
  notes: string[];
  /** registry_external_url, where gitlab.rb sets it and it can be known. */
  registryUrl?: string;
  /** Names of the generated files that were compared with gitlab.rb. */
  compared: string[];
}

/** More of them help nobody. */
const MAX_FINDINGS = 500;

/** What the files are called where they are told of. */
export type Names = Record<LintedFile, string>;

/** Runs every rule over the files. Pure, and for any text in bounded time. */
export function lint(files: Files, names: Names): Linted {
  const { gitlabRb } = files;
  const drift = findDrift(gitlabRb.errors.length > 0 ? { ...files, gitlabRb: { ...gitlabRb, settings: [] } } : files);
  const input: LintInput = {
    gitlabRb,
    tree: new SettingsTree(gitlabRb.settings),
    drift,
    version: drift.version,
  };
  const order: LintedFile[] = ['gitlab.rb', 'registry-config', 'vhost'];
  // With a syntax error nothing is carried out, and what was read may be half of it.
  const rules = gitlabRb.errors.length > 0 ? RULES.filter(({ id }) => id.endsWith('-syntax')) : RULES;
  const found = rules
    .flatMap(({ id, severity, find }) => find(input).map((one) => ({ ...one, id, severity })))
    .map((one, i) => ({ one, i, file: one.file ?? ('gitlab.rb' as const) }))
    .sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file) || (a.one.line ?? 0) - (b.one.line ?? 0) || a.i - b.i)
    .slice(0, MAX_FINDINGS);
  const clean = cleaner(gitlabRb.settings);
  const findings = found.map(
    ({ file, one }): Finding => ({
      id: one.id,
      severity: one.severity,
      file: names[file],
      line: one.line,
      key: clean(one.key),
      expected: one.expected === null ? null : clean(one.expected),
      actual: one.actual === null ? null : clean(one.actual),
      why: clean(one.why),
      fix: clean(one.fix),
    }),
  );
  const url = input.tree.text('registry_external_url');
  const computed = gitlabRb.settings.filter(({ value, path }) => value === undefined && isAbout(path));
  return {
    findings,
    notes: [
      ...computed.map(
        ({ line, path }) =>
          `${names['gitlab.rb']}:${line} ${spelled(path)} is computed: what depends on it can't be known`,
      ),
      ...drift.assumed,
    ],
    compared: [
      ...(files.registryConfig === undefined ? [] : [names['registry-config']]),
      ...(files.vhost === undefined ? [] : [names.vhost]),
    ],
    ...(url === undefined || url.includes(UNKNOWN) ? {} : { registryUrl: url }),
  };
}

/** A shorter one would be found in every second word. Characters. */
const SECRET_LENGTH = 6;

/**
 * Takes out secrets wherever they stand: those that gitlab.rb names, so that a key that was misspelt in a generated
 * file gives none away, and whatever has the shape of one.
 */
function cleaner(settings: readonly Setting[]): (text: string) => string {
  const secrets = new Set(settings.flatMap(({ path, value }) => secretsIn(path.join('.'), value)));
  const known = [...secrets].slice(0, 200);
  return (text) => {
    const without = known.reduce((left, secret) => left.replaceAll(secret, '***'), text);
    return redact(without.replace(/[0-9a-f]{64,}/gi, '***')).text;
  };
}

function secretsIn(key: string, value: RbValue | undefined): string[] {
  if (typeof value === 'string') return isSecret(key) && value.length >= SECRET_LENGTH ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([inner, one]) => {
    const own = Array.isArray(value) ? key : inner;
    return secretsIn(isSecret(key) ? `${key}.${own}` : own, one);
  });
}
