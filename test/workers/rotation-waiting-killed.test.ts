import { type Bench, startBench } from '../rotation/bench.js';
import { killedAt } from './killed.js';
import {
  addProject,
  comeBack,
  configureWaiting,
  HOURS,
  type Pressed,
  planned,
  press,
  startWaiting,
} from './rotation-waiting-bench.js';

/** Workers that are killed around a rotation that waits: at every command to Redis. */

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
  await configureWaiting(bench);
});

afterAll(() => bench.stop());

type Job = (bench: Bench, planId: string) => Promise<Pressed>;

const revoke: Job = (at, planId) => press(at, { step: 'decide', what: 'revoke', planId, requestId: 'click' });
const undo: Job = (at, planId) => press(at, { step: 'decide', what: 'undo', planId, requestId: 'click' });
const passed: Job = (at, planId) => comeBack(at, planId, HOURS);

test.each<[string, Job, 'pass' | 'info']>([
  ['[Revoke now]', revoke, 'pass'],
  ['[Undo]', undo, 'info'],
  ['the look after which the old token is revoked', passed, 'pass'],
])('killed at any command of %s: the same job goes on, and nothing stays locked', async (_, job, mark) => {
  for (let at = 1; ; at += 1) {
    const { project, old } = addProject(bench);
    const planId = await startWaiting(bench, project);
    const { redis, death } = killedAt(bench.redis, at, 'after');
    const first = await Promise.race([death, job({ ...bench, worker: { ...bench.worker, redis } }, planId)]);
    // Before the job is taken up again, the rotation's own job may come back: it does not end for that.
    if (first === 'killed') await comeBack(bench, planId, 1);
    const { said } = first === 'killed' ? await job(bench, planId) : first;
    expect({ at, mark: said.at(-1)?.mark }).toEqual({ at, mark });
    const [left, ...others] = bench.lab.gitlab.deployTokensOf(project);
    expect([left === old, others]).toEqual([mark === 'info', []]);
    expect(bench.lab.gitlab.findVariable(project, 'REGISTRY_PASSWORD')?.value).toBe(left?.token);
    expect(await bench.redis.keys('*rotation-lock*')).toEqual([]);
    expect(await bench.redis.keys(`*rotation-token*:${old.id}`)).toEqual([]);
    if (first !== 'killed') break;
  }
});

test('killed before the rotation began, and never heard of again: the next plan goes through, after the plan’s time', async () => {
  let kills = 0;
  for (let at = 1; ; at += 1) {
    const { project, old } = addProject(bench);
    const planId = await planned(bench, project);
    const { redis, death } = killedAt(bench.redis, at, 'after');
    const killable = { ...bench, worker: { ...bench.worker, redis } };
    const first = await Promise.race([death, press(killable, { step: 'run', planId, requestId: 'dead' })]);
    if (first !== 'killed' || (await bench.store.journal(planId)) !== undefined) break;
    kills += 1;
    // What ten minutes do: the plan lapses, and what was taken for it.
    for (const key of await bench.redis.keys('*rotation*')) if ((await bench.redis.ttl(key)) <= 600) await lapse(key);
    await startWaiting(bench, project);
    expect(bench.lab.gitlab.deployTokensOf(project)).toContain(old);
  }
  expect(kills).toBeGreaterThan(2);
});

async function lapse(key: string): Promise<void> {
  if ((await bench.redis.ttl(key)) > 0) await bench.redis.del(key);
}
