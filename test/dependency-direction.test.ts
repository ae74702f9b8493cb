import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The linter holds the direction of dependencies (docs/architecture.md). Here it is seen to refuse. */

const root = fileURLToPath(new URL('..', import.meta.url));
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'registrar-lint-'));
  for (const file of ['biome.json', 'no-clock.grit']) cpSync(join(root, file), join(project, file));
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What the linter says of one file in the project's layout. */
function lint(path: string, source: string): string {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), source);
  const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', '--max-diagnostics=50', path], {
    cwd: project,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

test.each([
  [
    'src/diagnosis/causes/x.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
    'The core does no I/O',
  ],
  ['src/diagnosis/x.ts', "import { Redis } from 'ioredis';\nexport const x = Redis;\n", 'The core talks to nobody'],
  ['src/diagnosis/y.ts', "export const x = () => import('bullmq');\n", 'The core talks to nobody'],
  [
    'src/checks/x.ts',
    "import { openGitLab } from '../gitlab/client.js';\nexport const x = openGitLab;\n",
    'Edges import the core',
  ],
  ['src/checks/y.ts', 'export const now = () => Date.now();\n', 'The core is pure'],
  ['src/doctor/x.ts', "import { Queue } from 'bullmq';\nexport const x = Queue;\n", 'The core talks to nobody'],
  ['src/rotation/plan/x.ts', 'export const now = () => new Date();\n', 'The core is pure'],
  [
    'src/picture/x.ts',
    "import { createHash } from 'node:crypto';\nexport const x = createHash;\n",
    'The core does no I/O',
  ],
  ['src/host/drift.ts', 'export const home = () => process.env.HOME;\n', 'The core is pure'],
  [
    'src/gitlab/x.ts',
    "import { help } from '../../commands/help.js';\nexport const x = help;\n",
    'src imports neither commands nor workers',
  ],
  ['src/gitlab/y.ts', "import { startApp } from '../app.js';\nexport const x = startApp;\n", 'imported by nobody'],
  ['src/queue/x.ts', 'export const home = () => process.env.HOME;\n', 'process.env'],
  ['commands/x.ts', "import { Queue } from 'bullmq';\nexport const x = Queue;\n", 'The core talks to nobody'],
  [
    'commands/y.ts',
    "import { statusWorker } from '../workers/status.js';\nexport const x = statusWorker;\n",
    'A command only says which job to queue',
  ],
  [
    'workers/x.ts',
    "import { help } from '../commands/help.js';\nexport const x = help;\n",
    'knows no command and no platform',
  ],
])('%s is refused', (path, source, reason) => {
  expect(lint(path, source)).toContain(reason);
});

test('what is allowed passes', () => {
  expect(
    lint('src/checks/good.ts', "import { parseNginx } from '../host/nginx.js';\nexport const x = parseNginx;\n"),
  ).toContain('No fixes applied');
  expect(
    lint('src/app.ts', "import { COMMANDS } from '../commands/index.js';\nexport const x = COMMANDS;\n"),
  ).not.toContain('noRestrictedImports');
});
