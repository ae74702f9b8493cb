import type { TokenFinding } from '../../diagnosis/findings.js';
import type { GitLab } from '../../gitlab/client.js';
import type { DeployToken, Owner, Variable } from '../../gitlab/schema.js';
import { ageAgainstUrl } from '../../gitlab/url-history.js';
import { findConsumers, secretOf } from '../../rotation/plan/consumers.js';
import { isExpired, registryTokens } from '../../rotation/plan/token.js';
import { NotLooked, type Probe } from '../probe.js';

/** The project's deploy tokens: live, expired, revoked, older than the registry's URL, and does a stored pair log in? */
export const tokens: Probe<'tokens'> = {
  id: 'tokens',
  worthFor: ['credentials-rejected', 'token-stale-after-url-change', 'password-needs-token'],
  async look({ diagnosis, instance: { gitlab, config }, project, history, login, now }) {
    const { id, path_with_namespace: path } = await project();
    const owner: Owner = { kind: 'project', id, path };
    const [all, variables] = await Promise.all([gitlab.deployTokens(owner), gitlab.variables(owner)]);
    const named = diagnosis.facts?.logins.findLast(({ user }) => user !== undefined)?.user;
    if (await isElsewhere(named, all, gitlab)) throw new NotLooked(`${named}, which is no deploy token of ${path}`);
    const urls = await history(all);
    const registryHost = new URL(config.registry.url).host;
    const findings: TokenFinding[] = [];
    for (const token of [...registryTokens(all), ...all.filter(({ revoked }) => revoked)]) {
      const stored = storedPair(token, owner, variables, registryHost);
      const tried = stored === undefined ? 'not-tried' : await login(token.username, stored.password);
      findings.push({
        id: token.id,
        name: token.name,
        username: token.username,
        revoked: token.revoked,
        expired: isExpired(token, now),
        scopes: token.scopes,
        age: ageAgainstUrl(token.id, urls),
        ...(stored === undefined || tried === 'not-tried'
          ? {}
          : { login: { variable: stored.variable, accepted: tried === 'accepted' } }),
      });
    }
    return findings;
  },
};

/**
 * Is the token that the log names by GitLab's own username another project's or a group's, for all we know? Ids count
 * over the whole instance: only a list of all its tokens tells that one is gone.
 */
async function isElsewhere(
  username: string | undefined,
  ours: readonly DeployToken[],
  gitlab: GitLab,
): Promise<boolean> {
  const id = Number(/^gitlab\+deploy-token-(\d{1,15})$/.exec(username ?? '')?.[1]);
  if (Number.isNaN(id) || ours.some((one) => one.username === username)) return false;
  const everywhere = await gitlab.allDeployTokens();
  return everywhere === undefined || everywhere.some((one) => one.id === id);
}

/** The token's secret where a variable of the project holds it: read for one login, kept nowhere. */
function storedPair(
  token: DeployToken,
  owner: Owner,
  variables: readonly Variable[],
  registryHost: string,
): { variable: string; password: string } | undefined {
  const { username } = token;
  const sought = { username, secrets: new Set<string>(), mapped: new Set<string>(), formerUrls: [], registryHost };
  for (const consumer of findConsumers(sought, owner, variables)) {
    const password = secretOf(consumer, sought);
    if (password !== undefined) return { variable: consumer.variable.key, password };
  }
  return undefined;
}
