import { hold } from '../moment.js';
import { everywhere, type Fault, inTheMiddle } from './fault.js';

const DAY_MS = 86_400_000;

/** Every worker is killed while GitLab holds that request. */
function killed(moment: 'before' | 'after'): Fault {
  return {
    id: `killed-${moment}-step`,
    ends: 'rotated',
    isShared: 'together',
    moments: everywhere,
    prepare({ lab, crew }, subject, at) {
      // Never released: what did not happen before the death does not happen after it.
      void hold(lab, subject, at, moment).arrived.then(() => crew.killAll());
      return undefined;
    },
  };
}

export const killedBefore = killed('before');
export const killedAfter = killed('after');

/** Redis ends and comes back with its append-only file. */
function redisRestarted(id: string, signal: NodeJS.Signals): Fault {
  return {
    id,
    ends: 'rotated',
    isShared: 'together',
    moments: everywhere,
    prepare({ lab, labRedis }, subject, at) {
      const { arrived, release } = hold(lab, subject, at, 'before');
      void arrived.then(() => labRedis.restart(signal)).then(release);
      return undefined;
    },
  };
}

export const redisStopped = redisRestarted('redis-restarted', 'SIGTERM');
export const redisKilled = redisRestarted('redis-killed', 'SIGKILL');

/** The new token is there, and the registry can't be reached for its proof. */
function registryDown(id: string, fault: string): Fault {
  return {
    id,
    ends: 'rotated',
    isShared: 'alone',
    moments: (steps) => steps.flatMap((step, index) => (step.startsWith('POST ') ? [index] : [])).slice(0, 1),
    prepare({ lab, desk, probe }, subject, at) {
      const { arrived, release } = hold(lab, subject, at, 'after');
      void arrived.then(async () => {
        probe.isOutage = true;
        const repair = await lab.break(fault);
        release();
        await desk.said(subject, ({ mark, title }) => mark === 'running' && /answers 50|does not answer/.test(title));
        await repair();
        probe.isOutage = false;
      });
      return undefined;
    },
  };
}

export const registryStopped = registryDown('registry-down-at-proof', 'registry-stopped');
export const nginxStopped = registryDown('nginx-down-at-proof', 'nginx-stopped');

/** The workers' clock goes a day ahead, then a day behind; `isKilled`: nobody lives through the first jump. */
function clockJumping(id: string, isKilled: boolean): Fault {
  return {
    id,
    ends: 'rotated',
    isShared: 'together',
    moments: inTheMiddle,
    prepare({ lab, crew }, subject, at) {
      const { arrived, release } = hold(lab, subject, at, 'before');
      void arrived.then(async () => {
        crew.setClock(DAY_MS);
        const back = hold(lab, subject, 1, 'before');
        void back.arrived.then(() => {
          crew.setClock(-DAY_MS);
          back.release();
        });
        if (isKilled) await crew.killAll();
        else release();
      });
      return () => crew.setClock(0);
    },
  };
}

export const clockJumps = clockJumping('clock-jumps', false);
export const clockJumpsOverDeath = clockJumping('clock-jumps-over-death', true);
