import { spawnSync } from 'node:child_process';
import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { BEGINNING, chained, lineOf, readEntry } from '../../src/audit/entry.js';
import { auditVerifyCommand } from '../../src/cli/audit.js';
import { ATTEMPT } from '../audit/chains.js';
import { startTrail, type Worker } from '../audit/trails.js';
import { type Parts, startParts } from '../queue/parts.js';

/** `registrar audit verify` on a trail of six entries that were recorded an age ago. */

let parts: Parts;
let redis: Redis;
let worker: Worker;
let configPath: string;
beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
});
afterAll(() => parts.stop());

beforeEach(async () => {
  await redis.flushall();
  worker = await startTrail(parts);
  for (let count = 0; count < 6; count++) await worker.trail.record(ATTEMPT);
  configPath = await configure(parts.server.url);
});

async function configure(redisUrl: string): Promise<string> {
  const path = join(worker.dir, 'registrar.yaml');
  const gitlab = '{ url: "https://gitlab.example.com", token: "env:NOT_THERE" }';
  const registry = '{ url: "https://registry.example.com" }';
  const lines = [
    `redis: { url: "${redisUrl}" }`,
    'dataDir: .',
    `instances: [{ name: lab, gitlab: ${gitlab}, registry: ${registry} }]`,
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

async function verify(file?: string, config = configPath): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const into = (what: 'out' | 'err') => (text: string) => {
    said[what] += text;
    return true;
  };
  const { stdout, stderr } = process;
  const [out, err] = [stdout.write, stderr.write];
  Object.assign(stdout, { write: into('out') });
  Object.assign(stderr, { write: into('err') });
  try {
    return { code: await auditVerifyCommand(config, file), ...said };
  } finally {
    Object.assign(stdout, { write: out });
    Object.assign(stderr, { write: err });
  }
}

const linesOf = async () => (await worker.text()).trimEnd().split('\n');
const write = (lines: readonly string[]) => writeFile(worker.path, lines.map((line) => `${line}\n`).join(''));
const faultsOf = (out: string) => out.split('\n').filter((line) => line.startsWith('✖'));

test('nothing wrong: exit 0, and what was looked at', async () => {
  const last = readEntry((await linesOf())[5] ?? '');
  const extent = `6 entries, 2025-10-09 08:53 UTC to 2025-10-09 08:53 UTC, the last hash is ${last?.hash}`;
  expect(await verify()).toEqual({
    code: 0,
    out: `${worker.path}: ${extent}\nRedis: ${extent}\n✔ nothing is wrong\n`,
    err: '',
  });
});

describe('tampered with: exit 1, and where', () => {
  test.each<[string, (lines: string[]) => string[], string]>([
    [
      'a word changed',
      (lines) => lines.with(2, (lines[2] ?? '').replace('restart', 'nothing')),
      ':3: changed: entry 3 was changed',
    ],
    ['no JSON', (lines) => lines.with(2, 'EVIL\u001b[31m'), ':3: changed: entry 3 can’t be read'],
    ['a line removed', (lines) => lines.toSpliced(2, 1), ':3: missing: entry 3 is missing'],
    ['the beginning removed', (lines) => lines.slice(2), ':1: missing: entries 1 to 2 are missing'],
    [
      'two lines swapped',
      (lines) => lines.with(1, lines[3] ?? '').with(3, lines[1] ?? ''),
      ':2: reordered: entry 4 stands where entry 2 belongs',
    ],
    [
      'a line twice',
      (lines) => lines.toSpliced(2, 0, lines[1] ?? ''),
      ':3: inserted: an entry 2 was inserted behind entry 2',
    ],
    [
      'everything written anew, with hashes that fit',
      (lines) => rewritten(lines.length),
      ':1: changed: the line is not the one in Redis',
    ],
    ['the end cut off', (lines) => lines.slice(0, 4), ': missing: entries 5 to 6 at its end, which Redis has'],
    ['everything cut off', () => [], ': missing: entries 1 to 6 at its end, which Redis has'],
  ])('%s', async (_, tamper, words) => {
    await write(tamper(await linesOf()));
    const { code, out } = await verify();
    expect([code, faultsOf(out)[0]]).toEqual([1, expect.stringContaining(`✖ ${worker.path}${words}`)]);
    expect(out).not.toMatch(/nothing is wrong|EVIL/);
  });

  test('a byte that is no text', async () => {
    const bytes = await readFile(worker.path);
    bytes[bytes.indexOf('restart')] = 0xff;
    await writeFile(worker.path, bytes);
    expect(await verify()).toMatchObject({
      code: 1,
      out: expect.stringContaining(':1: changed: entry 1 can’t be read'),
    });
  });

  test('the last line cut in the middle', async () => {
    await truncate(worker.path, (await worker.text()).length - 20);
    const { code, out } = await verify();
    expect([code, faultsOf(out)]).toEqual([1, [expect.stringContaining('missing: entry 6 at its end')]]);
    expect(out).toContain('5 entries');
    expect(out).toContain('half a line behind them');
  });

  test('the file removed', async () => {
    await rm(worker.path);
    expect(await verify()).toMatchObject({
      code: 1,
      out: expect.stringContaining('missing: entries 1 to 6 at its end'),
    });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['emptied', () => redis.flushall(), '✖ Redis: missing: entries 1 to 6, which the file has'],
    ['without its end', () => redis.xdel('{registrar}:audit', '6-0'), '✖ Redis: missing: entry 6, which the file has'],
    [
      'without one in the middle',
      () => redis.xdel('{registrar}:audit', '2-0'),
      '✖ Redis, entry number 2: missing: entry 2 is missing',
    ],
    [
      'with one too many',
      () => redis.xadd('{registrar}:audit', '9-0', 'entry', 'EVIL'),
      '✖ Redis, entry number 7: changed: entry 7 can’t be read',
    ],
  ])('Redis %s', async (_, tamper, words) => {
    await tamper();
    const { code, out } = await verify();
    expect([code, faultsOf(out)[0]]).toEqual([1, expect.stringContaining(words)]);
  });

  test('the file, where nothing but the file is there', async () => {
    await write((await linesOf()).toSpliced(2, 1));
    const { code, out } = await verify(worker.path, join(worker.dir, 'none.yaml'));
    expect([code, faultsOf(out)]).toEqual([1, [`✖ ${worker.path}:3: missing: entry 3 is missing`]]);
  });
});

test('what a worker is about to write is nothing missing yet', async () => {
  const last = readEntry((await linesOf())[5] ?? '') ?? BEGINNING;
  const young = chained(last, { ...ATTEMPT, at: Date.now() });
  await redis.xadd('{registrar}:audit', '7-0', 'entry', lineOf(young));
  expect(await verify()).toMatchObject({ code: 0 });
});

test('Redis away: the chain of the file, and that its end is not sure', async () => {
  await configure('redis://127.0.0.1:1');
  await write((await linesOf()).slice(0, 4));
  const { code, out, err } = await verify();
  expect([code, out, err]).toEqual([
    0,
    expect.stringMatching(/: 4 entries, .*\nRedis was not asked: whether the end was cut off is not known\n/),
    expect.stringContaining('Redis does not answer'),
  ]);
  await appendFile(worker.path, '{}\n');
  expect((await verify()).code).toBe(1);
});

test('nothing recorded yet is nothing wrong', async () => {
  await redis.flushall();
  await rm(worker.path);
  expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('nothing has been recorded') });
});

test('what can’t be read: exit 2', async () => {
  await expect(verify(join(worker.dir, 'none'))).rejects.toMatchObject({ code: 'file-unreadable' });
  await expect(verify(worker.dir)).rejects.toMatchObject({ code: 'file-unreadable' });
  await configure('redis://127.0.0.1:1');
  await rm(worker.path);
  await expect(verify()).rejects.toMatchObject({ code: 'file-unreadable' });
  const bin = new URL('../../bin/registrar.js', import.meta.url).pathname;
  const { status, stderr } = spawnSync(process.execPath, [bin, 'audit', 'verify', '--file', 'none'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, expect.stringContaining('the audit trail none can’t be read')]);
});

function rewritten(count: number): string[] {
  const lines: string[] = [];
  for (let index = 0; index < count; index++)
    lines.push(
      lineOf(chained(readEntry(lines.at(-1) ?? '') ?? BEGINNING, { ...ATTEMPT, outcome: 'refused', at: index })),
    );
  return lines;
}
