import { chmod, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTokenFile } from '../../src/own-token/token-file.js';

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'token-file-'));
  path = join(dir, 'token');
  await writeFile(path, 'glpat-old\n', { mode: 0o600 });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('it is replaced, and read back', async () => {
  const file = await openTokenFile(path);
  expect(await file.read()).toBe('glpat-old');
  await file.mustBeReplaceable();
  expect(await readFile(path, 'utf8')).toBe('glpat-old\n');
  await file.write('glpat-new');
  expect(await readFile(path, 'utf8')).toBe('glpat-new\n');
});

test.each([0o600, 0o640, 0o400, 0o660])('whoever could read it can read the new one: %o', async (mode) => {
  await chmod(path, mode);
  await (await openTokenFile(path)).write('glpat-new');
  const { mode: after } = await stat(path);
  expect(after & 0o777).toBe(mode & 0o660);
});

test('a link stays a link', async () => {
  const link = join(dir, 'link');
  await symlink(path, link);
  await (await openTokenFile(link)).write('glpat-new');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readFile(path, 'utf8')).toBe('glpat-new\n');
});

test('one that everybody may read is refused: narrowed, it could lock somebody out', async () => {
  await chmod(path, 0o644);
  await expect(openTokenFile(path)).rejects.toMatchObject({ code: 'not-allowed' });
  expect((await stat(path)).mode & 0o777).toBe(0o644);
});

test('one that is not there, and one that can’t be replaced', async () => {
  await expect(openTokenFile(join(dir, 'none'))).rejects.toMatchObject({ code: 'secret-missing' });
  const file = await openTokenFile(path);
  await mkdir(join(dir, '.token.registrar'));
  await expect(file.mustBeReplaceable()).rejects.toMatchObject({ code: 'secret-missing' });
  await expect(file.write('glpat-new')).rejects.toMatchObject({ code: 'secret-missing' });
  expect(await readFile(path, 'utf8')).toBe('glpat-old\n');
});

test('what a crash left beside it is gone with the next writing', async () => {
  await writeFile(join(dir, '.token.registrar'), 'glpat-half');
  await (await openTokenFile(path)).write('glpat-new');
  await expect(stat(join(dir, '.token.registrar'))).rejects.toThrow('ENOENT');
});
