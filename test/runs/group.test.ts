import { Group, type Listener } from '../../src/runs/group.js';
import { type Parts, startParts } from '../queue/parts.js';

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts.stop());

const listener = (key: string): Listener => ({ address: { platform: 'slack', channel: 'C1', person: 'U1' }, key });
const keys = (all: Listener[]) => all.map(({ key }) => key);

test('the first leads, those who come later join it, and it hears of each', async () => {
  const redis = parts.connect();
  const [first, second] = [new Group(redis, 'one', 'run-1'), new Group(redis, 'one', 'run-2')];
  expect(await first.leader(60_000)).toBe('run-1');
  expect(await second.leader(60_000)).toBe('run-1');
  expect(await second.join('run-1', listener('b'))).toBe(true);
  expect(keys(await first.listeners())).toEqual(['b']);
});

test('a run that is killed leads on when it is taken up again', async () => {
  const redis = parts.connect();
  expect(await new Group(redis, 'two', 'run-1').leader(60_000)).toBe('run-1');
  expect(await new Group(redis, 'two', 'run-1').leader(60_000)).toBe('run-1');
});

test('who comes between the last word and the end is given at the end', async () => {
  const redis = parts.connect();
  const [first, second] = [new Group(redis, 'three', 'run-1'), new Group(redis, 'three', 'run-2')];
  await first.leader(60_000);
  await second.join('run-1', listener('b'));
  await first.listeners();
  await second.join('run-1', listener('late'));
  expect(keys(await first.end())).toEqual(['late']);
});

test('after the end nobody joins, and the next one leads', async () => {
  const redis = parts.connect();
  const [first, second] = [new Group(redis, 'four', 'run-1'), new Group(redis, 'four', 'run-2')];
  await first.leader(60_000);
  await first.end();
  expect(await second.join('run-1', listener('b'))).toBe(false);
  expect(await second.leader(60_000)).toBe('run-2');
});

test('nothing of it stays longer than the question is of interest', async () => {
  const redis = parts.connect();
  const group = new Group(redis, 'five', 'run-1');
  await group.leader(60_000);
  await group.join('run-1', listener('b'));
  const left = await Promise.all((await redis.keys('*asking*')).map((key) => redis.pttl(key)));
  expect(left.length).toBeGreaterThanOrEqual(2);
  for (const ms of left) expect(ms).toBeGreaterThan(0);
});
