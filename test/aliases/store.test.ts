import { ALIASES_MOST, AliasStore } from '../../src/aliases/store.js';
import type { ReplyAddress } from '../../src/chat/request.js';
import { type Parts, startParts } from '../queue/parts.js';

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts.stop());

const channel = (id: string, person = 'U1'): ReplyAddress => ({ platform: 'slack', channel: id, person });

test('an alias is its channel’s, by name, until it is taken away', async () => {
  const store = new AliasStore(parts.connect());
  await store.set(channel('C1'), 'web', 'shop/web');
  await store.set(channel('C1'), 'api', 'shop/api');
  await store.set(channel('C2'), 'api', 'other/api');
  expect(await store.all(channel('C1', 'U2'))).toEqual([
    ['api', 'shop/api'],
    ['web', 'shop/web'],
  ]);
  expect(await store.drop(channel('C1'), 'api')).toBe(true);
  expect(await store.drop(channel('C1'), 'api')).toBe(false);
  expect(await store.all(channel('C2'))).toEqual([['api', 'other/api']]);
});

test('a job gets the path in place of the word, in that channel only', async () => {
  const store = new AliasStore(parts.connect());
  await store.set(channel('C3'), 'api', 'shop/api');
  const job = (id: string, project: string) => ({ replyTo: channel(id), project, token: 'api', typed: true as const });
  expect(await store.applied(job('C3', 'API'))).toEqual({ ...job('C3', 'shop/api') });
  for (const same of [job('C4', 'api'), job('C3', 'shop/web'), job('C3', 'none')])
    expect(await store.applied(same)).toBe(same);
});

test('what a button, a policy or a hook names is meant as it is: an alias of the channel changes none of it', async () => {
  const store = new AliasStore(parts.connect());
  await store.set(channel('C6'), 'shop', 'other/api');
  const unasked = { replyTo: channel('C6', ''), path: 'shop' };
  expect(await store.applied(unasked)).toBe(unasked);
});

test('a channel has its fill of them, and may still change those it has', async () => {
  const store = new AliasStore(parts.connect());
  for (let number = 0; number < ALIASES_MOST; number++) await store.set(channel('C5'), `a${number}`, 'shop/api');
  expect(await store.set(channel('C5'), 'more', 'shop/api')).toBe(false);
  expect(await store.set(channel('C5'), 'a7', 'shop/web')).toBe(true);
});

test('a person’s terminal is one channel, whichever window it is', async () => {
  const store = new AliasStore(parts.connect());
  const window = (id: string): ReplyAddress => ({ platform: 'terminal', channel: id, person: 'ana' });
  await store.set(window('one'), 'api', 'shop/api');
  expect(await store.all(window('two'))).toEqual([['api', 'shop/api']]);
});
