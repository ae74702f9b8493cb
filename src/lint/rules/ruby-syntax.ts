import type { Rule } from '../finding.js';

/** gitlab.rb is no Ruby: reconfigure stops before it writes anything. */
export const rubySyntax: Rule = {
  id: 'ruby-syntax',
  severity: 'error',
  find: ({ gitlabRb }) =>
    gitlabRb.errors.slice(0, 5).map(({ line, message }) => ({
      line,
      key: '',
      expected: null,
      actual: null,
      why: `Ruby can't read the line: ${message}`,
      fix: 'mend the line; ruby -c /etc/gitlab/gitlab.rb checks it',
    })),
};
