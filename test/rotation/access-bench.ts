import { dockerEntries } from '../../src/rotation/plan/docker-config.js';
import type { RotationPlan } from '../../src/rotation/plan/plan.js';
import { baseName } from '../../src/rotation/plan/token.js';
import type { AccessLevel, Group, PersonalToken, Project } from '../lab/gitlab/double.js';
import { ask, type Bench, planIdOf } from './bench.js';
import { basic } from './plan-of.js';
import { accepts } from './saga-bench.js';

/** A project or group with an access token, which a variable and a docker configuration hold. */
export interface AccessSubject {
  holder: Project | Group;
  project: Project;
  old: PersonalToken;
  plan: RotationPlan;
}

let subjects = 0;

/** Planned by the worker itself, and begun. */
export async function addAccessSubject(
  bench: Bench,
  kind: 'project' | 'group',
  { level = 30, scopes = ['read_registry', 'write_registry'] }: { level?: AccessLevel; scopes?: string[] } = {},
): Promise<AccessSubject> {
  const { gitlab, people, host } = bench.lab;
  const project = gitlab.addProject(`access-${++subjects}/api`);
  const holder = kind === 'project' ? project : project.group;
  gitlab.addMember(holder, people.ana, kind === 'project' ? 40 : 50);
  const old = gitlab.addAccessToken(holder, { name: 'ci bot', scopes, level });
  gitlab.addVariable(project, { key: 'REGISTRY_USER', value: 'oauth2' });
  gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: old.token, masked: true });
  const auths = { [new URL(host.registryUrl).host]: { auth: basic('oauth2', old.token) } };
  gitlab.addVariable(project.group, { key: 'DOCKER_AUTH_CONFIG', value: JSON.stringify({ auths }) });
  const planId = planIdOf(await ask(bench, { step: 'plan', project: holder.fullPath }));
  const plan = await bench.store.plan(planId);
  if (plan === undefined) throw new Error('no plan was made');
  await bench.store.hold(plan);
  await bench.store.begin(plan);
  return { holder, project, old, plan };
}

/** The holder's access tokens in force, the old one and those that came of it. */
export function liveOf({ lab }: Bench, { holder, old }: AccessSubject): PersonalToken[] {
  return lab.gitlab.personalTokens.filter(
    ({ of, name, revoked }) => of?.holder === holder && !revoked && baseName(name) === old.name,
  );
}

/** All that a rotation promises of its end, as one comparable value. */
export async function accessEndOf(bench: Bench, subject: AccessSubject) {
  const { project, old, plan } = subject;
  const { gitlab } = bench.lab;
  const live = liveOf(bench, subject);
  const [fresh] = live;
  const [entry] = dockerEntries(gitlab.findVariable(project.group, 'DOCKER_AUTH_CONFIG')?.value ?? '') ?? [];
  const held = [gitlab.findVariable(project, 'REGISTRY_PASSWORD')?.value, entry?.password];
  return {
    end: (await bench.store.journal(plan.id))?.end?.is,
    live: live.length,
    isReplaced: fresh !== undefined && fresh !== old,
    like: [fresh?.scopes, fresh?.of?.level],
    held: held.map((value) => (value === fresh?.token ? 'the one in force' : 'another')),
    user: [gitlab.findVariable(project, 'REGISTRY_USER')?.value, entry?.username],
    old: await accepts(bench, subject, 'any', old.token),
    fresh: fresh === undefined ? 'none' : await accepts(bench, subject, 'any', fresh.token),
  };
}

export const ACCESS_ROTATED = {
  end: 'done',
  live: 1,
  isReplaced: true,
  like: [['read_registry', 'write_registry'], 30],
  held: ['the one in force', 'the one in force'],
  user: ['oauth2', 'oauth2'],
  old: 'refused with 401',
  fresh: 'accepted',
};

export const ACCESS_AS_BEFORE = { ...ACCESS_ROTATED, end: 'failed', isReplaced: false, old: 'accepted' };
