import type { SlackChannel, StoredMessage } from '../lab/slack/double.js';
import { isFinal, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** A rotation as its asker and others see it in Slack, against the lab's GitLab and the real registry. */

let registrar: Registrar;
beforeAll(async () => {
  registrar = await startRegistrar('socket');
});
afterAll(async () => {
  await registrar.stop();
  expect(registrar.slack.problems).toEqual([]);
});

/** The plan that ana is shown. */
async function plan(channel: SlackChannel): Promise<StoredMessage> {
  await registrar.command(registrar.ana, channel, 'rotate-token shop/api');
  return registrar.said(channel, isFinal);
}

/** Of the deploy tokens that shop/api has; GitLab never gives an id again. */
const ids = () => registrar.lab.gitlab.deployTokensOf(registrar.lab.project).map(({ id }) => id);
const password = () => registrar.lab.gitlab.findVariable(registrar.lab.project, 'REGISTRY_PASSWORD')?.value ?? '';

describe('rotate-token', () => {
  test('shows a plan first; [Rotate] by the asker rotates, in the same message, and shows no secret', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('rotate');
    const before = { tokens: ids(), password: password() };
    const planned = await plan(channel);
    expect(wordsOf(planned)).toContain('Rotate deploy token 1 “ci push” of shop/api?');
    expect(wordsOf(planned)).toContain('REGISTRY_PASSWORD');
    expect({ tokens: ids(), password: password() }).toEqual(before);

    await slack.click(ana, planned, 'Rotate');
    const done = await registrar.said(channel, ({ text }) => text.startsWith('✅ Rotated'));
    expect(done.ts).toBe(planned.ts);
    expect(slack.messages(channel.id)).toHaveLength(1);
    expect(wordsOf(done)).toContain('was refused');
    expect(password()).not.toBe(before.password);
    expect(ids()).toEqual(before.tokens.map((id) => id + 1));
    const everything = JSON.stringify(slack.calls);
    expect(everything).not.toContain(before.password);
    expect(everything).not.toContain(password());
  });

  test('[Rotate] by another person is refused; the plan stays as it was, for the asker', async () => {
    const { slack, ana, bob } = registrar;
    const channel = registrar.channel('others');
    const planned = await plan(channel);
    const versions = planned.versions.length;
    await slack.click(bob, planned, 'Rotate');
    const refused = await registrar.toldAlone(bob, 'Only the person who asked');
    expect(refused.ts).not.toBe(planned.ts);
    expect(planned.versions).toHaveLength(versions);
    const before = ids();
    await slack.click(ana, planned, 'Cancel');
    const cancelled = await registrar.said(channel, ({ text }) => text.includes('Cancelled'));
    expect(cancelled.ts).toBe(planned.ts);
    expect(ids()).toEqual(before);
  });

  test('two clicks rotate once', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('twice');
    const planned = await plan(channel);
    const before = ids();
    const jobs = await registrar.jobsOf(async () => {
      await Promise.all([slack.click(ana, planned, 'Rotate'), slack.click(ana, planned, 'Rotate')]);
      await registrar.said(channel, ({ text }) => text.startsWith('✅ Rotated'));
    });
    expect(jobs).toBe(1);
    expect(ids()).toEqual(before.map((id) => id + 1));
    expect(slack.messages(channel.id)).toHaveLength(1);
    expect(planned.text).toMatch(/^✅ Rotated/);
  });

  test('a plan that became too old is told so, and changes nothing', async () => {
    const { slack, ana, redis } = registrar;
    const channel = registrar.channel('old');
    const planned = await plan(channel);
    const before = ids();
    // What ten minutes do: Redis forgets the plan.
    const keys = await redis.keys('*rotation-plan*');
    expect(await redis.del(keys)).toBeGreaterThan(0);
    await slack.click(ana, planned, 'Rotate');
    const told = await registrar.said(channel, ({ text }) => text.includes('no longer valid'));
    expect(told.ts).toBe(planned.ts);
    expect(wordsOf(told)).toContain('Nothing was changed: ask for a new one.');
    expect(ids()).toEqual(before);
  });

  test('takes the role Maintainer: a developer is told who can do it', async () => {
    const { bob } = registrar;
    const channel = registrar.channel('developer');
    await registrar.command(bob, channel, 'rotate-token shop/api');
    const told = await registrar.said(channel, isFinal);
    expect(wordsOf(told)).toContain('This takes the role maintainer in shop/api');
    expect(wordsOf(told)).toContain('bob is only developer there');
  });

  test('somebody whom the configuration doesn’t know is told how to become known', async () => {
    const { slack } = registrar;
    const channel = registrar.channel('stranger');
    const stranger = slack.addUser({ name: 'stranger' });
    await registrar.command(stranger, channel, 'rotate-token shop/api');
    const told = await registrar.said(channel, isFinal);
    expect(wordsOf(told)).toContain(`your slack id is ${stranger.id}`);
    expect(wordsOf(told)).toContain('access.people');
  });
});

describe('a project that can’t be found', () => {
  test.each([
    ['does not exist', 'shop/apy', 'did you mean shop/api?'],
    ['is meant by its name alone, misspelt', 'apix', 'did you mean shop/api'],
    ['is like none', 'nothing/like-it', 'check the path (GROUP/PROJECT)'],
  ])('because it %s: %s', async (_, path, words) => {
    const channel = registrar.channel(`project-${path.replace('/', '-')}`);
    await registrar.command(registrar.ana, channel, `rotate-token ${path}`);
    const told = await registrar.said(channel, isFinal);
    expect(told.text).toMatch(/^🔴/);
    expect(wordsOf(told)).toContain(words);
  });

  test('because the asker can’t see it, is told as one that isn’t there, and never suggested', async () => {
    const { lab, ana } = registrar;
    const secret = lab.gitlab.addProject('shop/apix');
    const bot = lab.gitlab.findUser('registrar-bot');
    if (bot !== undefined) lab.gitlab.addMember(secret, bot, 40);
    const channel = registrar.channel('invisible');
    await registrar.command(ana, channel, 'rotate-token shop/apiy');
    const told = await registrar.said(channel, isFinal);
    expect(wordsOf(told)).toContain('There is no project shop/apiy');
    expect(wordsOf(told)).not.toContain('shop/apix');
  });

  test('because two of the asker’s projects have the name: both are suggested', async () => {
    const { lab, ana } = registrar;
    for (const path of ['a/twin', 'b/twin']) {
      const project = lab.gitlab.addProject(path);
      lab.gitlab.addMember(project, lab.people.ana, 40);
      const bot = lab.gitlab.findUser('registrar-bot');
      if (bot !== undefined) lab.gitlab.addMember(project, bot, 40);
    }
    const channel = registrar.channel('ambiguous');
    await registrar.command(ana, channel, 'rotate-token twin');
    const told = await registrar.said(channel, isFinal);
    expect(wordsOf(told)).toContain('No single project of yours is called twin');
    expect(wordsOf(told)).toMatch(/did you mean (?:a\/twin, b\/twin|b\/twin, a\/twin)\?/);
  });
});
