import type { DeployToken, Project, Variable } from '../../test/lab/gitlab/double.js';
import type { Lab } from '../../test/lab/lab.js';

/** What carries the token: a pair of variables, a docker configuration, or both, in two environments. */
export const KINDS = ['pair', 'docker', 'both'] as const;
export type Kind = (typeof KINDS)[number];

/** A project whose token is rotated. */
export interface Subject {
  kind: Kind;
  project: Project;
  old: DeployToken;
  /** Every variable as it was. */
  before: readonly Variable[];
  /** What was to go wrong has happened. */
  isStruck: boolean;
}

export interface Login {
  username: string;
  password: string;
}

const OTHERS_AUTH = Buffer.from('somebody:else').toString('base64');
let count = 0;

export function addSubject({ gitlab, people, host }: Lab, kind: Kind): Subject {
  const project = gitlab.addProject(`chaos/p-${++count}`);
  const bot = gitlab.findUser('registrar-bot');
  if (bot === undefined) throw new Error('the lab has a bot');
  gitlab.addMember(project, bot, 40);
  gitlab.addMember(project, people.ana, 40);
  const old = gitlab.addDeployToken(project, { name: 'ci push', scopes: ['read_registry', 'write_registry'] });
  const flags = { protected: true, raw: true, description: 'for the pipeline' };
  const pair = (stem: string, scope: string) => {
    gitlab.addVariable(project, { key: `${stem}_USER`, value: old.username, ...flags, environment_scope: scope });
    gitlab.addVariable(project, {
      key: `${stem}_PASSWORD`,
      value: old.token,
      masked: true,
      ...flags,
      environment_scope: scope,
    });
  };
  const docker = (scope: string) => {
    const auths = {
      [new URL(host.registryUrl).host]: { auth: authOf(old.username, old.token) },
      'registry.example.com': { auth: OTHERS_AUTH },
    };
    const value = JSON.stringify({ auths });
    gitlab.addVariable(project, { key: 'DOCKER_AUTH_CONFIG', value, ...flags, environment_scope: scope });
  };
  if (kind !== 'docker') pair('REGISTRY', '*');
  if (kind !== 'pair') docker('*');
  if (kind === 'both') {
    pair('DEPLOY', 'production');
    docker('production');
  }
  gitlab.addVariable(project, { key: 'UNRELATED', value: 'stays as it is', ...flags });
  return { kind, project, old, before: variablesOf({ gitlab }, project), isStruck: false };
}

export function variablesOf({ gitlab }: Pick<Lab, 'gitlab'>, project: Project): Variable[] {
  return gitlab.variables.filter(({ holder }) => holder === project).map((one) => ({ ...one }));
}

/** The logins that a job would find in the project's variables now, each once. */
export function loginsOf(lab: Pick<Lab, 'gitlab' | 'host'>, { project }: Pick<Subject, 'project'>): Login[] {
  const variables = variablesOf(lab, project);
  const { host } = new URL(lab.host.registryUrl);
  const logins = variables.flatMap(({ key, value, environment_scope }): Login[] => {
    if (key === 'DOCKER_AUTH_CONFIG') return [loginIn(value, host)];
    if (!key.endsWith('_USER')) return [];
    const partner = variables.find(
      (one) => one.key === key.replace(/USER$/, 'PASSWORD') && one.environment_scope === environment_scope,
    );
    return [{ username: value, password: partner?.value ?? '' }];
  });
  const known = new Map(logins.map((login) => [authOf(login.username, login.password), login]));
  return [...known.values()];
}

/** The value with another login in the old one's place. */
export function withLogin(value: string, old: Login, fresh: Login): string {
  return value
    .replaceAll(authOf(old.username, old.password), authOf(fresh.username, fresh.password))
    .replaceAll(old.password, fresh.password)
    .replaceAll(old.username, fresh.username);
}

function loginIn(config: string, host: string): Login {
  const { auths } = JSON.parse(config) as { auths: Record<string, { auth?: string }> };
  const [username = '', ...rest] = Buffer.from(auths[host]?.auth ?? '', 'base64')
    .toString()
    .split(':');
  return { username, password: rest.join(':') };
}

function authOf(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
