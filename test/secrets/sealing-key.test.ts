import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../src/config/load.js';
import type { ConfigSource } from '../../src/config/source.js';
import { resolveSecret } from '../../src/secrets/reference.js';
import { createSeal } from '../../src/secrets/seal.js';
import { openSeal, sealingKey } from '../../src/secrets/sealing-key.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealing-key-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

function source(dataDir: string, more = ''): ConfigSource {
  const parsed = parseConfig(`
instances:
  - { name: main, gitlab: { url: https://a, token: env:T }, registry: { url: https://b } }
dataDir: ${JSON.stringify(dataDir)}
${more}`);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return {
    current: () => parsed.config,
    secret: (reference) => resolveSecret(reference, { KEY: 'from outside', OLD: 'before' }),
  };
}

test('the configured key counts, and no file is made', async () => {
  expect(sealingKey(source(dir, 'sealingKey: env:KEY'))).toBe('from outside');
  expect(await readdir(dir)).toEqual([]);
});

test('without one a key is made once, with the entropy of 32 bytes', async () => {
  const data = join(dir, 'not', 'there', 'yet');
  const key = sealingKey(source(data));
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(sealingKey(source(data))).toBe(key);
  expect(sealingKey(source(join(dir, 'other')))).not.toBe(key);
});

test('only its owner may read it, and nothing else is left in the folder', async () => {
  sealingKey(source(join(dir, 'data')));
  expect((await stat(join(dir, 'data'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(dir, 'data', 'sealing-key'))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(dir, 'data'))).toEqual(['sealing-key']);
});

test('a key that another process made first counts', async () => {
  await writeFile(join(dir, 'sealing-key'), 'made by another\n');
  expect(sealingKey(source(dir))).toBe('made by another');
});

test('the seal opens what the configured previous key sealed, and seals with the present one', () => {
  const sealed = createSeal('before').seal('a secret', 'p');
  expect(() => openSeal(source(dir, 'sealingKey: env:KEY')).open(sealed, 'p')).toThrow('another key');
  const seal = openSeal(source(dir, 'sealingKey: env:KEY\npreviousSealingKey: env:OLD'));
  expect(seal.open(sealed, 'p')).toBe('a secret');
  expect(createSeal('from outside').open(seal.seal('another', 'p'), 'p')).toBe('another');
});
