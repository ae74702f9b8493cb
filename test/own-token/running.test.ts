import { rotateOwnTokenCommand } from '../../src/cli/rotate-own-token.js';
import { watchOnce } from '../../workers/watch.js';
import { addSubject, ask, type Bench, planIdOf, startBench } from '../rotation/bench.js';

/** What runs takes the new token without being started again: the same context works before and after. */

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

test('a worker that has worked with the old token plans, rotates, pushes and looks with the new one', async () => {
  const { gitlab } = bench.lab;
  const { project } = await addSubject(bench);
  const before = gitlab.personalTokens.filter(({ revoked }) => !revoked);
  const [planned] = (await ask(bench, { step: 'plan', project: project.fullPath })).slice(-1);
  expect(planned?.title).toContain(project.fullPath);

  expect(await rotateOwnTokenCommand(bench.lab.configPath, undefined, { yes: true, jobsMs: 0 })).toBe(0);
  expect(before.every(({ revoked }) => revoked)).toBe(true);

  const other = gitlab.addProject('own-token/api');
  gitlab.addMember(other, bench.lab.people.ana, 40);
  const old = gitlab.addDeployToken(other, { name: 'ci', scopes: ['read_registry', 'write_registry'] });
  gitlab.addVariable(other, { key: 'REGISTRY_USER', value: old.username });
  gitlab.addVariable(other, { key: 'REGISTRY_PASSWORD', value: old.token });
  const planId = planIdOf(await ask(bench, { step: 'plan', project: other.fullPath }));
  const said = await ask(bench, { step: 'run', planId });
  expect(said.at(-1)).toMatchObject({ mark: 'pass' });

  const current = () => {
    const config = bench.config.current();
    return { ...config, instances: config.instances.map((one) => ({ ...one, watch: { slack: 'COPS', minutes: 5 } })) };
  };
  const context = { ...bench.worker, config: { ...bench.config, current } };
  await watchOnce('lab', context);
  expect(await bench.redis.get('{registrar}:watch:lab:look')).toContain('"id":"gitlab"');
  expect(JSON.parse((await bench.redis.get('{registrar}:watch:lab:look')) ?? '{}').results).toContainEqual(
    expect.objectContaining({ id: 'gitlab', verdict: expect.objectContaining({ is: 'pass' }) }),
  );
});
