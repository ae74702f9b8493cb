import type { Rule } from '../finding.js';

/** `registry_external_url = '…'` is a variable of Ruby's: the setting is written without `=`. */
export const localVariable: Rule = {
  id: 'local-variable',
  severity: 'error',
  find: ({ gitlabRb }) =>
    gitlabRb.variables
      .filter(({ name }) => /^(?:external_url|registry(?:_external_url|_nginx)?)$/.test(name))
      .map(({ name, line }) => ({
        line,
        key: name,
        expected: name.endsWith('_url') ? `${name} '…'` : `${name}['…'] = …`,
        actual: `${name} = …`,
        why: 'with "=" it is a variable of Ruby, and sets nothing',
        fix: name.endsWith('_url') ? `${name} '…', without "="` : `${name}['KEY'] = VALUE`,
      })),
};
