import { type Files, findDrift } from '../host/drift.js';
import { SettingsTree, spelled, UNKNOWN } from '../host/render/settings.js';
import { cleaner } from './clean.js';
import type { Edit } from './edit.js';
import type { Finding, LintedFile, LintInput } from './finding.js';
import { RULES } from './rules/index.js';
import { isAbout } from './scope.js';

export interface Linted {
  /** In the order of the files and their lines. */
  findings: Finding[];
  /** Of the findings for which the right line of gitlab.rb is known for sure. */
  edits: ReadonlyMap<Finding, Edit>;
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
/** Of a host, where everybody knows which files are meant. */
export const HOST_NAMES: Names = {
  'gitlab.rb': 'gitlab.rb',
  'registry-config': 'registry/config.yml',
  vhost: 'gitlab-registry.conf',
};

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
  const edits = new Map<Finding, Edit>();
  const findings = found.map(({ file, one }): Finding => {
    const finding = {
      id: one.id,
      severity: one.severity,
      file: names[file],
      line: one.line,
      key: clean(one.key),
      expected: one.expected === null ? null : clean(one.expected),
      actual: one.actual === null ? null : clean(one.actual),
      why: clean(one.why),
      fix: clean(one.fix),
    };
    if (one.edit !== undefined) edits.set(finding, one.edit);
    return finding;
  });
  const url = input.tree.text('registry_external_url');
  const computed = gitlabRb.settings.filter(({ value, path }) => value === undefined && isAbout(path));
  return {
    findings,
    edits,
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
