import { atLeast, spelled } from '../../host/render/settings.js';
import { type Found, type Rule, shown } from '../finding.js';

/** Since when config.yml has them. Source: omnibus-gitlab's history of registry-config.yml.erb. */
const SINCE: Record<string, string> = {
  database: '16.4',
  gc: '16.10',
  redis: '18.3',
  reporting: '18.3',
  http_draintimeout: '18.10',
};

/** A setting of the registry that this version of the package does not know yet. */
export const tooNew: Rule = {
  id: 'too-new',
  severity: 'warning',
  find: ({ gitlabRb, version }) =>
    gitlabRb.settings.flatMap(({ path, value, line }): Found[] => {
      const since = path[0] === 'registry' ? SINCE[path[1] ?? ''] : undefined;
      if (since === undefined || atLeast(version, since)) return [];
      return [
        {
          line,
          key: spelled(path),
          expected: null,
          actual: shown(path.join('.'), value),
          why: `GitLab ${version} ignores it without a word: it is read since ${since}`,
          fix: `delete line ${line}, or update GitLab to ${since} or newer`,
        },
      ];
    }),
};
