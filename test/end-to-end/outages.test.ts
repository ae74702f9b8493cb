import { isFinal, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** Each part fails once: the person who asked is told which, and the request is done when the part is back. */

let registrar: Registrar;
beforeAll(async () => {
  registrar = await startRegistrar('socket');
});
afterAll(async () => {
  await registrar.stop();
  expect(registrar.slack.problems).toEqual([]);
});

/** What only ana sees in a channel. */
const told = (channel: { id: string }, words: string) =>
  registrar.slack.waitFor(
    () =>
      registrar.slack
        .ephemerals(registrar.ana.id)
        .find((one) => one.channel === channel.id && wordsOf(one).includes(words)),
    { what: words },
  );

describe('Slack', () => {
  test('lost the response to a post: the answer is there once', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('cut');
    slack.fail('chat.postMessage', 'cutAfter');
    await registrar.command(ana, channel, 'status');
    await registrar.said(channel, isFinal);
    expect(slack.messages(channel.id)).toHaveLength(1);
    expect(slack.callsOf('chat.postMessage').filter(({ args }) => args.channel === channel.id)).toHaveLength(1);
  });

  test('limits the rate: the answer comes later', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('limited');
    slack.rateLimit('chat.postMessage', { times: 2, retryAfter: 1 });
    await registrar.command(ana, channel, 'status');
    await registrar.said(channel, isFinal);
    const limited = slack.callsOf('chat.postMessage').filter(({ error }) => error === 'ratelimited');
    expect(limited).toHaveLength(2);
    expect(slack.messages(channel.id)).toHaveLength(1);
  });

  test.each([[false], [true]])(
    'keeps the bot out of the channel (private: %s): the answer is a direct message',
    async (hidden) => {
      const { slack, ana } = registrar;
      const channel = slack.addChannel({ name: `closed-${hidden}`, private: hidden, botIsMember: false });
      await registrar.command(ana, channel, 'status no-such-instance');
      const answer = await registrar.said(
        slack.dm(ana),
        (one) => isFinal(one) && one.text.includes('no-such-instance'),
      );
      expect(slack.messages(channel.id)).toEqual([]);
      slack.remove(answer);
      await registrar.command(ana, channel, 'hlep');
      await registrar.said(slack.dm(ana), ({ text }) => text.includes('There is no command “hlep”'));
    },
  );

  test('lost the message, for somebody removed it: the answer is posted anew', async () => {
    const { slack, ana, lab } = registrar;
    const channel = registrar.channel('removed');
    const held = lab.gitlab.delayNext('/api/v4/metadata');
    await registrar.command(ana, channel, 'status');
    await held.arrived;
    slack.remove(await registrar.said(channel, (one) => !isFinal(one)));
    held.release();
    await registrar.said(channel, isFinal);
    expect(slack.messages(channel.id)).toHaveLength(1);
  });

  test.each([['terminate'], ['refresh_requested']] as const)(
    'ends the connection (%s): it comes back by itself',
    async (kind) => {
      const { slack, ana } = registrar;
      const channel = registrar.channel(kind);
      const before = slack.connections.length;
      slack.disconnectSockets(kind);
      await slack.waitFor(() => slack.connections.length > before && slack.openConnections > 0, { timeoutMs: 30_000 });
      await registrar.command(ana, channel, 'status no-such-instance');
      await registrar.said(channel, isFinal);
    },
  );
});

describe('Redis', () => {
  test('is down: the person is told, and the request is done when it is back', async () => {
    const { ana, lab, slack } = registrar;
    const channel = registrar.channel('redis');
    await lab.redis?.stop();
    const { status, error } = await registrar.command(ana, channel, 'status no-such-instance');
    expect({ status, error }).toEqual({ status: 200, error: undefined });
    expect(wordsOf(await told(channel, 'queue (Redis)'))).toContain('done as soon as Redis is back');
    expect(slack.messages(channel.id)).toEqual([]);
    await lab.redis?.restart();
    expect((await registrar.said(channel, isFinal)).text).toContain('There is no instance no-such-instance');
  });
});

describe('the worker', () => {
  test('is absent: the person is told, and the request is done when one is started', async () => {
    const { ana } = registrar;
    const channel = registrar.channel('worker');
    await registrar.stopWorker();
    await registrar.command(ana, channel, 'status no-such-instance');
    expect(wordsOf(await told(channel, 'No worker is running'))).toContain('registrar worker');
    await registrar.startWorker();
    expect((await registrar.said(channel, isFinal)).text).toContain('There is no instance no-such-instance');
  });
});

describe('GitLab', () => {
  test('is down: the answer says so and that it goes on; it is done when GitLab is back', async () => {
    const { ana, lab } = registrar;
    const channel = registrar.channel('gitlab');
    await lab.gitlab.pause();
    await registrar.command(ana, channel, 'rotate-token shop/api');
    const waiting = await registrar.said(channel, ({ text }) => text.includes('does not answer'));
    expect(wordsOf(waiting)).toContain('I try again by myself for another 60 minutes');
    await lab.gitlab.resume();
    const plan = await registrar.said(channel, isFinal);
    expect(plan.text).toContain('Rotate deploy token');
    expect(plan.ts).toBe(waiting.ts);
  });

  test('is down: status still tells what it can, and names GitLab', async () => {
    const { ana, lab } = registrar;
    const channel = registrar.channel('gitlab-status');
    await lab.gitlab.pause();
    await registrar.command(ana, channel, 'status');
    const answer = await registrar.said(channel, isFinal);
    await lab.gitlab.resume();
    expect(wordsOf(answer)).toMatch(/FAILED \*realm-reach\* .*can't be reached/);
    expect(wordsOf(answer)).toMatch(/TLS (?:✔|ok)/);
  });
});

describe('SSH', () => {
  test('is refused: status says so, and what to try', async () => {
    const { ana, lab } = registrar;
    const channel = registrar.channel('ssh');
    const repair = await lab.break('ssh-refused');
    await registrar.command(ana, channel, 'status');
    const answer = await registrar.said(channel, isFinal);
    await repair();
    expect(wordsOf(answer)).toMatch(/FAILED \*host\* .*can’t be reached by SSH/);
    expect(wordsOf(answer)).toContain('try ssh -p ');
  });

  test('shows another host key: refused loudly, with both fingerprints; nothing was sent', async () => {
    const { ana, lab } = registrar;
    const channel = registrar.channel('host-key');
    const repair = await lab.break('host-key-changed');
    await registrar.command(ana, channel, 'status');
    const answer = await registrar.said(channel, isFinal);
    await repair();
    expect(answer.text).toMatch(/^🔴/);
    expect(wordsOf(answer)).toMatch(/FAILED \*host\* the host key of .* REFUSED, nothing was sent/);
    expect(wordsOf(answer)).toContain(`expected ${lab.host.ssh.hostKeyFingerprint}`);
  });
});
