import type { Answer } from '../../src/chat/answer.js';
import { ask, type Bench, planIdOf, startBench } from '../rotation/bench.js';
import { accepts } from '../rotation/saga-bench.js';
import { killedAt } from './killed.js';

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

test.each(['before', 'after'] as const)(
  'killed %s any command to Redis, the same job goes on, and the lock is free in the end',
  async (moment) => {
    let kills = 0;
    for (let at = 1; ; at += 1) {
      const { project, old, planId } = await addPlanned();
      const { redis, death } = killedAt(bench.redis, at, moment);
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
