import type { Redis } from 'ioredis';
import type { Answer } from '../../src/chat/answer.js';
import { ask, type Bench, planIdOf, startBench } from '../rotation/bench.js';
import { accepts } from '../rotation/saga-bench.js';

/** The saga's own calls are in rotation/saga.test.ts; here it is everything around it that is written to Redis. */

let bench: Bench;
let projects = 0;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

async function addPlanned() {
  const { gitlab, people } = bench.lab;
  const project = gitlab.addProject(`killed-${++projects}/api`);
  const bot = gitlab.findUser('registrar-bot');
  if (bot !== undefined) gitlab.addMember(project, bot, 40);
  gitlab.addMember(project, people.ana, 40);
  const old = gitlab.addDeployToken(project, { name: 'ci push', scopes: ['read_registry', 'write_registry'] });
  gitlab.addVariable(project, { key: 'REGISTRY_USER', value: old.username });
  gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: old.token });
  return { project, old, planId: planIdOf(await ask(bench, { step: 'plan', project: project.fullPath })) };
}

/** A worker process that is killed at its n-th command to Redis: none is heard of again. Resolves when it is dead. */
function killedAt(at: number, moment: 'before' | 'after'): { redis: Redis; death: Promise<'killed'> } {
  let count = 0;
  let die: () => void = () => {};
  const death = new Promise<'killed'>((resolve) => {
    die = () => resolve('killed');
  });
  const forever = () => {
    die();
    return new Promise<never>(() => {});
  };
  const redis = new Proxy(bench.redis, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return async (...words: unknown[]) => {
        count += 1;
        if (count === at && moment === 'before') return forever();
        const answered: unknown = await Reflect.apply(value, target, words);
        return count === at ? forever() : answered;
      };
    },
  });
  return { redis, death };
}

test.each(['before', 'after'] as const)(
  'killed %s any command to Redis, the same job goes on, and the lock is free in the end',
  async (moment) => {
    let kills = 0;
    for (let at = 1; ; at += 1) {
      const { project, old, planId } = await addPlanned();
      const { redis, death } = killedAt(at, moment);
      const killable = { ...bench, worker: { ...bench.worker, redis } };
      const first = await Promise.race([death, ask(killable, { step: 'run', planId })]);
      const said: Answer[] = first === 'killed' ? await ask(bench, { step: 'run', planId }) : first;
      expect({ at, end: said.at(-1)?.mark }).toEqual({ at, end: 'pass' });
      const [fresh, ...others] = bench.lab.gitlab.deployTokensOf(project);
      if (fresh === undefined) throw new Error('no token is left');
      const values = bench.lab.gitlab.variables.filter(({ holder }) => holder === project).map(({ value }) => value);
      expect([fresh.id === old.id, others, values]).toEqual([false, [], [fresh.username, fresh.token]]);
      expect(await accepts(bench, { project }, old.username, old.token)).toBe('refused with 401');
      expect(await bench.redis.keys('*rotation-lock*')).toEqual([]);
      if (first !== 'killed') break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(12);
  },
);
