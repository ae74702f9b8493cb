// `npm test`: type check, linter, all tests. Words behind `--` go to jest. Ends with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const words = process.argv.slice(2);

let passed = 0;
let failed = 0;

for (const [name, program, args] of [
  ['type check', bin('tsc'), ['--noEmit']],
  ['linter', bin('biome'), ['check', '--error-on-warnings', '.']],
]) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  process.stdout.write(`${status === 0 ? '✔' : '✘'} ${name}\n`);
  if (status === 0) passed++;
  else failed++;
}

const dir = mkdtempSync(join(tmpdir(), 'registrar-test-'));
const report = join(dir, 'jest.json');
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--json',
    `--outputFile=${report}`,
    ...words,
  ],
  {
    cwd: root,
    // sshd and nginx are in sbin, which is not on every user's PATH.
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` },
    // jest tells people on standard error; its JSON on standard output is for machines, and is in the report as well.
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
} catch {
  failed++;
}
rmSync(dir, { recursive: true, force: true });
if (status !== 0 && failed === 0) failed++;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
