import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { advance, call, gitlab, useGitLab } from './bench.js';
import type { Project } from './model.js';

useGitLab();

let server: Server;
let url: string;
let status = 200;
let received: { headers: IncomingMessage['headers']; body: Record<string, unknown> }[] = [];
let project: Project;
let token: string;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body: JSON.parse(body) });
    response.writeHead(status).end('what was answered');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
});
afterAll(() => server.close());
beforeEach(() => {
  status = 200;
  received = [];
  project = gitlab.addProject('shop/api');
  const maintainer = gitlab.addUser({ username: 'maintainer' });
  gitlab.addMember(project, maintainer, 40);
  token = gitlab.addPersonalToken(maintainer, { scopes: ['api'] }).token;
});

const hooks = (more = '') => `/api/v4/projects/${project.id}/hooks${more}`;

test('a hook that fails four times is off for a while, after forty for good; a test that comes through heals both', async () => {
  const hook = gitlab.webhooks.add(project, { url, token: 'the secret' });
  const job = gitlab.addJob(project, { status: 'failed' });
  status = 500;
  for (let failures = 0; failures < 4; failures += 1) expect(await gitlab.webhooks.tellOf(job, hook)).toBe(true);
  const [listed] = (await call('GET', hooks(), { token })).body as Record<string, unknown>[];
  expect(listed).toMatchObject({
    id: hook.id,
    alert_status: 'temporarily_disabled',
    disabled_until: '2026-08-05T10:01:00.000Z',
    job_events: true,
  });
  expect(JSON.stringify(listed)).not.toContain('the secret');
  expect(await gitlab.webhooks.tellOf(job, hook)).toBe(false);
  for (let failures = 4; failures < 40; failures += 1) {
    advance(86_400_001);
    expect(await gitlab.webhooks.tellOf(job, hook)).toBe(true);
  }
  advance(86_400_001);
  expect((await call('GET', hooks(`/${hook.id}`), { token })).body).toMatchObject({ alert_status: 'disabled' });
  await call('PUT', hooks(`/${hook.id}`), { token, body: { url } });
  expect(gitlab.webhooks.statusOf(hook)).toBe('disabled');

  const refused = await call('POST', hooks(`/${hook.id}/test/push_events`), { token });
  expect([refused.status, refused.body]).toEqual([422, { message: 'what was answered' }]);
  expect(gitlab.webhooks.statusOf(hook)).toBe('disabled');
  status = 200;
  expect((await call('POST', hooks(`/${hook.id}/test/push_events`), { token })).status).toBe(201);
  expect(gitlab.webhooks.statusOf(hook)).toBe('executable');
  expect(received.at(-1)).toMatchObject({
    headers: { 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': 'the secret' },
    body: { object_kind: 'push', project: { path_with_namespace: 'shop/api' } },
  });
});

test('a test of job events sends the first job there is; none, no test', async () => {
  const { id } = gitlab.webhooks.add(project, { url });
  const test = () => call('POST', hooks(`/${id}/test/job_events`), { token });
  expect((await test()).body).toEqual({ message: 'Ensure the project has CI jobs.' });
  const first = gitlab.addJob(project, { status: 'failed' });
  gitlab.addJob(project);
  expect((await test()).status).toBe(201);
  expect(received).toMatchObject([{ body: { object_kind: 'build', build_id: first.id, build_status: 'failed' } }]);
});

test('who may: Maintainer of a project; five tests a minute; groups have hooks with Premium only', async () => {
  const { id } = gitlab.webhooks.add(project, { url });
  const developer = gitlab.addUser({ username: 'developer' });
  gitlab.addMember(project.group, developer, 30);
  const other = gitlab.addPersonalToken(developer, { scopes: ['api'] }).token;
  expect((await call('GET', hooks(), { token: other })).status).toBe(403);
  for (let tests = 0; tests < 5; tests += 1)
    expect((await call('POST', hooks(`/${id}/test/push_events`), { token })).status).toBe(201);
  expect((await call('POST', hooks(`/${id}/test/push_events`), { token })).status).toBe(429);
  expect((await call('POST', hooks(`/${id}/test/sing_events`), { token })).status).toBe(400);

  const ofGroup = `/api/v4/groups/${project.group.id}/hooks`;
  const boss = gitlab.addUser({ username: 'boss' });
  gitlab.addMember(project.group, boss, 50);
  const own = gitlab.addPersonalToken(boss, { scopes: ['api'] }).token;
  gitlab.webhooks.add(project.group, { url });
  expect((await call('GET', ofGroup, { token: own })).status).toBe(404);
  gitlab.settings.premium = true;
  expect((await call('GET', ofGroup, { token: own })).body).toMatchObject([{ group_id: project.group.id }]);
  expect((await call('GET', ofGroup, { token: other })).status).toBe(403);
});
