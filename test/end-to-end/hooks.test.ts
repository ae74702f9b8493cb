import type { Project } from '../lab/gitlab/double.js';
import { isFinal, REFUSED_LOG, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** A job fails in GitLab: from its webhook to the message in the project's channel; and what people say of it there. */

let registrar: Registrar;
beforeAll(async () => {
  registrar = await startRegistrar('socket');
});
afterAll(async () => {
  await registrar.stop();
  expect(registrar.slack.problems).toEqual([]);
});

const GATEWAY = REFUSED_LOG.replace(/^Error response.*$/m, 'received unexpected HTTP status: 502 Bad Gateway');

function fails(project: Project, trace: string) {
  const { gitlab, people } = registrar.lab;
  const job = gitlab.addJob(project, { status: 'failed', trace, name: 'push', user: people.ana });
  const body = {
    object_kind: 'build',
    build_id: job.id,
    build_name: 'push',
    build_status: 'failed',
    project: { path_with_namespace: project.fullPath },
  };
  return { job, body };
}

function addProject(name: string): Project {
  const { gitlab } = registrar.lab;
  const project = gitlab.addProject(name);
  const bot = gitlab.findUser('registrar-bot');
  if (bot !== undefined) gitlab.addMember(project, bot, 40);
  return project;
}

const about = (job: { id: number }) =>
  registrar.said(registrar.alerts, (one) => isFinal(one) && wordsOf(one).includes(`jobs/${job.id}`));
const countOf = (job: { id: number }) =>
  registrar.slack.messages(registrar.alerts.id).filter((one) => wordsOf(one).includes(`jobs/${job.id}`)).length;

test('a job that failed at the registry is told in its project’s channel, once, naming pipeline and person', async () => {
  const { job, body } = fails(addProject('shop/hooked'), REFUSED_LOG);
  const [first, again] = await Promise.all([registrar.hook(body), registrar.hook(body)]);
  expect([first.status, again.status]).toEqual([200, 200]);
  const words = wordsOf(await about(job));
  expect(words).toMatch(/push · pipeline \d+ · by ana/);
  expect(words).toContain('HTTP Basic: Access denied');
  expect(countOf(job)).toBe(1);
});

test('with Redis down it is stored all the same, and told when Redis is back', async () => {
  const { redis } = registrar.lab;
  const { job, body } = fails(addProject('shop/kept'), REFUSED_LOG);
  await redis?.stop();
  expect((await registrar.hook(body)).status).toBe(200);
  await redis?.restart();
  await about(job);
});

test('a wrong secret makes nothing', async () => {
  const { body } = fails(addProject('shop/forged'), REFUSED_LOG);
  expect(await registrar.jobsOf(async () => expect((await registrar.hook(body, 'guess')).status).toBe(401))).toBe(0);
});

test('one failure in three projects is one message for the operators, which grows', async () => {
  for (const name of ['shop/one', 'shop/two', 'shop/three', 'shop/four']) {
    const { job, body } = fails(addProject(name), GATEWAY);
    await registrar.hook(body);
    await about(job);
  }
  const told = await registrar.said(registrar.operators, (one) => wordsOf(one).includes('in 4 projects since'));
  expect(wordsOf(told)).toContain('shop/one, shop/two, shop/three, shop/four');
  expect(registrar.slack.messages(registrar.operators.id)).toHaveLength(1);
});

test('“Not it” asks what it was, and keeps the answer', async () => {
  const { slack, ana } = registrar;
  const { job, body } = fails(addProject('shop/corrected'), REFUSED_LOG);
  await registrar.hook(body);
  const message = await about(job);
  await slack.click(ana, message, 'Not it');
  const view = await slack.waitFor(() => slack.views(ana.id).at(-1), { what: 'the dialog' });
  const submitted = await slack.submitView(ana, view, { cause: 'clock-skew', words: 'the runner was an hour late' });
  expect(submitted.errors).toBeUndefined();
  await registrar.said(registrar.alerts, (one) => wordsOf(one).includes('but “The clocks'));
});
