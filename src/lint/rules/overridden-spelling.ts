import { atLeast, spelled } from '../../host/render/settings.js';
import { removed, settled } from '../edit.js';
import { type Found, type Rule, shown } from '../finding.js';

/** Both spellings of one nginx setting: since 19.2 the new one wins. Source: omnibus-samples 13. */
export const overriddenSpelling: Rule = {
  id: 'overridden-spelling',
  severity: 'warning',
  find({ tree, version, gitlabRb }) {
    if (!atLeast(version, '19.2')) return [];
    const current = tree.hash('registry', 'nginx');
    return Object.entries(tree.hash('registry_nginx')).flatMap(([key, old]): Found[] => {
      const value = current[key];
      if (value === undefined || value === null || JSON.stringify(value) === JSON.stringify(old)) return [];
      const line = tree.origin('registry_nginx', key).line ?? null;
      return [
        {
          line,
          key: spelled(['registry_nginx', key]),
          expected: shown(key, value),
          actual: shown(key, old),
          why: `it has no effect: ${spelled(['registry', 'nginx', key])} (line ${tree.origin('registry', 'nginx', key).line ?? '?'}) wins`,
          fix: `delete line ${line ?? ''}`,
          ...removed(gitlabRb, settled(gitlabRb, 'registry_nginx', key)),
        },
      ];
    });
  },
};
