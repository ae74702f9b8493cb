import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { isSecretReference, resolveSecret } from '../../src/secrets/reference.js';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reference-'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe('isSecretReference', () => {
  test.each(['env:TOKEN', 'env:_x1', 'file:/etc/registrar/token', 'file:secrets/a b', 'file:C:x'])('%s', (text) => {
    expect(isSecretReference(text)).toBe(true);
  });

  test.each(['', 'env:', 'env:1A', 'env:A B', 'file:', 'glpat-hunter2', 'ENV:A', 'env:A\nfile:b', ' env:A'])(
    '%j is none',
    (text) => {
      expect(isSecretReference(text)).toBe(false);
    },
  );
});

describe('resolveSecret', () => {
  test('takes an environment variable', () => {
    expect(resolveSecret('env:TOKEN', { TOKEN: 'hunter2' })).toBe('hunter2');
  });

  test('takes a file, without the newline at its end', async () => {
    const path = join(dir, 'with:colon');
    await writeFile(path, 'hunter2\n');
    expect(resolveSecret(`file:${path}`, {})).toBe('hunter2');
  });

  test('an inner newline stays: keys have several lines', () => {
    expect(resolveSecret('env:KEY', { KEY: '\na\nb\n' })).toBe('a\nb');
  });

  test.each([
    ['env:TOKEN', {}, 'the environment variable TOKEN is not set or empty', 'export TOKEN=…'],
    ['env:TOKEN', { TOKEN: ' \n' }, 'the environment variable TOKEN is not set or empty', 'export TOKEN=…'],
    ['file:/none', {}, "the file /none can't be read or is empty", 'write the secret to /none'],
    ['file:/', {}, "the file / can't be read or is empty", 'write the secret to /'],
  ] as const)('%s that is not there says so', (reference, environment, why, next) => {
    expect(() => resolveSecret(reference, environment)).toThrow(
      expect.objectContaining({
        part: 'config',
        code: 'secret-missing',
        retry: 'never',
        forPerson: { what: `the secret ${reference} is not there`, why, next: expect.stringContaining(next) },
      }),
    );
  });

  test('gives back any value that is not blank', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        fc.pre(value.trim() !== '');
        expect(resolveSecret('env:X', { X: value })).toBe(value.trim());
      }),
    );
  });
});
