import type { Redis } from 'ioredis';
import type { Identities } from '../access/identities.js';
import type { ConfigSource } from '../config/source.js';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import type { Evidence, Findings } from '../diagnosis/findings.js';
import { isSuspected } from '../diagnosis/testimony.js';
import { lookAtUrl, type OpenInstance } from '../instance.js';
import type { Asker } from './asker.js';
import { countLogins } from './logins.js';
import { type Probe, reasonOf, type Scene } from './probe.js';
import { PROBES } from './probes/index.js';
import { openScene } from './scene.js';

/** Probes run under one deadline; what is there by then is used. Milliseconds. */
const DEADLINE_MS = 5_000;

/**
 * Asks the outside world what the log can't tell: every probe that is worth it for a suspected cause, in parallel.
 * Goes only to what the configuration names, whatever the log says; what belongs to a project is looked at only for
 * somebody who is a Developer there.
 */
export async function gatherFindings(
  diagnosis: Diagnosis,
  instance: OpenInstance,
  asker: Asker,
  identities: Identities,
  config: ConfigSource,
  redis: Redis,
  now: number,
): Promise<Findings> {
  const findings: Findings = { instance: instance.config.name, notLooked: [] };
  const logins = countLogins(instance, async () => ({
    username: (await instance.gitlab.ownUser()).username,
    password: config.secret(instance.config.gitlab.token),
  }));
  const scene = openScene(diagnosis, instance, asker, identities, {
    login: logins.login,
    ownLogin: logins.own,
    history: (seen) => lookAtUrl(instance, redis, now, seen),
    now,
  });
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
    const found = await probe.look(scene);
    if (found !== undefined) findings[probe.id] = found as Findings[K];
  } catch (error) {
    findings.notLooked.push(reasonOf(error));
  }
}
