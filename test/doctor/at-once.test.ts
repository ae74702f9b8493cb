import { type Finding, fault, pass } from '../../src/doctor/finding.js';
import type { DoctorContext } from '../../src/doctor/gather/context.js';
import { mendAtOnce } from '../../src/doctor/repair/at-once.js';

const OURS: Finding = fault('fail', 'redis: memory', {
  what: 'Redis throws keys away',
  why: 'jobs vanish',
  fix: 'redis-cli …',
  repair: { is: 'redis-setting', setting: 'maxmemory-policy', value: 'noeviction' },
});
const WAITS: Finding = fault('fail', 'queue status', {
  ...{ what: '1 job failed', why: 'it died', fix: 'registrar doctor --repair' },
  repair: { is: 'retry-jobs', queue: 'status', ids: ['a'] },
});

function context(config: (...words: string[]) => Promise<unknown>): DoctorContext {
  return { redis: async () => ({ connection: { config } }) } as unknown as DoctorContext;
}

test('Registrar’s own Redis is set right, and what else there is waits for a word', async () => {
  const sent: string[][] = [];
  const found = await mendAtOnce(
    [pass('redis', 'it answers'), OURS, WAITS],
    context(async (...words) => void sent.push(words)),
  );
  expect(sent).toEqual([['SET', 'maxmemory-policy', 'noeviction']]);
  expect(found).toEqual([
    pass('redis', 'it answers'),
    pass('redis: memory', 'Redis throws keys away: repaired, Redis has maxmemory-policy noeviction'),
    WAITS,
  ]);
});

test('what can’t be set stays a fault, and says why', async () => {
  const [found] = await mendAtOnce(
    [OURS],
    context(() => Promise.reject(new Error('NOPERM'))),
  );
  expect(found).toMatchObject({
    mark: 'fail',
    why: 'jobs vanish; it could not be repaired: NOPERM',
    fix: 'redis-cli …',
  });
  expect(found).not.toHaveProperty('repair');
});
