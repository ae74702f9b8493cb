import { SHORTCUT } from '../../src/chat/slack/chat.js';
import { isFinal, REFUSED_LOG, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** What people in Slack can ask, each from the person's typing to the answer they see; Socket Mode. */

let registrar: Registrar;
beforeAll(async () => {
  registrar = await startRegistrar('socket');
});
afterAll(async () => {
  try {
    await registrar.slack.waitFor(() => registrar.slack.unacked.envelopes.length === 0, { what: 'every ack' });
  } finally {
    await registrar.stop();
  }
  expect(registrar.slack.problems).toEqual([]);
});

describe('/registry', () => {
  test('status is answered in the channel, in one message that is edited in place', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('status');
    const { status, error } = await registrar.command(ana, channel, 'status');
    expect({ status, error }).toEqual({ status: 200, error: undefined });
    const answer = await registrar.said(channel, isFinal);
    expect(answer.versions.map(({ text }) => text)).toEqual([
      '⏳ lab: looking at every link of the chain',
      expect.stringContaining('lab: the registry'),
    ]);
    expect(slack.messages(channel.id)).toHaveLength(1);
    expect(wordsOf(answer)).toContain('Re-check');
  });

  test('Details edits the same message, and shows every check', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('details');
    await registrar.command(ana, channel, 'status');
    const answer = await registrar.said(channel, isFinal);
    await slack.click(ana, answer, 'Details');
    const detailed = await registrar.said(channel, (one) => isFinal(one) && wordsOf(one).includes('Less'));
    expect(detailed.ts).toBe(answer.ts);
    expect(wordsOf(detailed)).toContain('*realm*');
    expect(slack.messages(channel.id)).toHaveLength(1);
  });

  test('is acknowledged before any other work: GitLab holds its answer, the acknowledgement is there', async () => {
    const { slack, ana, lab } = registrar;
    const channel = registrar.channel('held');
    const held = lab.gitlab.delayNext('/api/v4/metadata');
    const { status } = await registrar.command(ana, channel, 'status');
    expect(status).toBe(200);
    await held.arrived;
    expect(slack.messages(channel.id).filter(isFinal)).toEqual([]);
    held.release();
    await registrar.said(channel, isFinal);
  });

  test('an unknown subcommand is answered with the nearest one, to the asker only', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('unknown');
    await registrar.command(ana, channel, 'stauts');
    const told = await slack.waitFor(() => slack.ephemerals(ana.id).find((one) => one.channel === channel.id));
    expect(wordsOf(told)).toContain('There is no command “stauts”');
    expect(wordsOf(told)).toContain('/registry status [INSTANCE]');
    expect(slack.messages(channel.id)).toEqual([]);
  });

  test('diagnose alone opens a dialog; its text is diagnosed in the channel', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('dialog');
    await registrar.command(ana, channel, 'diagnose');
    const view = await slack.waitFor(() => slack.views(ana.id).at(-1));
    const empty = await slack.submitView(ana, view, {});
    expect(empty.errors).toEqual({ text: 'Paste the log here, or upload it below.' });
    const { stack } = await slack.submitView(ana, view, { text: REFUSED_LOG });
    expect(stack).toEqual([]);
    const answer = await registrar.said(channel, isFinal);
    expect(wordsOf(answer)).toContain('credentials-rejected');
    expect(wordsOf(answer)).toContain('line 2');
  });
});

describe('a message', () => {
  test('direct, with a pasted log, is answered beside it', async () => {
    const { slack, ana } = registrar;
    const { ts } = await slack.say(ana, slack.dm(ana), REFUSED_LOG);
    const answer = await registrar.said(slack.dm(ana), (one) => one.threadTs === ts && isFinal(one));
    expect(wordsOf(answer)).toContain('credentials-rejected');
  });

  test('that mentions the bot inside a thread is answered in that thread, once', async () => {
    const { slack, ana, bob } = registrar;
    const channel = registrar.channel('thread');
    const parent = await slack.say(bob, channel, 'the pipeline is red');
    await slack.say(ana, channel, `\`\`\`\n${REFUSED_LOG}\n\`\`\``, { threadTs: parent.ts, mention: true });
    const answer = await registrar.said(channel, isFinal);
    expect(answer.threadTs).toBe(parent.ts);
    expect(wordsOf(answer)).toContain('credentials-rejected');
    expect(slack.messages(channel.id).filter(({ botId }) => botId !== undefined)).toHaveLength(1);
  });

  test('that Slack delivers again, as a retry and as if for the first time, is answered once', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('again');
    const jobs = await registrar.jobsOf(async () => {
      const { events } = await slack.say(ana, channel, REFUSED_LOG, { mention: true });
      await registrar.said(channel, isFinal);
      for (const { eventId } of events) {
        await slack.redeliver(eventId);
        await slack.sameEventTwice(eventId);
      }
    });
    expect(jobs).toBe(1);
    expect(slack.messages(channel.id).filter(({ botId }) => botId !== undefined)).toHaveLength(1);
  });

  test('that only mentions the bot gets help, and one of other people is left alone', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('mention');
    await slack.say(ana, channel, REFUSED_LOG);
    await slack.say(ana, channel, '', { mention: true });
    const told = await slack.waitFor(() => slack.ephemerals(ana.id).find((one) => one.channel === channel.id));
    expect(wordsOf(told)).toContain('rotate-token');
    expect(slack.messages(channel.id).filter(({ botId }) => botId !== undefined)).toEqual([]);
  });

  test('is diagnosed by the shortcut on it, in its thread', async () => {
    const { slack, ana, bob } = registrar;
    const channel = registrar.channel('shortcut');
    const { ts } = await slack.say(bob, channel, REFUSED_LOG);
    const { status } = await slack.shortcut(ana, channel, ts, SHORTCUT);
    expect(status).toBe(200);
    const answer = await registrar.said(channel, isFinal);
    expect(answer.threadTs).toBe(ts);
    expect(wordsOf(answer)).toContain('credentials-rejected');
  });
});

describe('what Slack does to text', () => {
  test('is undone in what a person typed: curled quotes, links, entities', async () => {
    const { ana } = registrar;
    const channel = registrar.channel('typed');
    await registrar.command(ana, channel, 'rotate-token shop/api "no & such <token>"', { smart: true });
    const answer = await registrar.said(channel, isFinal);
    expect(wordsOf(answer)).toContain('shop/api has no token “no &amp; such &lt;token&gt;”');
  });

  test('is undone in a pasted log: the registry’s address is no link', async () => {
    const { slack, ana } = registrar;
    const { ts, message } = await slack.say(ana, slack.dm(ana), `see\n${REFUSED_LOG}`);
    expect(message.text).toContain('<https://registry.example.com/v2/>');
    const answer = await registrar.said(slack.dm(ana), (one) => one.threadTs === ts && isFinal(one));
    expect(wordsOf(answer)).toContain('Get "https://registry.example.com/v2/": unauthorized');
  });

  test('can’t be abused: nothing in a log pings, links or ends a code block', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('hostile');
    const hostile = `denied: requested access to the resource is denied <!channel> <@${ana.id}> <https://evil.example|here> \`\`\`\`@everyone`;
    const { ts } = await slack.say(ana, channel, `$ docker push registry.example.com/a/b:1\n${hostile}`);
    await slack.shortcut(ana, channel, ts, SHORTCUT);
    const answer = await registrar.said(channel, isFinal);
    expect(wordsOf(answer)).toContain('&lt;!channel&gt;');
    for (const { args } of slack.calls.filter(({ method }) => method.startsWith('chat.'))) {
      const sent = `${args.text}${JSON.stringify(args.blocks)}`;
      expect(sent).not.toMatch(/<!|<@|<#|<http/);
      for (const block of blocksOf(args.blocks)) expect(block.split('```').length % 2).toBe(1);
    }
    expect(slack.calls.filter(({ args }) => 'link_names' in args || 'parse' in args)).toEqual([]);
  });
});

function blocksOf(blocks: unknown): string[] {
  return Array.isArray(blocks) ? blocks.map((one: { text?: { text?: string } }) => one.text?.text ?? '') : [];
}
