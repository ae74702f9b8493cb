import pMap from 'p-map';
import { EdgeError } from '../../errors.js';
import type { GitLab } from '../../gitlab/client.js';
import { type FoundOwner, ofGroup, ofProject } from '../../gitlab/find-owner.js';
import type { Owner } from '../../gitlab/schema.js';
import type { UrlHistory } from '../../gitlab/url-history.js';
import type { RotatedToken } from '../plan/plan.js';
import { TOKENS, tokensOf } from '../tokens.js';
import type { Filter, Target } from './bulk.js';
import { isMeant } from './select.js';

/** GitLab answers so many at once without anybody else noticing. */
const AT_ONCE = 8;

/**
 * All tokens that are meant, of one place and what is below it, or of all that the bot sees. `unread`: how many
 * projects and groups it may not look into.
 *
 * Errors: those of {@link GitLab}, besides a right that is missing.
 */
export async function findTargets(
  place: FoundOwner | undefined,
  filter: Filter,
  history: UrlHistory,
  gitlab: GitLab,
  now: number,
): Promise<{ targets: Target[]; unread: number }> {
  let unread = 0;
  const owners = await ownersIn(place, gitlab);
  const found = await pMap(
    owners,
    async (found): Promise<Target[]> => {
      try {
        const tokens = await listed(found.owner, filter, gitlab);
        return tokens.filter((one) => isMeant(one, filter, history, now)).map((token) => ({ ...found, token }));
      } catch (error) {
        if (!(error instanceof EdgeError) || !['gitlab-forbidden', 'gitlab-not-found'].includes(error.code))
          throw error;
        unread += 1;
        return [];
      }
    },
    { concurrency: AT_ONCE },
  );
  return { targets: found.flat(), unread };
}

/** One call a place where access tokens are not meant. */
function listed(owner: Owner, filter: Filter, gitlab: GitLab): Promise<RotatedToken[]> {
  return filter.is === 'stale' ? TOKENS.deploy.list(gitlab, owner) : tokensOf(gitlab, owner);
}

async function ownersIn(place: FoundOwner | undefined, gitlab: GitLab): Promise<FoundOwner[]> {
  if (place?.owner.kind === 'project') return [place];
  const [groups, projects] =
    place === undefined
      ? await Promise.all([gitlab.allGroups(), gitlab.allProjects()])
      : await Promise.all([gitlab.subgroups(place.owner.id), gitlab.projectsBelow(place.owner.id)]);
  return [...(place === undefined ? [] : [place]), ...groups.map(ofGroup), ...projects.map(ofProject)];
}
