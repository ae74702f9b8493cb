import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';

/** Jobs by their addresses, one or a CSV file of them, from the GitLab that the configuration names. */

const registrar = fileURLToPath(new URL('../../bin/registrar.js', import.meta.url));
let dir: string;
let gitlab: GitLabDouble;
let url: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'registrar-cli-jobs-'));
  const { keyPem, certificatePem } = await makeSigningPair();
  gitlab = await startGitLab({ signingKeyPem: keyPem, certificatePem });
  const bot = gitlab.addUser({ username: 'registrar-bot' });
  const project = gitlab.addProject('shop/api');
  gitlab.addMember(project, bot, 40);
  const { token } = gitlab.addPersonalToken(bot, { scopes: ['api'], name: 'registrar', expiresAt: '2999-01-02' });
  const job = gitlab.addJob(project, {
    status: 'failed',
    trace: '$ docker push r.example.com/shop/api\ndenied: access forbidden\n',
  });
  url = `${gitlab.url}/shop/api/-/jobs/${job.id}`;
  writeFileSync(
    join(dir, 'registrar.yaml'),
    `instances:\n  - name: main\n    gitlab: { url: "${gitlab.url}", token: "env:TOKEN" }\n    registry: { url: "https://r.example.com" }\n`,
  );
  env = { ...process.env, TOKEN: token };
});

afterAll(async () => {
  await gitlab.stop();
  rmSync(dir, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number; lines: string[]; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [registrar, 'diagnose', ...args], { cwd: dir, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, lines: stdout.split('\n').filter((line) => line !== ''), stderr });
    });
  });
}

test('a job by its address', async () => {
  const { code, lines } = await run('--json', url);
  expect(code).toBe(0);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ file: url, cause: 'insufficient-rights' });
});

test('a CSV file: of each row the cell that is an address, headings and quotes or not', async () => {
  writeFileSync(join(dir, 'jobs.csv'), `\ufeffwhen,job,note\n2026-01-01,"${url}","a, b"\n2026-01-02,${url}#L3\n\n`);
  const { code, lines } = await run('--json', '--jobs', 'jobs.csv');
  expect(code).toBe(0);
  expect(lines.map((line) => JSON.parse(line).file)).toEqual([url, `${url}#L3`]);
});

test('one that can’t be read costs the others nothing, and is told on one line', async () => {
  const { code, lines, stderr } = await run(
    '--json',
    'https://gitlab.elsewhere.example/a/b/-/jobs/1',
    `${url}999`,
    url,
  );
  expect(code).toBe(2);
  expect(lines).toHaveLength(1);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringContaining('a GitLab that I don’t know'),
    expect.stringContaining('There is no job'),
  ]);
});

test('a CSV file without any address is no success', async () => {
  writeFileSync(join(dir, 'none.csv'), 'a,b\n1,2\n');
  expect(await run('--jobs', 'none.csv')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no row holds the address'),
  });
});
