import type { Rule } from '../finding.js';

/** A generated file that its reader would refuse. */
export const filesSyntax: Rule = {
  id: 'files-syntax',
  severity: 'error',
  find: ({ drift }) =>
    drift.syntax.slice(0, 20).map(({ file, line, message }) => ({
      file,
      line,
      key: '',
      expected: null,
      actual: null,
      why: `${file === 'vhost' ? 'nginx' : 'the registry'} can't read the line: ${message}`,
      fix: 'gitlab-ctl reconfigure writes the file anew',
    })),
};
