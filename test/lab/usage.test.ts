import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConfig } from '../../src/config/source.js';
import { withInstance } from '../../src/instance.js';
import { silenceOf } from '../../src/rotation/silence.js';
import { type Client, startClient } from './client.js';
import { type Lab, startLab } from './lab.js';

/** Real clients, a real registry and the host's logs: who used a token, and who still does. */

let dir: string;
let lab: Lab;
let client: Client;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'usage-lab-'));
  lab = await startLab({ dir });
  client = await startClient(join(dir, 'client'), lab.host.ca);
}, 60_000);

afterAll(async () => {
  await client?.stop();
  await lab?.stop();
  await rm(dir, { recursive: true, force: true });
});

const look = () => withInstance(openConfig(lab.configPath), undefined, (instance) => instance.usage());

/** Every request that began has been answered, and so logged. */
async function logged(): Promise<void> {
  await Promise.all(lab.gitlab.requests.map((one) => lab.gitlab.waitForRequest((request) => request === one)));
}

test('a login and a push with a deploy token are its use; of its successor there is none', async () => {
  const { username, token, id } = lab.token;
  const since = Date.now();
  const host = new URL(lab.host.registryUrl).host;
  expect(await client.login(host, username, token)).toMatchObject({ ok: true });
  expect(await client.push(`${host}/shop/api/app:1`)).toMatchObject({ ok: true });
  await client.login(host, username, 'gldt-wrong');
  await logged();

  const seen = await look();
  const [only] = seen;
  if (only === undefined || !('usage' in only)) throw new Error(JSON.stringify(seen));
  expect(only.usage.logs.map(({ source }) => source)).toEqual(['access', 'auth', 'registry']);
  const uses = only.usage.uses.filter(({ account }) => account === username);
  expect(uses).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ actions: expect.arrayContaining(['push']), refused: false, source: 'access' }),
      expect.objectContaining({ refused: true, source: 'access' }),
      expect.objectContaining({ refused: true, source: 'auth' }),
    ]),
  );
  for (const use of uses) expect(use).toMatchObject({ address: '127.0.0.1', count: expect.any(Number) });

  const watched = { since, now: Date.now(), quietHours: 1 };
  expect(silenceOf(seen, { ...watched, account: username })).toMatchObject({
    is: 'used',
    words: expect.stringMatching(/^still used by 127\.0\.0\.1.*, pull and push; last \d+ s ago \(\d+ times\)$/),
  });
  expect(silenceOf(seen, { ...watched, account: `gitlab+deploy-token-${id + 1}` })).toMatchObject({ is: 'quiet' });
});

test('an access token is used under whatever name the client gives', async () => {
  const bot = lab.gitlab.addAccessToken(lab.project, { name: 'ci', scopes: ['read_registry'] });
  expect(await client.login(new URL(lab.host.registryUrl).host, 'what ever', bot.token)).toMatchObject({ ok: true });
  await logged();
  const [only] = await look();
  const uses = only !== undefined && 'usage' in only ? only.usage.uses : [];
  expect(uses.filter(({ account }) => account === 'what ever')).toMatchObject([
    { actions: ['login'], address: '127.0.0.1', source: 'access', refused: false },
  ]);
});
