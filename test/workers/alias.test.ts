import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import type { JobOf } from '../../src/queue/jobs.js';
import { aliasWorker } from '../../workers/alias.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

const STRANGER: Person = { platform: 'terminal', id: 'mallory' };
type Task<T> = T extends { task: string } ? Omit<T, 'requestId' | 'person' | 'replyTo' | 'useBy'> : never;

async function alias(what: Task<JobOf<'alias'>>, person = ANA): Promise<Answer> {
  const said: Answer[] = [];
  const common = { requestId: 'request', person, replyTo: REPLY_TO, useBy: Number.MAX_SAFE_INTEGER };
  await aliasWorker(bench.worker)({ ...common, ...what } as JobOf<'alias'>, async (answer) => {
    said.push(answer);
  });
  const [answer] = said;
  if (answer === undefined || said.length > 1) throw new Error('one answer');
  return answer;
}

test('a project gets a short name, as GitLab writes it; it is listed, and taken away', async () => {
  expect((await alias({ task: 'list' })).title).toBe('This channel has no aliases');
  expect((await alias({ task: 'set', name: 'shop', of: 'SHOP/api' })).title).toBe('In this channel, shop is shop/api');
  expect(JSON.stringify(await alias({ task: 'list' }))).toContain('shop/api');
  expect((await alias({ task: 'drop', name: 'shop' })).title).toContain('is no alias of this channel any more');
  expect((await alias({ task: 'drop', name: 'shop' })).title).toContain('has no alias shop');
});

test('what one does not see in GitLab has no alias, and a stranger makes and takes none', async () => {
  await expect(alias({ task: 'set', name: 'x', of: 'shop/none' })).rejects.toMatchObject({ code: 'not-found' });
  await expect(alias({ task: 'set', name: 'x', of: 'shop/api' }, STRANGER)).rejects.toMatchObject({
    code: 'not-allowed',
  });
  await expect(alias({ task: 'drop', name: 'x' }, STRANGER)).rejects.toMatchObject({ code: 'not-allowed' });
});
