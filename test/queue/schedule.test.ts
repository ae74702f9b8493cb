import { pino } from 'pino';
import { Schedule } from '../../src/queue/schedule.js';
import { type Parts, startParts } from './parts.js';

/** Real Redis, real BullMQ: what is wanted again and again happens, and ends with the configuration that wanted it. */

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts.stop());

const silent = pino({ level: 'silent' });

test('each instance is looked at again and again, and a doubt soon once more', async () => {
  const schedule = new Schedule('watch', parts.connect(), silent, { againMs: 10 });
  const looked: string[] = [];
  const enough = new Promise<void>((resolve) => {
    const worker = schedule.serve(async (instance) => {
      looked.push(instance);
      const mains = looked.filter((one) => one === 'main').length;
      if (looked.includes('other') && mains >= 2) resolve();
      return instance === 'main' && mains === 1 ? 'doubtful' : 'settled';
    });
    closing.push(() => worker.close());
  });
  closing.push(() => schedule.close());
  // So far apart that the second look at main comes from the doubt.
  await schedule.sync(
    new Map([
      ['main', 3_600_000],
      ['other', 3_600_000],
    ]),
  );
  await enough;
  expect(new Set(looked)).toEqual(new Set(['main', 'other']));
});

test('it follows the configuration: what is wanted no more is not scheduled any longer', async () => {
  const schedule = new Schedule('watch', parts.connect(), silent);
  closing.push(() => schedule.close());
  await schedule.sync(
    new Map([
      ['main', 60_000],
      ['gone', 60_000],
    ]),
  );
  await schedule.sync(new Map([['main', 300_000]]));
  expect(await schedule.scheduled()).toEqual(new Map([['main', 300_000]]));
});

test('two schedules know nothing of each other', async () => {
  const [watch, policies] = [
    new Schedule('watch', parts.connect(), silent),
    new Schedule('policies', parts.connect(), silent),
  ];
  closing.push(
    () => watch.close(),
    () => policies.close(),
  );
  await watch.sync(new Map([['main', 60_000]]));
  await policies.sync(new Map());
  expect(await watch.scheduled()).toEqual(new Map([['main', 60_000]]));
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
