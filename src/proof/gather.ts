import type { Redis } from 'ioredis';
import { identify } from '../access/authorize.js';
import type { Person } from '../chat/request.js';
import type { ConfigSource } from '../config/source.js';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import type { Evidence, Findings } from '../diagnosis/findings.js';
import { isSuspected } from '../diagnosis/testimony.js';
import type { GitLab } from '../gitlab/client.js';
import { ProjectPath } from '../gitlab/path.js';
import { type Project, ROLES } from '../gitlab/schema.js';
import { lookAtUrl, type OpenInstance } from '../instance.js';
import { countLogins } from './logins.js';
import { NotLooked, type Probe, reasonOf, type Scene } from './probe.js';
import { PROBES } from './probes/index.js';

/** Probes run under one deadline; what is there by then is used. Milliseconds. */
const DEADLINE_MS = 5_000;

/** For whom a diagnosis is made: somebody in a chat, or a channel that the configuration gives a project's failures. */
export type Asker = { is: 'person'; person: Person } | { is: 'channel-of'; project: string };

/**
 * Asks the outside world what the log can't tell: every probe that is worth it for a suspected cause, in parallel.
 * Goes only to what the configuration names, whatever the log says; what belongs to a project is looked at only for
 * somebody who is a Developer there.
 */
export async function gatherFindings(
  diagnosis: Diagnosis,
  instance: OpenInstance,
  asker: Asker,
  config: ConfigSource,
  redis: Redis,
  now: number,
): Promise<Findings> {
  const findings: Findings = { instance: instance.config.name, notLooked: [] };
  const logins = countLogins(instance, async () => ({
    username: (await instance.gitlab.ownUser()).username,
    password: config.secret(instance.config.gitlab.token),
  }));
  const scene: Scene = {
    diagnosis,
    instance,
    now,
    project: once(() => projectOf(diagnosis, instance, asker, config)),
    login: logins.login,
    history: (seen) => lookAtUrl(instance, redis, now, seen),
  };
  const worth = Object.values(PROBES).filter(
    ({ worthFor }) => worthFor === 'any' || isSuspected(diagnosis, ...worthFor),
  );
  const looks = Promise.all(worth.map((probe) => look(probe as Probe<keyof Evidence>, scene, findings)))
    .then(() => logins.atone())
    .catch((error: unknown) => void findings.notLooked.push(reasonOf(error)));
  const timer = AbortSignal.timeout(DEADLINE_MS);
  const deadline = new Promise<void>((resolve) => {
    timer.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([looks, deadline]);
  // What comes later is not used: a finding that moved after the verdict would contradict it.
  const inTime = { ...findings, notLooked: [...new Set(findings.notLooked)] };
  if (timer.aborted) inTime.notLooked.push(`what did not answer within ${DEADLINE_MS / 1000} s`);
  return inTime;
}

async function look<K extends keyof Evidence>(probe: Probe<K>, scene: Scene, findings: Findings): Promise<void> {
  try {
    findings[probe.id] = (await probe.look(scene)) as Findings[K];
  } catch (error) {
    findings.notLooked.push(reasonOf(error));
  }
}

async function projectOf(
  { facts }: Diagnosis,
  { config: { registry }, gitlab }: OpenInstance,
  asker: Asker,
  config: ConfigSource,
): Promise<Project> {
  const path =
    facts?.project ?? guessProject(facts?.image?.host === new URL(registry.url).host ? facts.image.path : undefined);
  if (path === undefined || !ProjectPath.safeParse(path).success)
    throw new NotLooked('GitLab, for the log names no project');
  // Who asks is settled first: somebody unknown must not learn from the answer whether a project is there.
  const mayLook = await permission(asker, config, gitlab);
  const project = await gitlab.project(path);
  if (project !== undefined && (await mayLook(project))) return project;
  throw new NotLooked(`${path} in GitLab: it is not there, or you are no Developer in it`, path);
}

async function permission(
  asker: Asker,
  config: ConfigSource,
  gitlab: GitLab,
): Promise<(project: Project) => boolean | Promise<boolean>> {
  if (asker.is === 'channel-of') return ({ path_with_namespace: path }) => path === asker.project;
  const { id } = await identify(asker.person, config.current(), gitlab);
  return async (project) => ((await gitlab.accessLevel(project.id, id)) ?? 0) >= ROLES.developer;
}

/** group/project/image may be below group/project: the shortest path with a group is asked first. */
function guessProject(imagePath: string | undefined): string | undefined {
  const parts = imagePath?.split('/') ?? [];
  return parts.length >= 2 ? parts.slice(0, 2).join('/') : undefined;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= work();
    return made;
  };
}
