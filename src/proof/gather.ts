import type { Redis } from 'ioredis';
import { identify } from '../access/authorize.js';
import type { Person } from '../chat/request.js';
import type { ConfigSource } from '../config/source.js';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import type { Findings, TokenFinding } from '../diagnosis/findings.js';
import { EdgeError, messageOf } from '../errors.js';
import { ProjectPath } from '../gitlab/path.js';
import { type DeployToken, type Owner, type Project, ROLES, type User, type Variable } from '../gitlab/schema.js';
import { ageAgainstUrl, type UrlHistory } from '../gitlab/url-history.js';
import { lookAtUrl, type OpenInstance } from '../instance.js';
import { dockerSecret, findConsumers } from '../rotation/plan/consumers.js';
import { isExpired, registryTokens } from '../rotation/plan/plan.js';

/** Probes run under one deadline; what is there by then is used. Milliseconds. */
const DEADLINE_MS = 5_000;
/** GitLab may ban an address after ten refused logins in a minute: we try at most so many that may be refused. */
const LOGINS = 2;

/**
 * Asks GitLab and the registry what the log can't tell. Goes only to what the configuration names, whatever the log
 * says; what belongs to a project is looked at only for somebody who is a Developer there.
 */
export async function gatherFindings(
  diagnosis: Diagnosis,
  instance: OpenInstance,
  person: Person,
  config: ConfigSource,
  redis: Redis,
  now: number,
): Promise<Findings> {
  const findings: Findings = { instance: instance.config.name, notLooked: [] };
  const timer = AbortSignal.timeout(DEADLINE_MS);
  const deadline = new Promise<void>((resolve) => {
    timer.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([
    Promise.all([
      askRegistry(findings, instance),
      askGitLab(findings, diagnosis, instance, person, config, redis, now),
    ]),
    deadline,
  ]);
  if (timer.aborted) findings.notLooked.push(`what did not answer within ${DEADLINE_MS / 1000} s`);
  return findings;
}

async function askRegistry(findings: Findings, { registry }: OpenInstance): Promise<void> {
  try {
    const { ms, challenge, status } = await registry.ping();
    findings.registry = challenge === undefined ? { is: 'silent', why: `it answers ${status}` } : { is: 'answers', ms };
  } catch (error) {
    findings.registry = { is: 'silent', why: error instanceof EdgeError ? error.forPerson.what : messageOf(error) };
  }
}

async function askGitLab(
  findings: Findings,
  { facts }: Diagnosis,
  instance: OpenInstance,
  person: Person,
  config: ConfigSource,
  redis: Redis,
  now: number,
): Promise<void> {
  const path =
    facts?.project ??
    guessProject(facts?.image?.host === new URL(instance.config.registry.url).host ? facts.image.path : undefined);
  if (path === undefined || !ProjectPath.safeParse(path).success) {
    findings.notLooked.push('GitLab, for the log names no project');
    return;
  }
  try {
    const asker = await identify(person, config.current(), instance.gitlab);
    const project = await instance.gitlab.project(path);
    if (project === undefined || !(await mayLook(asker, project, instance))) {
      // As in GitLab: who may not see a project does not learn whether it is there.
      findings.project = { is: 'not-found', path };
      findings.notLooked.push(`${path} in GitLab: it is not there, or you are no Developer in it`);
      return;
    }
    findings.project = { is: 'found', path: project.path_with_namespace };
    findings.tokens = await tokensOf(project, instance, redis, now, config);
  } catch (error) {
    findings.notLooked.push(
      error instanceof EdgeError
        ? [error.forPerson.what, error.forPerson.why].filter(Boolean).join(': ')
        : messageOf(error),
    );
  }
}

async function mayLook({ id }: User, project: Project, { gitlab }: OpenInstance): Promise<boolean> {
  return ((await gitlab.accessLevel(project.id, id)) ?? 0) >= ROLES.developer;
}

/** group/project/image may be below group/project: the shortest path with a group is asked first. */
function guessProject(imagePath: string | undefined): string | undefined {
  const parts = imagePath?.split('/') ?? [];
  return parts.length >= 2 ? parts.slice(0, 2).join('/') : undefined;
}

async function tokensOf(
  project: Project,
  instance: OpenInstance,
  redis: Redis,
  now: number,
  config: ConfigSource,
): Promise<TokenFinding[]> {
  const owner: Owner = { kind: 'project', id: project.id, path: project.path_with_namespace };
  const [all, variables] = await Promise.all([instance.gitlab.deployTokens(owner), instance.gitlab.variables(owner)]);
  const history: UrlHistory = await lookAtUrl(instance, redis, now, all);
  const findings: TokenFinding[] = [];
  let left = LOGINS;
  let refused = false;
  for (const token of [...registryTokens(all), ...all.filter(({ revoked }) => revoked)]) {
    const stored = storedPair(token, owner, variables, new URL(instance.config.registry.url).host);
    const login =
      stored === undefined || left-- <= 0
        ? undefined
        : { variable: stored.variable, accepted: await tryLogin(instance, token.username, stored.password) };
    refused ||= login?.accepted === false;
    findings.push({
      id: token.id,
      name: token.name,
      username: token.username,
      revoked: token.revoked,
      expired: isExpired(token, now),
      scopes: token.scopes,
      age: ageAgainstUrl(token.id, history),
      ...(login === undefined ? {} : { login }),
    });
  }
  // A success resets GitLab's count of refused logins from our address.
  if (refused)
    await tryLogin(instance, (await instance.gitlab.ownUser()).username, config.secret(instance.config.gitlab.token));
  return findings;
}

/** The token's secret where a variable of the project holds it: read for one login, kept nowhere. */
function storedPair(
  token: DeployToken,
  owner: Owner,
  variables: readonly Variable[],
  registryHost: string,
): { variable: string; password: string } | undefined {
  for (const { carries, variable } of findConsumers(token, owner, variables)) {
    const password =
      carries === 'docker-config' ? dockerSecret(variable.value, token.username, registryHost) : variable.value;
    if (carries !== 'username' && password != null) return { variable: variable.key, password };
  }
  return undefined;
}

async function tryLogin({ registry }: OpenInstance, username: string, password: string): Promise<boolean> {
  const { challenge } = await registry.ping();
  if (challenge === undefined) throw new Error('the registry gave no challenge');
  return (await registry.handshake(challenge, [], { username, password })).is === 'granted';
}
