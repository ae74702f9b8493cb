import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOutside } from '../../src/cli/check-outside.js';
import { openConfig } from '../../src/config/source.js';
import { withInstance } from '../../src/instance.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';

let dir: string;
let gitlab: GitLabDouble;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'check-outside-'));
  const { keyPem: signingKeyPem, certificatePem } = await makeSigningPair();
  gitlab = await startGitLab({ signingKeyPem, certificatePem });
  const project = gitlab.addProject('shop/api');
  const bot = gitlab.addUser({ username: 'registrar' });
  gitlab.addMember(project.group, bot, 50);
  await writeFile(join(dir, 'token'), gitlab.addPersonalToken(bot, { scopes: ['api'] }).token);
  gitlab.addDeployToken(project, { name: 'ci', scopes: ['read_registry'] });
  gitlab.addDeployToken(project, { name: 'packages', scopes: ['read_package_registry'] });
  gitlab.addDeployToken(project.group, { name: 'all', scopes: ['read_registry'] });
});
afterAll(async () => {
  await gitlab.stop();
  await rm(dir, { recursive: true, force: true });
});

async function rows(...consumers: string[]) {
  const path = join(dir, 'registrar.yaml');
  const outside = consumers.map((one) => `        - { ${one} }\n`).join('');
  await writeFile(
    path,
    `instances:
  - name: main
    gitlab: { url: "${gitlab.url}", token: file:token }
    registry: { url: https://registry.example.com }
    rotation:
      outside:\n${outside}`,
  );
  const source = openConfig(path);
  return withInstance(source, undefined, (instance) => Promise.all(checkOutside(instance, source)));
}

test('what works: of a project’s token, of a group’s, of all of a project', async () => {
  const found = 'the command true: it can be run; without check, what it wrote is not read back';
  expect(
    await rows(
      'path: shop/api, token: ci, command: { run: ["true"] }',
      'path: shop, token: all, command: { run: ["true"], check: ["true"] }',
      'path: shop/api, command: { run: ["true"] }',
    ),
  ).toEqual([
    { part: 'main: outside', ok: true, found },
    { part: 'main: outside', ok: true, found: 'the command true (number 2): it can be run' },
    { part: 'main: outside', ok: true, found: found.replace('true:', 'true (number 3):') },
  ]);
});

test.each([
  ['path: shop/none, command: { run: ["true"] }', 'no project or group shop/none', 'mend path'],
  ['path: shop/api, token: cii, command: { run: ["true"] }', 'no registry deploy token “cii”; it has ci', 'mend token'],
  ['path: shop/api, token: packages, command: { run: ["true"] }', 'no registry deploy token “packages”', 'mend token'],
  ['path: shop/api, command: { run: [./none] }', 'can’t be started', 'chmod a+rx'],
  [
    'path: shop/api, gitlab: { url: "http://127.0.0.1:1", token: file:none, project: a/b, password: P }',
    'the secret file:',
    'write the secret',
  ],
])('%s', async (consumer, found, next) => {
  expect(await rows(consumer)).toEqual([
    { part: 'main: outside', ok: false, found: expect.stringContaining(found), next: expect.stringContaining(next) },
  ]);
});
