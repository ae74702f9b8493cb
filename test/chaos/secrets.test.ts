import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { formsOf, type Known, leaksIn } from '../../bench/chaos/secrets.js';

const SECRET: Known = {
  name: 'deploy token 7',
  username: 'gitlab+deploy-token-7',
  secret: 'gldt-Abc_DEF-0123456789xyz',
};
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registrar-leaks-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['as it is', `AUTH ${SECRET.secret}\r\n`],
  ['in JSON', JSON.stringify({ password: SECRET.secret })],
  ['in an address', `https://${encodeURIComponent(SECRET.username)}:${encodeURIComponent(SECRET.secret)}@gitlab/`],
  ['in base64', base64(SECRET.secret)],
  ['as a login', `Basic ${base64(`${SECRET.username}:${SECRET.secret}`)}`],
  ['in a docker configuration that is encoded once more', base64(`{"auths":{"x":{"password":"${SECRET.secret}"}}}`)],
  ['among bytes that are no text', Buffer.concat([Buffer.from([0, 255, 10]), Buffer.from(SECRET.secret)])],
])('a secret is found %s, and not repeated', async (_, content) => {
  await writeFile(join(dir, 'appendonly.aof'), content);
  const leaks = await leaksIn([dir], [SECRET]);
  expect(leaks).not.toEqual([]);
  for (const leak of leaks) {
    expect(leak).toMatch(/^deploy token 7, .* in \/.*appendonly\.aof$/);
    expect(leak).not.toContain(SECRET.secret);
  }
});

test('what is no secret is none', async () => {
  await writeFile(join(dir, 'log'), `${SECRET.secret.slice(0, -1)} ${SECRET.username} ${base64(SECRET.username)}`);
  expect(await leaksIn([dir], [SECRET])).toEqual([]);
});

test('in base64 it is found wherever it stands in what is encoded', () => {
  const text = fc.string({ unit: 'binary-ascii', maxLength: 20 });
  const token = fc.stringMatching(/^gldt-[A-Za-z0-9_-]{20}$/);
  fc.assert(
    fc.property(
      text,
      token,
      text,
      fc.constantFrom('base64' as const, 'base64url' as const),
      (before, secret, after, encoding) => {
        const encoded = Buffer.from(before + secret + after).toString(encoding);
        expect([...formsOf({ username: 'u', secret }).keys()].some((form) => encoded.includes(form))).toBe(true);
      },
    ),
  );
});
