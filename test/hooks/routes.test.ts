import { parseConfig } from '../../src/config/load.js';
import type { ConfigSource } from '../../src/config/source.js';
import { addHooks } from '../../src/hooks/routes.js';
import { createLogger } from '../../src/log.js';
import { JOBS, type JobOf } from '../../src/queue/jobs.js';
import { startWeb } from '../../src/web/server.js';

const parsed = parseConfig(
  [
    'instances:',
    '  - name: main',
    '    gitlab: { url: https://gitlab.example.com, token: env:TOKEN }',
    '    registry: { url: "https://registry.example.com" }',
    '    hook: { secret: env:HOOK, channels: [{ project: shop, slack: C024BE91L }] }',
    'http: { address: 127.0.0.1, port: 0 }',
  ].join('\n'),
);
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
const config: ConfigSource = { current: () => parsed.config, secret: () => 's3cret' };

const FAILED = {
  object_kind: 'build',
  build_id: 7,
  build_name: 'push',
  build_status: 'failed',
  project: { path_with_namespace: 'shop/api' },
};

let jobs: (JobOf<'diagnosis'> | JobOf<'expiring'>)[] = [];
let queued: string[] = [];
let broken = false;
let server: NonNullable<Awaited<ReturnType<typeof startWeb>>>;

beforeAll(async () => {
  const dispatch = async (queue: string, job: unknown) => {
    if (broken) throw new Error('the disk is full');
    queued.push(queue);
    jobs.push(job as JobOf<'diagnosis'>);
    return { is: 'queued' as const };
  };
  const log = createLogger('silent');
  const started = await startWeb(config, log, (app) => addHooks(app, config, { dispatch } as never, log, () => 1_000));
  if (started === undefined) throw new Error('nothing listens');
  server = started;
});

afterAll(() => server.stop());

beforeEach(() => {
  jobs = [];
  queued = [];
  broken = false;
});

async function post(
  body: string | object,
  headers: Record<string, string> = { 'x-gitlab-token': 's3cret' },
  path = 'main',
) {
  const answer = await fetch(`http://127.0.0.1:${server.port}/hooks/gitlab/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

test('a failed job is stored for its project’s channel, and answered at once', async () => {
  expect(await post(FAILED)).toEqual({ status: 200, body: { done: 'stored' } });
  expect(jobs).toMatchObject([
    {
      task: 'log',
      requestId: 'gitlab-hook-main-7',
      replyTo: { platform: 'slack', channel: 'C024BE91L', person: '' },
      log: { kind: 'gitlab-job', url: 'https://gitlab.example.com/shop/api/-/jobs/7' },
      hook: { instance: 'main', project: 'shop/api' },
    },
  ]);
});

const EXPIRING = {
  object_kind: 'deploy_token',
  event_name: 'expiring_deploy_token',
  project: { id: 2, path_with_namespace: 'shop/api' },
  object_attributes: { id: 79, name: 'ci push', expires_at: '1970-01-08 07:00:00 UTC' },
};

test('a token that expires is stored for its project’s channel, the same however often it is told', async () => {
  expect(await post(EXPIRING)).toEqual({ status: 200, body: { done: 'stored' } });
  expect(await post(EXPIRING)).toEqual({ status: 200, body: { done: 'stored' } });
  expect(queued).toEqual(['expiring', 'expiring']);
  const job = {
    requestId: 'gitlab-expiring-main-deploy-79-1970-01-08T07:00:00Z-7',
    replyTo: { platform: 'slack', channel: 'C024BE91L', person: '' },
    hook: { instance: 'main' },
    token: { kind: 'deploy', id: 79, owner: { kind: 'project', id: 2, path: 'shop/api' } },
  };
  expect(jobs).toMatchObject([job, job]);
  expect(jobs.every((one) => JOBS.expiring.safeParse(one).success)).toBe(true);
});

test('a token of a project without a channel, and one that is not GitLab’s word', async () => {
  const elsewhere = { ...EXPIRING, project: { id: 3, path_with_namespace: 'other/x' } };
  expect(await post(elsewhere)).toMatchObject({ status: 200, body: { why: 'no channel is configured for other/x' } });
  expect(await post(EXPIRING, { 'x-gitlab-token': 'guess' })).toMatchObject({ status: 401 });
  expect(await post({ ...EXPIRING, object_attributes: {} })).toMatchObject({ status: 400 });
  expect(jobs).toEqual([]);
});

test('what is nobody’s business is taken all the same: GitLab switches a hook off that fails', async () => {
  expect(await post({ ...FAILED, build_status: 'success' })).toMatchObject({ status: 200, body: { done: 'nothing' } });
  expect(await post({ ...FAILED, project: { path_with_namespace: 'other/x' } })).toMatchObject({
    status: 200,
    body: { why: 'no channel is configured for other/x' },
  });
  expect(jobs).toEqual([]);
});

test.each<[string, Record<string, string>, string]>([
  ['a wrong secret', { 'x-gitlab-token': 'guess' }, 'main'],
  ['no secret', {}, 'main'],
  ['an instance that there is not', { 'x-gitlab-token': 's3cret' }, 'other'],
])('%s is refused in the same words', async (_, headers, path) => {
  expect(await post(FAILED, headers, path)).toEqual({
    status: 401,
    body: { error: 'the instance is unknown, or the secret or signature is wrong' },
  });
  expect(jobs).toEqual([]);
});

test('what nobody could understand is refused, and what is too large', async () => {
  expect((await post('{')).status).toBe(400);
  expect((await post('x'.repeat(2_000_000))).status).toBe(413);
});

test('what could not be stored is not said to be: GitLab sends it again', async () => {
  broken = true;
  expect(await post(FAILED)).toEqual({ status: 500, body: { error: 'not stored; send it again' } });
});
