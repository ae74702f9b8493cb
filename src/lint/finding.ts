import type { Drift } from '../host/drift.js';
import type { GitlabRb, RbValue } from '../host/gitlab-rb.js';
import type { SettingsTree } from '../host/render/settings.js';
import { isSecret } from '../secrets/keys.js';
import type { Edit } from './edit.js';

export type Severity = 'error' | 'warning';
export type LintedFile = 'gitlab.rb' | 'registry-config' | 'vhost';

/** Something that is wrong in one of the files. Holds no secret. */
export interface Finding {
  /** Of the rule. */
  id: string;
  /** `error`: the registry, nginx or reconfigure fails on it. */
  severity: Severity;
  /** As it was named to the one who asked. */
  file: string;
  /** 1-based; `null` where the whole file is meant. */
  line: number | null;
  /** A setting as it is written in gitlab.rb, a dotted path of config.yml, or a directive with its blocks. */
  key: string;
  /** `null`: nothing of the kind is expected, or no single value is. */
  expected: string | null;
  actual: string | null;
  why: string;
  /** A line of gitlab.rb, a command, or what to do. */
  fix: string;
}

/** A finding as its rule tells it; with an edit where the right line of gitlab.rb is known for sure. */
export type Found = Omit<Finding, 'id' | 'severity' | 'file'> & { file?: LintedFile; edit?: Edit };

/** What rules look at. */
export interface LintInput {
  gitlabRb: GitlabRb;
  /** A computed setting has a value that nobody knows. */
  tree: SettingsTree;
  drift: Drift;
  /** Whose rules count: given, shown by the files, or the newest. */
  version: string;
}

/** One kind of mistake. One file each; the file's name is the id. Pure. */
export interface Rule {
  id: string;
  severity: Severity;
  find(input: LintInput): Found[];
}

/** A value of gitlab.rb as it is told. */
export function shown(key: string, value: RbValue | undefined): string | null {
  if (value === undefined) return null;
  if (isSecret(key)) return '***';
  const text =
    typeof value === 'string' ? value : JSON.stringify(value, (inner, one) => (isSecret(inner) ? '***' : one));
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
