import type { ConfigSource } from '../../src/config/source.js';
import { instanceWith } from '../../src/gitlab/where.js';
import { ANA, type Bench, startBench } from '../rotation/bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

/** The lab under several names; `away` does not answer. */
function among(...names: string[]) {
  const current = () => {
    const now = bench.config.current();
    const [lab] = now.instances;
    if (lab === undefined) throw new Error('there is one');
    const away = { ...lab.gitlab, url: 'https://127.0.0.1:1' };
    return { ...now, instances: names.map((name) => ({ ...lab, name, gitlab: name === 'away' ? away : lab.gitlab })) };
  };
  return { ...bench.worker, config: { ...bench.config, current } as ConfigSource };
}

test('with one instance it is that one, whatever the path', async () => {
  expect(await instanceWith('shop/none', ANA, among('lab'))).toBe('lab');
});

test('of several the one in which the person has it, while another is away', async () => {
  expect(await instanceWith('shop/api', ANA, among('away', 'lab'))).toBe('lab');
});

test('several that have it are named', async () => {
  await expect(instanceWith('shop/api', ANA, among('lab', 'other'))).rejects.toMatchObject({
    code: 'ambiguous',
    forPerson: { why: 'you have it in lab, other' },
  });
});

test('none has it: that is what is told, unless one may have it that is away', async () => {
  await expect(instanceWith('shop/none', ANA, among('lab', 'other'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(instanceWith('shop/none', ANA, among('lab', 'away'))).rejects.toMatchObject({
    retry: { afterMs: expect.any(Number) },
  });
});
