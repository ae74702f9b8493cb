import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `registrar diagnose` as a person or a script calls it: no configuration, no network, another folder. */

const registrar = fileURLToPath(new URL('../../bin/registrar.js', import.meta.url));
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'registrar-cli-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const DENIED = '$ docker push shop/api:1\ndenied: requested access to the resource is denied\n';

function run(args: string[], input: string | Buffer = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [registrar, 'diagnose', ...args], {
    cwd: dir,
    input,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return { status, lines: stdout.split('\n').filter((line) => line !== ''), stderr };
}

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(dir, name), content);
  return name;
}

test('prints one JSON object a file, with every key', () => {
  const { status, lines } = run(['--json', file('a.log', DENIED), file('b.log', 'hello\n')]);
  expect(status).toBe(0);
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(Object.keys(first ?? {})).toEqual([
    'file',
    'cause',
    'confidence',
    'alternatives',
    'operation',
    'client',
    'registry',
    'image',
    'evidence',
    'fix',
  ]);
  expect(first).toMatchObject({
    file: 'a.log',
    cause: 'wrong-registry',
    confidence: 'possible',
    operation: 'push',
    client: 'docker',
    image: 'shop/api:1',
  });
  expect(second).toMatchObject({ file: 'b.log', cause: 'unknown', confidence: 'none' });
});

test('reads standard input, by - or when no file is named', () => {
  for (const args of [['--json', '-'], ['--json']]) {
    expect(JSON.parse(run(args, DENIED).lines[0] ?? '')).toMatchObject({ file: '-', cause: 'wrong-registry' });
  }
});

test('a file that can’t be read is one line on standard error and exit 2; the others are done', () => {
  const { status, lines, stderr } = run(['--json', 'missing.log', file('c.log', DENIED)]);
  expect(status).toBe(2);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('missing.log');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ file: 'c.log', cause: 'wrong-registry' });
});

test.each([
  ['empty', Buffer.alloc(0), 'unknown'],
  ['binary', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)), 'unknown'],
  ['Latin-1', Buffer.concat([Buffer.from('Gr\xf6\xdfe\n', 'latin1'), Buffer.from(DENIED)]), 'wrong-registry'],
  [
    '50 MB',
    Buffer.concat([Buffer.alloc(50_000_000, 'nothing of interest here\n'), Buffer.from(DENIED)]),
    'wrong-registry',
  ],
])('a log that is %s', (name, content, cause) => {
  const { status, lines } = run(['--json', file(`${name}.log`, content)]);
  expect({ status, cause: (JSON.parse(lines[0] ?? '') as { cause: string }).cause }).toEqual({ status: 0, cause });
});

test('hundreds of files in one run', () => {
  const files = Array.from({ length: 300 }, (_, index) => file(`many-${index}.log`, DENIED));
  const { status, lines } = run(['--json', ...files]);
  expect({ status, count: lines.length }).toEqual({ status: 0, count: 300 });
});

test('a secret in the log is in no output', () => {
  const log =
    '$ docker login -u ana -p glpat-abcdefghijklmnopqrst registry.example.com\nError response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied\n';
  for (const args of [['--json'], []]) expect(run(args, log).lines.join('\n')).not.toContain('abcdefghijkl');
});

test('loads no chat or queue module', () => {
  const hook = file(
    'hook.mjs',
    'export async function load(url, context, next) { if (/node_modules\\/(@slack|bullmq|ioredis|@gitbeaker|node-ssh)/.test(url)) process.stderr.write("loaded " + url); return next(url, context); }',
  );
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--no-warnings', '--experimental-loader', join(dir, hook), registrar, 'diagnose', '--json'],
    { cwd: dir, input: DENIED, encoding: 'utf8' },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});
