import type { Diagnosis } from '../diagnosis/diagnosis.js';
import type { Facts } from '../diagnosis/facts.js';
import { refusalOf } from '../diagnosis/refusal.js';
import type { GitLab } from '../gitlab/client.js';
import type { DeployToken, Owner, Project, User } from '../gitlab/schema.js';

/** Whose credentials the log's client used, as far as the log and the job's project tell. */
export type Who =
  /** The job's own token; who started the job, where the log names it. */
  | { is: 'job'; of: Project; starter?: User }
  | { is: 'deploy-token'; of: Project; token: DeployToken }
  /** A name that is no deploy token's of the project; GitLab may know no such user. */
  | { is: 'person'; username: string; user?: User }
  | { is: 'unknown' };

/** What a user or a deploy token may be called. An e-mail address is none: GitLab has no look-up by it for others. */
const USERNAME = /^[A-Za-z0-9_][\w.+-]{0,254}$/;

/**
 * Asks GitLab who logged in. `project`: the job's, as {@link Scene.project}.
 *
 * A personal, project or group access token may come with any username: that a name is a person's says whose it would
 * be, not that a password was used.
 */
export async function whoLoggedIn({ facts }: Diagnosis, gitlab: GitLab, project: () => Promise<Project>): Promise<Who> {
  if (facts === undefined) return { is: 'unknown' };
  const written = userOf(facts);
  if (written === undefined ? refusalOf(facts).jobToken : JOB.test(written)) {
    const of = await project();
    const starter = await starterOf(facts.jobUrl, of, gitlab);
    return { is: 'job', of, ...(starter === undefined ? {} : { starter }) };
  }
  if (written === undefined) return { is: 'unknown' };
  const of = await project();
  const owner: Owner = { kind: 'project', id: of.id, path: of.path_with_namespace };
  const variable = /^\$\{?(\w+)\}?$/.exec(written)?.[1];
  const [tokens, variables] = await Promise.all([
    gitlab.deployTokens(owner),
    variable === undefined ? [] : gitlab.variables(owner),
  ]);
  // GitLab's special name: its token's username stands in CI_DEPLOY_USER.
  const username =
    variable === 'CI_DEPLOY_USER'
      ? tokens.find(({ name, revoked }) => name === 'gitlab-deploy-token' && !revoked)?.username
      : variable === undefined
        ? written
        : variables.find(({ key }) => key === variable)?.value;
  if (username == null || !USERNAME.test(username)) return { is: 'unknown' };
  const named = tokens.filter((one) => one.username === username);
  const live = named.filter(({ revoked }) => !revoked);
  // Usernames need not be unique: of several that live, nobody knows which it was.
  if (live.length > 1) return { is: 'unknown' };
  const token = live[0] ?? named[0];
  if (token !== undefined) return { is: 'deploy-token', of, token };
  // A variable may hold a secret by mistake: only what GitLab knows as a name is one.
  const user = username.startsWith('gitlab+') ? undefined : await gitlab.user(username);
  if (user === undefined && (variable !== undefined || username.startsWith('gitlab+'))) return { is: 'unknown' };
  return { is: 'person', username, ...(user === undefined ? {} : { user }) };
}

/** The job's own credentials, by the name that GitLab gives them. */
const JOB = /^(?:gitlab-ci-token|\$\{?CI_REGISTRY_USER\}?)$/;

/** The user of the last login to the registry that refused; where the log hides a login's host, it may be that one. */
function userOf(facts: Facts): string | undefined {
  const asked = refusalOf(facts).name?.host ?? facts.registry;
  return facts.logins.findLast(({ host, user }) => {
    if (user === undefined) return false;
    if (host === undefined) return JOB.test(user);
    return asked === undefined || host.includes('$') || host.replace(/\/.*$/, '') === asked;
  })?.user;
}

/** Who started the job of the log's own address; only where that is a job of this project on this GitLab. */
async function starterOf(jobUrl: string | undefined, project: Project, gitlab: GitLab): Promise<User | undefined> {
  const begin = `${gitlab.url.replace(/\/$/, '')}/${project.path_with_namespace}/-/jobs/`;
  const id = jobUrl?.startsWith(begin) === true ? /^\d{1,15}/.exec(jobUrl.slice(begin.length))?.[0] : undefined;
  return id === undefined ? undefined : ((await gitlab.job(project.id, Number(id)))?.user ?? undefined);
}
