import { HOOK_SECRET, isFinal, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** Registrar looks at itself, asked in Slack; what a webhook missed is repaired by a button. */

let registrar: Registrar;
beforeAll(async () => {
  registrar = await startRegistrar('socket');
});
afterAll(async () => {
  await registrar.stop();
  expect(registrar.slack.problems).toEqual([]);
});

test('everybody looks; whoever operates the instance repairs, and sees that Registrar is well', async () => {
  const { lab, slack, ana, alerts } = registrar;
  const channel = registrar.channel('ops');
  await registrar.command(ana, channel, 'doctor');
  const well = await registrar.said(channel, isFinal);
  // No project of the lab has a webhook yet.
  expect(wordsOf(well)).toContain('no webhook of shop points at Registrar');

  const { webhooks } = lab.gitlab;
  const url = `http://127.0.0.1:${registrar.webPort()}/hooks/gitlab/lab`;
  const hook = webhooks.add(lab.project, { url, token: HOOK_SECRET, createdAt: 0 });
  hook.recentFailures = 40;
  const job = lab.gitlab.addJob(lab.project, {
    ...{ status: 'failed', createdAt: Date.now() - 3_600_000, user: lab.people.ana },
    trace: 'Error response from daemon: unauthorized: HTTP Basic: Access denied\n',
  });
  await slack.click(ana, well, 'Look again');
  const broken = await registrar.said(channel, (one) => wordsOf(one).includes('GitLab has switched off'));
  await slack.click(ana, broken, 'Repair');
  const repaired = await registrar.said(channel, (one) => wordsOf(one).includes('came through'));
  expect(wordsOf(repaired)).toContain('Registrar is well');
  expect(webhooks.statusOf(hook)).toBe('executable');
  await registrar.said(alerts, (one) => isFinal(one) && wordsOf(one).includes(`jobs/${job.id}`));
});
