import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConfig } from '../../src/config/source.js';

let dir: string;
let path: string;
let seconds = 1_000_000_000;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'source-'));
  path = join(dir, 'registrar.yaml');
});

afterEach(() => rm(dir, { recursive: true, force: true }));

/** Writes the file with a time of its own, whatever the file system's clock resolves. */
async function write(text: string): Promise<void> {
  await writeFile(path, text);
  seconds += 1;
  await utimes(path, seconds, seconds);
}

const named = (name: string) => `instances:
  - { name: ${name}, gitlab: { url: https://a, token: file:token }, registry: { url: https://b } }
`;

test('a change of the file counts from the next look on', async () => {
  await write(named('one'));
  const source = openConfig(path);
  const first = source.current();
  expect(first.instances[0]?.name).toBe('one');
  expect(source.current()).toBe(first);
  await write(named('two'));
  expect(source.current().instances[0]?.name).toBe('two');
});

test('a faulty change is told once, with its faults, and the former one stays in force', async () => {
  const faults: string[] = [];
  await write(named('one'));
  const source = openConfig(path, (message) => faults.push(message));
  await write(named('One'));
  expect(source.current().instances[0]?.name).toBe('one');
  expect(source.current().instances[0]?.name).toBe('one');
  expect(faults).toEqual([expect.stringContaining(`${path}:2: instances.0.name: lower-case letters`)]);
  await write(named('two'));
  expect(source.current().instances[0]?.name).toBe('two');
  expect(faults).toHaveLength(1);
});

test('a file that was taken away leaves the former one in force', async () => {
  const faults: string[] = [];
  await write(named('one'));
  const source = openConfig(path, (message) => faults.push(message));
  await rm(path);
  expect(source.current().instances[0]?.name).toBe('one');
  expect(faults).toEqual([expect.stringContaining("can't be read")]);
});

test('secrets are read at each use: a new one needs no restart', async () => {
  await write(named('one'));
  const source = openConfig(path);
  const reference = source.current().instances[0]?.gitlab.token ?? 'env:NONE';
  await writeFile(join(dir, 'token'), 'first\n');
  expect(source.secret(reference)).toBe('first');
  await writeFile(join(dir, 'token'), 'second\n');
  expect(source.secret(reference)).toBe('second');
});

test('a file that is faulty at the start is an error', async () => {
  await write('instances: 3\n');
  expect(() => openConfig(path)).toThrow('config-invalid: the configuration has 1 fault');
});
