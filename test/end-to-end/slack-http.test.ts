import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request as send } from 'undici';
import { isFinal, REFUSED_LOG, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** HTTP mode: who may speak, and what comes twice. */

let registrar: Registrar;
beforeAll(async () => {
  registrar = await startRegistrar('http');
});
afterAll(async () => {
  await registrar.stop();
  expect(registrar.slack.problems).toEqual([]);
});

describe('a request', () => {
  test.each([['wrong'], ['stale'], ['missing']] as const)(
    'with a %s signature is answered 401, and nothing is queued',
    async (signature) => {
      const { slack, ana } = registrar;
      const [jobs, calls] = [await registrar.jobs(), slack.calls.length];
      const { status } = await registrar.command(ana, registrar.channel(signature), 'status', { signature });
      expect(status).toBe(401);
      expect(await registrar.jobs()).toBe(jobs);
      expect(slack.calls).toHaveLength(calls);
    },
  );

  test('that is signed is acknowledged with an empty 200, and answered', async () => {
    const { ana } = registrar;
    const channel = registrar.channel('signed');
    const { status, ack } = await registrar.command(ana, channel, 'status');
    expect({ status, ack }).toEqual({ status: 200, ack: undefined });
    expect(wordsOf(await registrar.said(channel, isFinal))).toContain('lab: the registry');
  });

  test('of Slack’s own checks is answered as Slack wants it', async () => {
    const { slack } = registrar;
    expect(await slack.urlVerification('a-challenge')).toMatchObject({
      status: 200,
      ack: { challenge: 'a-challenge' },
    });
    expect(await slack.sslCheck()).toMatchObject({ status: 200 });
  });
});

describe('what comes twice is done once', () => {
  let relay: Server;
  const direct = () => `http://127.0.0.1:${port}/slack/events`;
  let port = 0;

  /** Between Slack and the app: sends each request three times, to the byte. */
  beforeAll(async () => {
    port = registrar.port();
    relay = createServer((request, response) => void replay(request, response, direct()));
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    const address = relay.address();
    if (typeof address === 'object') registrar.slack.setEventsUrl(`http://127.0.0.1:${address?.port}/slack/events`);
  });
  afterAll(async () => {
    registrar.slack.setEventsUrl(direct());
    relay.closeAllConnections();
    relay.close();
    await once(relay, 'close');
  });

  test('a replayed command', async () => {
    const channel = registrar.channel('replayed');
    const jobs = await registrar.jobsOf(async () => {
      const { status } = await registrar.command(registrar.ana, channel, 'status');
      expect(status).toBe(200);
      await registrar.said(channel, isFinal);
    });
    expect(jobs).toBe(1);
    expect(registrar.slack.messages(channel.id)).toHaveLength(1);
  });

  test('a replayed command that needs no job', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('replayed-help');
    const told = () => slack.ephemerals(ana.id).filter((one) => one.channel === channel.id);
    const jobs = await registrar.jobsOf(async () => {
      await registrar.command(ana, channel, 'hlep');
      await slack.waitFor(() => told().length > 0);
    });
    expect(jobs).toBe(0);
    expect(told()).toHaveLength(1);
  });

  test('a redelivered event, and a post that is a mention and a message', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('both');
    const jobs = await registrar.jobsOf(async () => {
      const { events } = await slack.say(ana, channel, REFUSED_LOG, { mention: true });
      expect(events.length).toBeGreaterThan(1);
      await registrar.said(channel, isFinal);
      for (const { eventId } of events) await slack.redeliver(eventId, { reason: 'http_timeout' });
    });
    expect(jobs).toBe(1);
    expect(slack.messages(channel.id).filter(({ botId }) => botId !== undefined)).toHaveLength(1);
  });
});

async function replay(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  const { host: _, connection: __, ...headers } = request.headers as Record<string, string>;
  const statuses: number[] = [];
  for (let time = 0; time < 3; time++) {
    // Each on a connection of its own: one that is kept may just be closed by the app's server, for it was idle.
    const answer = await send(url, { method: 'POST', headers, body, reset: true });
    await answer.body.dump();
    statuses.push(answer.statusCode);
  }
  response.writeHead(Math.max(...statuses)).end();
}
