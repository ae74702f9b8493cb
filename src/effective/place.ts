import type { RbValue } from '../host/gitlab-rb.js';
import { atLeast, type SettingsTree } from '../host/render/settings.js';

/** What a generated file says of a setting. */
export interface Reading {
  /** As it is told. */
  text: string;
  /** Two that mean the same have the same; left out, it is the text. */
  means?: string;
  /** 1-based lines of the file. */
  lines: number[];
  /** The value with which gitlab.rb makes this; left out where none does, or nobody can tell. */
  made?: RbValue;
}

/** A place of a generated file that a setting decides. */
export interface Place<Tree> {
  /** The setting's path as gitlab.rb has to write it; of what no setting decides, its name. */
  setting(tree: SettingsTree, version: string): string[];
  /** In the file: a dotted path, or a directive. */
  at: string;
  /** What it means that the file says nothing; left out, there is nothing to tell then. */
  absent?: string;
  /** `urlPort`: of registry_external_url, where nginx listens on another one. */
  read(file: Tree, urlPort: string | undefined): Reading | undefined;
}

/** A setting with one name in all versions. */
export const always =
  (...path: string[]) =>
  (): string[] =>
    path;

/** One of the registry's nginx settings, in the spelling that gitlab.rb has, else in the one that the version reads. */
export const ofNginx =
  (key: string) =>
  (tree: SettingsTree, version: string): string[] => {
    const [current, old] = [
      ['registry', 'nginx', key],
      ['registry_nginx', key],
    ];
    if (!atLeast(version, '19.2')) return old;
    return tree.get(...current) == null && tree.get(...old) != null ? old : current;
  };
