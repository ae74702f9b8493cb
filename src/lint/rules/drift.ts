import type { Difference } from '../../host/drift.js';
import { isSecret } from '../../secrets/keys.js';
import type { Found, Rule } from '../finding.js';

/** A generated file that is not what gitlab.rb would make of it: edited by hand, or reconfigure was forgotten. */
export const drift: Rule = {
  id: 'drift',
  severity: 'warning',
  find: ({ drift: { differences } }) => differences.map(told),
};

function told(one: Difference): Found {
  const { file, key, line, expected, actual, origin } = one;
  const secret = isSecret(key);
  const source = origin.line === undefined ? origin.setting : `${origin.setting} (gitlab.rb:${origin.line})`;
  const hide = (value: string | undefined) => (value === undefined ? null : secret ? '***' : value);
  const why =
    expected === undefined
      ? `reconfigure writes nothing of the kind: ${actual === 'a vhost of the registry' ? origin.setting : 'it was added by hand, or its setting is gone'}`
      : actual === undefined
        ? `it is missing; ${source} makes it`
        : `${secret ? 'it is another than' : 'it is not what'} ${source} makes${origin.line === undefined ? '' : ' of it'}`;
  return {
    file,
    line: line ?? null,
    key,
    expected: hide(expected),
    actual: hide(actual),
    why,
    fix:
      origin.line === undefined
        ? 'gitlab-ctl reconfigure writes the file anew; what should stay belongs into gitlab.rb'
        : `put the value that is right into line ${origin.line} of gitlab.rb, then gitlab-ctl reconfigure: it overwrites edits made by hand`,
  };
}
