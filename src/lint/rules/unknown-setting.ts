import { closest, distance } from 'fastest-levenshtein';
import { spelled } from '../../host/render/settings.js';
import { renamed } from '../edit.js';
import { type Found, type Rule, shown } from '../finding.js';
import { NGINX, RAILS, REGISTRY } from '../known-settings.js';

const CALLS = ['registry_external_url', 'registry', 'registry_nginx'];

/** Names that look like a misspelt `registry`, and are something else. */
const OTHERS = ['registry_role'];

/** A `registry*` key that the package does not know: it is ignored without a word, or stops reconfigure. */
export const unknownSetting: Rule = {
  id: 'unknown-setting',
  severity: 'warning',
  find: ({ gitlabRb }) =>
    gitlabRb.settings.flatMap((setting): Found[] => {
      const { path, value, line } = setting;
      const known = knownInPlace(path);
      if (known === undefined) return [];
      const { at, names } = known;
      const name = path[at] ?? '';
      const near = closest(name, names);
      const right = distance(name, near) <= Math.max(2, name.length / 4) ? near : undefined;
      const meantPath = right === undefined ? undefined : [...path.slice(0, at), right, ...path.slice(at + 1)];
      const meant = meantPath && spelled(meantPath);
      // `registr 'x'` is a call, and `registry` takes none.
      const fits = at > 0 || (path.length === 1) === (right === 'registry_external_url');
      return [
        {
          line,
          key: spelled(path),
          expected: meant ?? null,
          actual: shown(path.join('.'), value),
          why: `the package has no setting ${spelled(path.slice(0, at + 1))}: ${at === 0 ? 'reconfigure stops on it' : 'it is ignored without a word'}${meant === undefined ? '' : `; ${meant} is meant?`}`,
          fix: meant === undefined ? `delete line ${line}` : `write ${meant} in line ${line}`,
          ...(meantPath !== undefined && fits ? renamed(gitlabRb, setting, meantPath) : {}),
        },
      ];
    }),
};

/** The place of the name that is unknown, and the names that are known there. */
function knownInPlace(path: readonly string[]): { at: number; names: string[] } | undefined {
  const [first = '', second = '', third] = path;
  const unknown = (at: number, known: object) => {
    const names = Object.keys(known);
    return names.includes(path[at] ?? '') ? undefined : { at, names };
  };
  if (first === 'registry') {
    if (path.length === 1) return undefined;
    return second === 'nginx' && third !== undefined ? unknown(2, NGINX) : unknown(1, REGISTRY);
  }
  if (first === 'registry_nginx') return path.length === 1 ? undefined : unknown(1, NGINX);
  if (first === 'gitlab_rails') return second.startsWith('registry') ? unknown(1, RAILS) : undefined;
  if (CALLS.includes(first) || OTHERS.includes(first)) return undefined;
  const misspelt = first.startsWith('registry') || CALLS.some((name) => distance(name, first) <= 2);
  return misspelt ? { at: 0, names: CALLS } : undefined;
}
