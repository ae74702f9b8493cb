import type { RbValue } from '../../host/gitlab-rb.js';
import { isHash, spelled } from '../../host/render/settings.js';
import { isSecret } from '../../secrets/keys.js';
import { rewritten } from '../edit.js';
import { type Found, type Rule, shown } from '../finding.js';
import { type Kind, NGINX, RAILS, REGISTRY } from '../known-settings.js';
import { ruby } from '../ruby.js';

/** A value of the wrong type: `"false"` is true to Ruby, and a text has no items. */
export const wrongType: Rule = {
  id: 'wrong-type',
  severity: 'error',
  find: ({ gitlabRb }) =>
    gitlabRb.settings.flatMap((setting): Found[] => {
      const { path, value, line } = setting;
      const kind = kindOf(path);
      if (kind === undefined || value === undefined || value === null || value === '***') return [];
      const wrong = wrongness(kind, value);
      if (wrong === undefined) return [];
      const right = wrong.right === undefined || isSecret(path.join('.')) ? undefined : ruby(wrong.right);
      const name = spelled(path);
      return [
        {
          line,
          key: name,
          expected: right ?? wrong.wanted,
          actual: shown(path.join('.'), value),
          why: `it takes ${wrong.wanted}, and is ${named(value)}${wrong.why ?? ''}`,
          fix: right === undefined ? `make it ${wrong.wanted}` : `${name}${path.length === 1 ? ' ' : ' = '}${right}`,
          ...(wrong.right === undefined ? {} : rewritten(gitlabRb, setting, wrong.right)),
        },
      ];
    }),
};

function kindOf(path: readonly string[]): Kind | undefined {
  const [first, second = '', third] = path;
  const of = (known: Record<string, Kind>, key: string) => (Object.hasOwn(known, key) ? known[key] : undefined);
  if (first === 'external_url' || first === 'registry_external_url') return 'text';
  if (first === 'registry' && path.length === 2) return of(REGISTRY, second);
  if (first === 'registry' && second === 'nginx' && path.length === 3) return of(NGINX, third ?? '');
  if (first === 'registry_nginx' && path.length === 2) return of(NGINX, second);
  if (first === 'letsencrypt' && second === 'enable') return 'flag';
  return first === 'gitlab_rails' && path.length === 2 ? of(RAILS, second) : undefined;
}

function wrongness(kind: Kind, value: RbValue): { wanted: string; right?: RbValue; why?: string } | undefined {
  const isText = typeof value === 'string';
  switch (kind) {
    case 'flag': {
      if (typeof value === 'boolean') return undefined;
      const right = isText && /^(?:true|false)$/i.test(value) ? { right: value.toLowerCase() === 'true' } : {};
      return { wanted: 'true or false', ...right, why: ', which Ruby takes for true' };
    }
    case 'text':
      return isText ? undefined : { wanted: 'a text', ...(typeof value === 'object' ? {} : { right: String(value) }) };
    case 'number':
      if (typeof value === 'number') return undefined;
      return { wanted: 'a number', ...(isText && /^\d+$/.test(value) ? { right: Number(value) } : {}) };
    case 'list':
      return Array.isArray(value) ? undefined : { wanted: 'a list', ...(isText ? { right: [value] } : {}) };
    case 'hash':
      return isHash(value) ? undefined : { wanted: 'a hash' };
    case 'any':
      return undefined;
  }
}

function named(value: RbValue): string {
  if (Array.isArray(value)) return 'a list';
  if (isHash(value)) return 'a hash';
  return typeof value === 'string' ? 'a text' : typeof value === 'number' ? 'a number' : `${value}`;
}
