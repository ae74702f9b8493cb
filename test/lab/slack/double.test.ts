import { httpApp, type Running, socketApp } from './bolt-apps.js';
import { createClock, type SlackDouble, type SlackDoubleOptions, startSlack } from './double.js';

let slack: SlackDouble;
let running: Running | undefined;

async function start(options: SlackDoubleOptions = {}) {
  slack = await startSlack(options);
  const anna = slack.addUser({ name: 'anna', email: 'anna@example.com' });
  const ops = slack.addChannel({ name: 'ops', members: [anna] });
  return { anna, ops };
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await slack.stop();
});

describe('HTTP mode, with a Bolt app', () => {
  test('a signed command is acked, shown, and its listener can post and respond', async () => {
    const { anna, ops } = await start();
    running = await httpApp(slack, (app) => {
      app.command('/registry', async ({ ack, say, respond, command }) => {
        await ack({ text: `looking at ${command.text}` });
        await say('done');
        await respond('only for you');
      });
    });
    const outcome = await slack.command(anna, ops, 'status registry.example.com <now>');
    expect(outcome).toMatchObject({ status: 200, ack: { text: expect.stringContaining('looking at') } });
    expect(outcome.shown?.text).toBe(
      'looking at status <http://registry.example.com|registry.example.com> &lt;now&gt;',
    );
    await slack.waitFor(() => slack.ephemerals(anna.id).find((e) => e.text === 'only for you'));
    expect(slack.messages(ops.id).map((m) => m.text)).toEqual(['done']);
    expect(slack.calls.map((c) => c.method)).toEqual(['auth.test', 'chat.postMessage', 'response_url']);
    expect(slack.problems).toEqual([]);
  });

  test.each(['wrong', 'stale', 'missing'] as const)('a %s signature is refused with 401', async (signature) => {
    const { anna, ops } = await start();
    let calls = 0;
    running = await httpApp(slack, (app) => {
      app.command('/registry', async () => {
        calls += 1;
      });
    });
    const outcome = await slack.command(anna, ops, 'status', { signature });
    expect(outcome).toMatchObject({ status: 401, error: 'dispatch_failed' });
    expect(calls).toBe(0);
  });

  test('a timestamp almost 300 s old is accepted; url_verification and ssl_check are answered', async () => {
    const { anna, ops } = await start();
    running = await httpApp(slack, (app) => {
      app.command('/registry', async ({ ack }) => ack());
    });
    const timestamp = Math.floor(Date.now() / 1000) - 299;
    expect((await slack.command(anna, ops, '', { timestamp })).status).toBe(200);
    expect((await slack.urlVerification('abc')).ack).toEqual({ challenge: 'abc' });
    expect((await slack.urlVerification('abc', { signature: 'wrong' })).status).toBe(401);
    expect((await slack.sslCheck()).status).toBe(200);
  });

  test('a command that nobody acks in 3 s shows operation_timeout', async () => {
    const clock = createClock();
    const { anna, ops } = await start({ clock });
    let late: (() => Promise<void>) | undefined;
    const reached = new Promise<void>((resolve) => {
      late = async () => resolve();
    });
    running = await httpApp(slack, (app) => {
      app.command('/registry', async ({ ack }) => {
        await late?.();
        late = () => ack();
      });
    });
    const outcome = slack.command(anna, ops, 'status');
    await reached;
    clock.advance(3000);
    await expect(outcome).resolves.toMatchObject({ status: 0, error: 'operation_timeout' });
    await late?.();
  });

  test('mentions raise two events, the bot sees its own posts, an event comes twice with one id', async () => {
    const { anna, ops } = await start();
    const seen: string[] = [];
    running = await httpApp(slack, (app) => {
      app.event('app_mention', async ({ event, body, context }) => {
        seen.push(`${body.event_id} ${event.text} ${context.retryNum ?? 0}`);
        await app.client.chat.postMessage({ channel: event.channel, thread_ts: event.ts, text: 'yes' });
      });
    });
    const said = await slack.say(anna, ops, 'status & <b>', { mention: true });
    expect(said.events).toHaveLength(2);
    await slack.waitFor(() => slack.thread(ops.id, said.ts).length === 2);
    const mention = said.events[1];
    expect(mention?.wrapper.event).toMatchObject({ type: 'app_mention' });
    await slack.redeliver(mention?.eventId ?? '');
    await slack.waitFor(() => slack.thread(ops.id, said.ts).length === 3);
    const text = `<@${slack.botUserId}> status &amp; &lt;b&gt;`;
    expect(seen).toEqual([`${mention?.eventId} ${text} 0`, `${mention?.eventId} ${text} 1`]);
    await slack.waitFor(() => slack.unacked.events.length === 0);
    const own = slack.events.filter((e) => JSON.stringify(e.wrapper).includes('"text":"yes"'));
    expect(own.length).toBe(2);
  });

  test('a failed event is retried at once, after a minute and after five', async () => {
    const clock = createClock();
    const { anna, ops } = await start({ clock, eventsUrl: 'http://127.0.0.1:1/slack/events' });
    const { events } = await slack.say(anna, ops, 'hello');
    const attempts = events[0]?.attempts ?? [];
    await slack.waitFor(() => attempts.length === 2);
    clock.advance(60_000);
    await slack.waitFor(() => attempts.length === 3);
    clock.advance(299_999);
    expect(attempts).toHaveLength(3);
    clock.advance(1);
    await slack.waitFor(() => attempts.length === 4);
    expect(events[0]?.state).toBe('given up');
    expect(attempts[0]).toMatchObject({ reason: 'connection_failed' });
  });

  test('buttons, modals and shortcuts make the round trip', async () => {
    const { anna, ops } = await start();
    running = await httpApp(slack, interactive);
    const posted = await running.app.client.chat.postMessage({ channel: ops.id, text: 'x', blocks: BUTTONS });
    const clicked = await slack.click(anna, String(posted.ts), 'Rotate');
    expect(clicked).toMatchObject({ status: 200, action: { action_id: 'rotate', value: 'token-1' } });
    const view = await slack.waitFor(() => slack.views(anna.id)[0]);
    await expect(slack.submitView(anna, view, {})).rejects.toThrow('wants reason filled in');
    const refused = await slack.submitView(anna, view, { reason: 'no' });
    expect(refused).toMatchObject({ errors: { reason: 'too short' }, stack: [{ id: view.id }] });
    const done = await slack.submitView(anna, view, { reason: 'leaked in a log' });
    expect(done.stack).toEqual([]);
    await slack.waitFor(() => slack.messages(ops.id).find((m) => m.text === 'rotating: leaked in a log'));
    const { ts } = await slack.say(anna, ops, 'a log line');
    expect((await slack.shortcut(anna, ops, ts, 'diagnose')).status).toBe(200);
    await slack.waitFor(() => slack.ephemerals(anna.id).find((e) => e.text === 'read: a log line'));
    expect(slack.problems).toEqual([]);
  });
});

describe('Socket Mode, with a Bolt app', () => {
  test('commands and interactions are acked by envelope', async () => {
    const { anna, ops } = await start();
    running = await socketApp(slack, interactive);
    expect(slack.connections).toHaveLength(1);
    expect(await slack.command(anna, ops, 'status')).toMatchObject({ via: 'socket', status: 200, ack: { text: 'hi' } });
    const posted = await running.app.client.chat.postMessage({ channel: ops.id, text: 'x', blocks: BUTTONS });
    expect((await slack.click(anna, String(posted.ts), 'rotate')).status).toBe(200);
    await slack.waitFor(() => slack.views(anna.id)[0]);
    expect(slack.acks.map((a) => a.kind)).toContain('interactive');
    expect(slack.problems).toEqual([]);
  });

  test.each(['warning', 'refresh_requested', 'terminate', 'silent'] as const)('reconnects after %s', async (kind) => {
    const { anna, ops } = await start();
    running = await socketApp(slack, interactive);
    const closed = slack.waitFor(() => slack.connections[0]?.closedAt !== undefined);
    slack.disconnectSockets(kind);
    await closed;
    await slack.waitFor(() => slack.openConnections === 1 && slack.connections.length === 2);
    expect(await slack.command(anna, ops, 'status')).toMatchObject({ status: 200, ack: { text: 'hi' } });
    expect(slack.callsOf('apps.connections.open')).toHaveLength(2);
  });

  test('an event raised while nobody was connected comes by retry; a command is lost', async () => {
    const { anna, ops } = await start();
    expect(await slack.command(anna, ops, 'status')).toMatchObject({ status: 0, error: 'dispatch_failed' });
    const { events } = await slack.say(anna, ops, 'anybody?');
    await slack.waitFor(() => events[0]?.attempts.length === 2);
    const texts: string[] = [];
    running = await socketApp(slack, (app) => {
      app.message(async ({ body }) => {
        texts.push(JSON.stringify(body.event));
      });
    });
    slack.retryNow();
    await slack.waitFor(() => events[0]?.state === 'acked');
    expect(events[0]?.attempts).toHaveLength(3);
    await slack.waitFor(() => texts.length === 1);
  });

  test('an unacked event comes again with a new envelope and the same id', async () => {
    const clock = createClock();
    const { anna, ops } = await start({ clock });
    running = await socketApp(slack, interactive);
    await slack.say(anna, ops, 'first');
    await slack.waitFor(() => slack.unacked.events.length === 0);
    slack.disconnectSockets('silent');
    const { events } = await slack.say(anna, ops, 'second');
    clock.advance(3000);
    await slack.waitFor(() => events[0]?.attempts.length === 1);
    expect(slack.unacked.events).toHaveLength(1);
    await slack.waitFor(() => slack.openConnections === 1 && slack.connections.length === 2);
    clock.advance(3000);
    await slack.waitFor(() => events[0]?.attempts.length === 2);
    clock.advance(60_000);
    await slack.waitFor(() => events[0]?.state === 'acked');
    const ids = (events[0]?.attempts ?? []).map((a) => a.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

const BUTTONS = [
  {
    type: 'actions',
    block_id: 'do',
    elements: [{ type: 'button', action_id: 'rotate', value: 'token-1', text: { type: 'plain_text', text: 'Rotate' } }],
  },
];

function interactive(app: Running['app']): void {
  app.command('/registry', async ({ ack }) => ack('hi'));
  app.event('message', async () => {});
  app.action('rotate', async ({ ack, client, body }) => {
    await ack();
    if (!('trigger_id' in body)) return;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'rotate',
        private_metadata: body.channel?.id ?? '',
        title: { type: 'plain_text', text: 'Rotate' },
        submit: { type: 'plain_text', text: 'Go' },
        blocks: [
          {
            type: 'input',
            block_id: 'reason',
            label: { type: 'plain_text', text: 'Why' },
            element: { type: 'plain_text_input', action_id: 'why' },
          },
        ],
      },
    });
  });
  app.view('rotate', async ({ ack, view, client }) => {
    const why = view.state.values.reason?.why?.value ?? '';
    if (why.length < 5) return ack({ response_action: 'errors', errors: { reason: 'too short' } });
    await ack();
    await client.chat.postMessage({ channel: view.private_metadata, text: `rotating: ${why}` });
  });
  app.shortcut('diagnose', async ({ ack, shortcut, respond }) => {
    await ack();
    if (shortcut.type === 'message_action') await respond(`read: ${shortcut.message.text}`);
  });
}
