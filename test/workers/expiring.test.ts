import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { Answer } from '../../src/chat/answer.js';
import { openConfig } from '../../src/config/source.js';
import { createSshPool } from '../../src/host/pool.js';
import { createLogger } from '../../src/log.js';
import { PolicyStore } from '../../src/rotation/policy/store.js';
import type { WorkerContext } from '../../workers/context.js';
import { expiringWorker } from '../../workers/expiring.js';
import type { Holder, Project } from '../lab/gitlab/double.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import { type Parts, startParts } from '../queue/parts.js';

let parts: Parts;
let redis: Redis;
let gitlab: GitLabDouble;
let project: Project;
let context: WorkerContext;

beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
  const { keyPem: signingKeyPem, certificatePem } = await makeSigningPair();
  gitlab = await startGitLab({ signingKeyPem, certificatePem });
  project = gitlab.addProject('shop/api');
  gitlab.addProject('foreign/api');
  const bot = gitlab.addUser({ username: 'registrar' });
  gitlab.addMember(project.group, bot, 50);
  await writeFile(join(parts.dir, 'token'), gitlab.addPersonalToken(bot, { scopes: ['api'] }).token);
  const path = join(parts.dir, 'registrar.yaml');
  await writeFile(
    path,
    `instances:
  - name: main
    gitlab: { url: "${gitlab.url}", token: file:token }
    registry: { url: https://registry.example.com }
`,
  );
  const config = openConfig(path);
  const log = createLogger('silent');
  context = { config, redis, log, hosts: createSshPool(config.secret), now: Date.now } as unknown as WorkerContext;
});
afterAll(async () => {
  await gitlab.stop();
  await parts.stop();
});

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

async function told(kind: 'deploy' | 'access', id: number, holder: Holder, createdAt?: string): Promise<Answer[]> {
  const said: Answer[] = [];
  const token = {
    ...{ kind, id, name: 'ci', expiresAt: inDays(7) },
    owner: { kind: holder.kind, id: holder.id, path: holder.fullPath },
    ...(createdAt === undefined ? {} : { createdAt }),
  };
  const common = {
    requestId: 'hook',
    person: { platform: 'slack', id: 'gitlab' },
    replyTo: { platform: 'slack', channel: 'CSHOP', person: '' },
    useBy: Number.MAX_SAFE_INTEGER,
  } as const;
  await expiringWorker(context)({ ...common, token, hook: { instance: 'main' } }, async (one) => void said.push(one));
  return said;
}

test('a token of the registry is told, of a project or a group, of either kind', async () => {
  const deploy = gitlab.addDeployToken(project, { name: 'ci', scopes: ['read_registry'], expiresAt: inDays(7) });
  const access = gitlab.addAccessToken(project.group, { name: 'ci', scopes: ['write_registry'] });
  expect(await told('deploy', deploy.id, project)).toMatchObject([
    { title: `deploy token ${deploy.id} “ci” of shop/api expires in 7 days` },
  ]);
  expect(await told('access', access.id, project.group)).toMatchObject([
    { title: `access token ${access.id} “ci” of shop expires in 7 days` },
  ]);
});

test('one for something else, one that is gone and one that is revoked are not', async () => {
  const packages = gitlab.addDeployToken(project, { name: 'ci', scopes: ['read_package_registry'] });
  const revoked = gitlab.addDeployToken(project, { name: 'ci', scopes: ['read_registry'] });
  revoked.revoked = true;
  for (const id of [packages.id, revoked.id, 9999]) expect(await told('deploy', id, project)).toEqual([]);
});

test('where Registrar may not look it is told, and that this is not known', async () => {
  const foreign = gitlab.findProject('foreign/api') as Project;
  const { id } = gitlab.addDeployToken(foreign, { name: 'ci', scopes: ['read_package_registry'] });
  const [one] = await told('deploy', id, foreign);
  expect(JSON.stringify(one)).toContain('can’t be seen: Registrar has no role in foreign/api');
});

test('Registrar’s own is told whatever it is for', async () => {
  const own = gitlab.addAccessToken(project, { name: 'registrar', scopes: ['api'] });
  const was = context.config;
  context = { ...context, config: { ...was, secret: () => own.token } };
  const [one] = await told('access', own.id, project);
  context = { ...context, config: was };
  expect(JSON.stringify(one)).toContain('registrar rotate-own-token main');
});

test('when it was made is kept, for the policies', async () => {
  const { id } = gitlab.addDeployToken(project, { name: 'ci', scopes: ['read_registry'] });
  await told('deploy', id, project, '2026-01-02T03:04:05Z');
  expect(await new PolicyStore(redis, 'main').madeAt(id)).toBe(Date.parse('2026-01-02T03:04:05Z'));
});

test('a GitLab that is away is waited for', async () => {
  gitlab.fail('GET /api/v4/projects/*', 502);
  await expect(told('deploy', 1, project)).rejects.toMatchObject({ retry: { afterMs: expect.any(Number) } });
});
