import { type Arena, startArena } from '../../bench/chaos/arena.js';
import { chaos } from '../../bench/chaos/chaos.js';
import { FAULTS } from '../../bench/chaos/faults/index.js';
import { isClean, wordsOf } from '../../bench/chaos/report.js';

/** `npm run chaos` in small: every fault once, a dozen workers killed at random. */

let arena: Arena;

beforeAll(async () => {
  arena = await startArena();
}, 120_000);

afterAll(() => arena.stop(), 60_000);

test('whatever breaks and whoever dies, every login works all the time, and nothing is left half done', async () => {
  const report = await chaos(arena, { seed: 7, kills: 12, faults: FAULTS, moments: 'one' });
  if (!isClean(report)) throw new Error(wordsOf(report));
  expect(report.rows.map(({ fault }) => fault)).toEqual([
    'no fault',
    ...FAULTS.map(({ id }) => id),
    'killed at random',
  ]);
  for (const { fault, tries } of report.rows) expect({ fault, isTried: tries > 0 }).toEqual({ fault, isTried: true });
  expect(report.hit).toBeGreaterThan(12);
}, 300_000);
