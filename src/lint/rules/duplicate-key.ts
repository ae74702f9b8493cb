import { spelled } from '../../host/render/settings.js';
import { removed } from '../edit.js';
import { type Found, type Rule, shown } from '../finding.js';
import { isAbout } from '../scope.js';

/** A setting that a later line sets again: the former has no effect. */
export const duplicateKey: Rule = {
  id: 'duplicate-key',
  severity: 'warning',
  find({ gitlabRb }) {
    const found: Found[] = [];
    const last = new Map<string, (typeof gitlabRb.settings)[number]>();
    for (const setting of [...gitlabRb.settings].reverse()) {
      const { path, value, line } = setting;
      if (!isAbout(path) || value === undefined) continue;
      // Also lost is a part, when a later line sets the whole.
      const later = path
        .map((_, i) => last.get(JSON.stringify(path.slice(0, i + 1))))
        .find((one) => one !== undefined && one.value !== undefined);
      if (later !== undefined)
        found.push({
          line,
          key: spelled(path),
          expected: null,
          actual: shown(path.join('.'), value),
          why: `line ${later.line} sets ${spelled(later.path)} again: this line has no effect`,
          fix: `delete line ${line} or line ${later.line}`,
          ...removed(gitlabRb, setting),
        });
      else last.set(JSON.stringify(path), setting);
    }
    return [
      ...found.reverse(),
      ...gitlabRb.warnings.map(({ line, message }) => ({
        line,
        key: /key (\S+) is duplicated/.exec(message)?.[1] ?? '',
        expected: null,
        actual: null,
        why: `the key stands in one hash twice: ${message}`,
        fix: `delete line ${line}, or the line that sets the key again`,
      })),
    ];
  },
};
