import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import { addHooks } from '../../src/hooks/routes.js';
import { createLogger } from '../../src/log.js';
import { PREFIX } from '../../src/queue/connection.js';
import { Dispatcher, jobId } from '../../src/queue/dispatcher.js';
import type { Replies } from '../../src/queue/replies.js';
import { startWeb } from '../../src/web/server.js';
import { doctorWorker } from '../../workers/doctor.js';
import type { Project } from '../lab/gitlab/double.js';
import type { Webhook } from '../lab/gitlab/webhooks.js';
import { CARL } from '../operations/bench.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

/** GitLab switched the webhook off, and jobs failed meanwhile: from the look to the jobs in their queue. */

let bench: Bench;
let dispatcher: Dispatcher;
let web: NonNullable<Awaited<ReturnType<typeof startWeb>>>;
let queue: Queue;
let project: Project;
let hook: Webhook;
beforeAll(async () => {
  bench = await startBench();
  const { lab, config, redis } = bench;
  lab.gitlab.addUser({ username: 'carl', email: 'carl@example.com' });
  await writeFile(join(lab.dir, 'secrets', 'hook'), 'the secret', { mode: 0o600 });
  const channels = 'channels: [{ project: shop, slack: C024BE91L }]';
  await lab.configure({
    instance: `    hook: { secret: file:secrets/hook, ${channels} }\n    operations: { allow: [restart], people: [ana, bob] }`,
    extra: '    - { gitlab: carl, terminal: carl }\nhttp: { address: 127.0.0.1, port: 0 }\n',
  });
  const log = createLogger('silent');
  dispatcher = new Dispatcher(lab.redis?.url ?? '', config.current().dataDir, log);
  const started = await startWeb(config, log, (app) => addHooks(app, config, dispatcher, log, Date.now));
  if (started === undefined) throw new Error('nothing listens');
  web = started;
  queue = new Queue('diagnosis', { connection: redis, prefix: PREFIX });
  project = lab.project;
  hook = lab.gitlab.webhooks.add(project, { url: '', token: 'the secret', createdAt: 0 });
});
afterAll(async () => {
  await web.stop();
  await dispatcher.close();
  await queue.close();
  await bench.stop();
});
beforeEach(async () => {
  await queue.obliterate({ force: true });
  bench.lab.gitlab.jobs.length = 0;
  hook.url = `http://bot:hidden@127.0.0.1:${web.port}/hooks/gitlab/lab`;
  hook.recentFailures = 40;
});

async function doctor(task: 'look' | 'repair', person: Person = ANA) {
  const [answers, asides]: [Answer[], Answer[]] = [[], []];
  const replies = { to: () => async (one: Answer) => void asides.push(one) } as unknown as Replies;
  const job = { task, requestId: `${task}-${Math.random()}`, person, replyTo: REPLY_TO, useBy: 9e15, message: 'm' };
  await doctorWorker({ ...bench.worker, replies })(job, async (one) => void answers.push(one));
  return { words: JSON.stringify(answers.at(-1)), asides };
}

const failed = (minutes: number) =>
  bench.lab.gitlab.addJob(project, { status: 'failed', createdAt: Date.now() - minutes * 60_000 });
const queued = async () => (await queue.getJobs()).map(({ data }) => data.requestId).sort();

test('the webhook is on again, and each job that it missed is queued once, as the webhook would have done', async () => {
  const told = failed(90);
  hook.recentFailures = 0;
  await bench.lab.gitlab.webhooks.tellOf(told, hook);
  hook.recentFailures = 40;
  const missed = [failed(60), failed(30)];
  failed(600);
  bench.lab.gitlab.addJob(project, { status: 'success', createdAt: Date.now() - 3_600_000 });

  const look = await doctor('look');
  expect(look.words).toContain(`GitLab has switched off the webhook ${hook.id} of shop/api for good`);
  expect(look.words).toContain('2 failed jobs were never told (shop/api)');
  expect(look.words).toContain('"label":"Repair"');
  expect(await queued()).toEqual([`gitlab-hook-lab-${told.id}`]);

  const repaired = await doctor('repair');
  expect(repaired.words).toContain('is on again: GitLab’s test came through');
  expect(repaired.words).toContain('2 missed jobs are queued');
  expect(bench.lab.gitlab.webhooks.statusOf(hook)).toBe('executable');
  expect(await queued()).toEqual([told, ...missed].map(({ id }) => `gitlab-hook-lab-${id}`).sort());
  const [first] = missed;
  const job = await queue.getJob(jobId(`gitlab-hook-lab-${first?.id}`));
  expect(job?.data).toMatchObject({
    replyTo: { channel: 'C024BE91L' },
    hook: { instance: 'lab', project: 'shop/api' },
  });

  const again = await doctor('repair');
  expect(again.words).toContain('There was nothing to repair.');
  expect(await queued()).toHaveLength(3);
});

test('who may not operate the instance changes nothing, at GitLab or in a queue', async () => {
  failed(30);
  const from = bench.lab.gitlab.requests.length;
  const { asides } = await doctor('repair', CARL);
  expect(asides.map(({ title }) => title)).toEqual(['You may not operate lab']);
  expect(bench.lab.gitlab.requests.slice(from).filter(({ method }) => method !== 'GET')).toEqual([]);
  expect([bench.lab.gitlab.webhooks.statusOf(hook), await queued()]).toEqual(['disabled', []]);
});

test('a test that does not come through is told with GitLab’s words, and hides no other repair', async () => {
  await writeFile(join(bench.lab.dir, 'secrets', 'hook'), 'another secret', { mode: 0o600 });
  const missed = failed(30);
  const { words } = await doctor('repair');
  await writeFile(join(bench.lab.dir, 'secrets', 'hook'), 'the secret', { mode: 0o600 });
  expect(words).not.toContain('hidden');
  expect(words).toContain('does not come through: ');
  expect(words).toContain('the secret or signature is wrong');
  expect(words).toContain(`curl -sSi -X POST http://127.0.0.1:${web.port}/hooks/gitlab/lab`);
  expect(bench.lab.gitlab.webhooks.statusOf(hook)).toBe('disabled');
  expect(await queued()).toEqual([`gitlab-hook-lab-${missed.id}`]);
});

test('webhooks that Registrar may not see are said to be unseen; the address’s password is not shown', async () => {
  expect((await doctor('look')).words).not.toContain('hidden');
  const bot = bench.lab.gitlab.findUser('registrar-bot');
  if (bot !== undefined) bot.admin = false;
  bench.lab.gitlab.addProject('shop/unseen', { visibility: 'internal' });
  const { words } = await doctor('look');
  if (bot !== undefined) bot.admin = true;
  expect(words).toContain('it takes Maintainer of a project');
});
