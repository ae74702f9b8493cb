import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GitLab, openGitLab } from '../../src/gitlab/client.js';
import type { Owner } from '../../src/gitlab/schema.js';
import { createHttp } from '../../src/http.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import type { Project, User } from '../lab/gitlab/model.js';

let double: GitLabDouble;
let gitlab: GitLab;
let bot: User;
let project: Project;
let owner: Owner;
let group: Owner;
const http = createHttp();
const answer = { status: 200 };
const server = createServer((_, response) => response.writeHead(answer.status).end('what it says'));

beforeAll(async () => {
  const { keyPem: signingKeyPem, certificatePem } = await makeSigningPair();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  double = await startGitLab({ signingKeyPem, certificatePem });
  bot = double.addUser({ username: 'registrar-bot' });
  project = double.addProject('shop/api');
  double.addMember(project, bot, 40);
  gitlab = openGitLab(double.url, double.addPersonalToken(bot, { scopes: ['api'], name: 'registrar' }).token, http);
  owner = { kind: 'project', id: project.id, path: project.fullPath };
  group = { kind: 'group', id: project.group.id, path: 'shop' };
});
afterAll(async () => {
  server.close();
  await http.close();
  await double.stop();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/gitlab/main`;

test('a hook that is off, a test that does not come through and one that does', async () => {
  const hook = double.webhooks.add(project, { url: url() });
  hook.recentFailures = 40;
  expect(await gitlab.hooks(owner)).toMatchObject([
    { id: hook.id, url: url(), alert_status: 'disabled', job_events: true },
  ]);
  answer.status = 500;
  expect(await gitlab.testHook(owner, hook.id)).toEqual({ is: 'refused', why: 'what it says' });
  answer.status = 200;
  expect(await gitlab.testHook(owner, hook.id)).toEqual({ is: 'delivered' });
  expect(await gitlab.hooks(owner)).toMatchObject([{ alert_status: 'executable' }]);
});

test('those of a group: none without Premium, unseen without the role', async () => {
  expect(await gitlab.hooks(group)).toBeUndefined();
  double.addMember(project.group, bot, 50);
  expect(await gitlab.hooks(group)).toEqual([]);
  double.settings.premium = true;
  double.webhooks.add(project.group, { url: url() });
  expect(await gitlab.hooks(group)).toHaveLength(1);
});

test('jobs that failed, the newest first, with the time of their end', async () => {
  const [first, second] = [1_000_000, 2_000_000].map((createdAt) =>
    double.addJob(project, { status: 'failed', createdAt }),
  );
  double.addJob(project, { status: 'success' });
  expect(await gitlab.failedJobs(project.id)).toEqual([
    { id: second?.id, finished_at: '1970-01-01T00:33:20.000Z' },
    { id: first?.id, finished_at: '1970-01-01T00:16:40.000Z' },
  ]);
});
