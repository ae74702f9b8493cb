import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configText } from '../../src/init/config-text.js';
import { putInPlace } from '../../src/init/put-in-place.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'put-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const text = configText({
  ...{ gitlabUrl: 'https://gitlab.test', token: 'file:secrets/gitlab-token', registryUrl: 'https://registry.test' },
  person: { gitlab: 'ana', terminal: 'ana' },
});
const secret = () => ({ path: join(dir, 'secrets/gitlab-token'), value: 'glpat-x' });

test('what the loader does not take is not put in place, and no secret either', async () => {
  await expect(putInPlace(join(dir, 'registrar.yaml'), 'instances: 7', [secret()])).rejects.toMatchObject({
    code: 'config-invalid',
  });
  expect(readdirSync(dir)).toEqual([]);
});

test.each(['registrar.yaml', 'secrets/gitlab-token'])('what appeared meanwhile stays: %s', async (name) => {
  mkdirSync(join(dir, 'secrets'));
  writeFileSync(join(dir, name), 'somebody’s');
  await expect(putInPlace(join(dir, 'registrar.yaml'), text, [secret()])).rejects.toMatchObject({
    code: 'not-allowed',
  });
  expect(readFileSync(join(dir, name), 'utf8')).toBe('somebody’s');
  expect([...readdirSync(dir), ...readdirSync(join(dir, 'secrets'))]).toEqual(
    name === 'registrar.yaml' ? ['registrar.yaml', 'secrets'] : ['secrets', 'gitlab-token'],
  );
});

test('a folder that can’t be made leaves everything as it was', async () => {
  writeFileSync(join(dir, 'secrets'), 'a file');
  await expect(putInPlace(join(dir, 'registrar.yaml'), text, [secret()])).rejects.toThrow();
  expect(readdirSync(dir)).toEqual(['secrets']);
});
