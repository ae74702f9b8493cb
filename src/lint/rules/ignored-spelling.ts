import { atLeast, spelled } from '../../host/render/settings.js';
import { renamed } from '../edit.js';
import { type Found, type Rule, shown } from '../finding.js';

/** `registry['nginx']` before 19.2, which ignores it without a word. Source: gitlab-facts.md; omnibus-gitlab's history. */
export const ignoredSpelling: Rule = {
  id: 'ignored-spelling',
  severity: 'error',
  find({ gitlabRb, version }) {
    if (atLeast(version, '19.2')) return [];
    return gitlabRb.settings.flatMap((setting): Found[] => {
      const { path, value, line } = setting;
      if (path[0] !== 'registry' || path[1] !== 'nginx') return [];
      const right = spelled(['registry_nginx', ...path.slice(2)]);
      return [
        {
          line,
          key: spelled(path),
          expected: right,
          actual: shown(path.join('.'), value),
          why: `GitLab ${version} ignores this spelling without a word: it is read since 19.2`,
          fix: `write ${right} in line ${line}`,
          // What holds them all has no other name: `registry_nginx = …` would be a variable.
          ...(path.length > 2 ? renamed(gitlabRb, setting, ['registry_nginx', ...path.slice(2)]) : {}),
        },
      ];
    });
  },
};
