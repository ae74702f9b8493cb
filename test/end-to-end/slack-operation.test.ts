import { isFinal, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** A restart as two people see it in Slack, against the lab's real host. */

let registrar: Registrar;
beforeAll(async () => {
  registrar = await startRegistrar('socket');
});
afterAll(async () => {
  await registrar.stop();
  expect(registrar.slack.problems).toEqual([]);
});

test('ana asks for a restart, can’t confirm it herself, bob does; it is one message, and the registry is up', async () => {
  const { slack, lab, ana, bob } = registrar;
  const channel = registrar.channel('restart');
  await lab.break('registry-stopped');
  await registrar.command(ana, channel, 'restart');
  const asked = await registrar.said(channel, isFinal);
  expect(wordsOf(asked)).toContain('Restart the registry of lab?');
  expect(wordsOf(asked)).toContain('the registry is down');
  const versions = asked.versions.length;

  await slack.click(ana, asked, 'Confirm');
  const refused = await registrar.toldAlone(ana, 'takes a second person');
  expect([refused.ts === asked.ts, asked.versions.length]).toEqual([false, versions]);

  await slack.click(bob, asked, 'Confirm');
  const done = await registrar.said(channel, ({ text }) => text.includes('was restarted'));
  expect([done.ts, done.text]).toEqual([asked.ts, expect.stringMatching(/^✅ The registry of lab was restarted/)]);
  for (const words of ['the registry works', 'ana', 'bob']) expect(wordsOf(done)).toContain(words);
  expect((await lab.host.probe()).status).toBe(401);
});

test('a command that the instance does not allow is answered with the lines that allow it', async () => {
  const channel = registrar.channel('off');
  await registrar.command(registrar.ana, channel, 'reconfigure lab');
  const off = await registrar.said(channel, isFinal);
  expect(wordsOf(off)).toContain('allow: [restart, reconfigure]');
});
