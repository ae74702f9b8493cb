import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRedis } from '../test/lab/host/redis.js';
import { startSlack } from '../test/lab/slack/double.js';
import type { Latency, Load } from './ack-client.js';
import type { ServerOptions, ServerState } from './ack-server.js';
import type { Bench, Benchmark } from './bench.js';
import { type Child, startChild } from './child.js';
import { alternate, pairsOf, type Result, result } from './result.js';

const ROUNDS = 9;
const REQUESTS = 5_000;
const CONCURRENCY = 50;
/** Between two bursts: enough for what the last one queued. Milliseconds. */
const PAUSE_MS = 100;
const BURSTS = 40;
/** Longest wait for the jobs of a round. Milliseconds. */
const DRAIN_MS = 60_000;

interface Measured extends Latency {
  /** Milliseconds a request, with what is done behind the acknowledgement. */
  cpu: number;
}

/**
 * How long a person waits for the acknowledgement: a signed `/registry status` through HTTP, Bolt, the front desk
 * and the dispatcher, with a real Redis and a worker in its own process, against a Bolt app that only acknowledges.
 */
export const ack: Benchmark = async (bench) => {
  const parts = await startParts(bench);
  let from = 0;
  let sent = 0;

  async function load(is: 'ours' | 'bare', requests: number, pauseMs: number | null): Promise<Measured> {
    const { client, signingSecret, servers, worker } = parts;
    const { port, cpuMs } = await servers[is].ask({});
    from += requests;
    const latency = await client.ask({
      port,
      signingSecret,
      requests,
      concurrency: CONCURRENCY,
      from,
      pauseMs,
    });
    if (is === 'ours') sent += requests;
    // The baseline's turn begins when ours has done all it queued; a request that was lost would end it here.
    for (const begun = Date.now(); (await worker.ask({})) < sent; ) {
      if (Date.now() - begun > DRAIN_MS) throw new Error(`${await worker.ask({})} of ${sent} requests were done`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { ...latency, cpu: ((await servers[is].ask({})).cpuMs - cpuMs) / requests };
  }

  const results: Result[] = [];
  for (const { name, requests, pauseMs, how, aim } of [
    {
      // Both servers are saturated here: a request's time is then the CPU of the fifty before it, not a wait for us.
      // Shown without an aim, so that nobody has to guess: p99 is about twice the baseline's.
      name: 'saturated',
      requests: REQUESTS,
      pauseMs: null,
      aim: undefined,
      how: `${REQUESTS} requests, ${CONCURRENCY} always under way`,
    },
    {
      name: '50 at once',
      requests: BURSTS * CONCURRENCY,
      pauseMs: PAUSE_MS,
      aim: { is: 'at most', ratio: 1.3 } as const,
      how: `${BURSTS} bursts of ${CONCURRENCY}, ${PAUSE_MS} ms between`,
    },
  ]) {
    await load('ours', requests, pauseMs);
    await load('bare', requests, pauseMs);
    const rounds = await alternate(
      ROUNDS,
      () => load('ours', requests, pauseMs),
      () => load('bare', requests, pauseMs),
    );
    const of = { bench: 'ack', what: how, baselineName: 'bare Bolt app that only acks' };
    results.push(
      result(
        { ...of, name: `p50 ${name}`, unit: 'ms' },
        pairsOf(rounds, ({ p50 }) => p50),
      ),
      result(
        { ...of, name: `p99 ${name}`, unit: 'ms' },
        pairsOf(rounds, ({ p99 }) => p99),
        aim,
      ),
      result(
        { ...of, name: `server's CPU ${name}`, unit: 'ms/request' },
        pairsOf(rounds, ({ cpu }) => cpu),
      ),
    );
  }
  return results;
};

async function startParts({ dir, own }: Bench) {
  const [redis, slack] = await Promise.all([startRedis(join(dir, 'redis')), startSlack()]);
  own(redis);
  own(slack);
  const configPath = join(dir, 'registrar.yaml');
  await writeFile(join(dir, 'bot'), slack.botToken, { mode: 0o600 });
  await writeFile(join(dir, 'signing'), slack.signingSecret, { mode: 0o600 });
  await writeFile(
    configPath,
    [
      'dataDir: ./data',
      'instances: [{name: lab, gitlab: {url: "http://127.0.0.1:9", token: "file:bot"}, registry: {url: "http://127.0.0.1:9"}}]',
      `chat: {slack: {mode: http, botToken: "file:bot", signingSecret: "file:signing", port: 0, apiUrl: "${slack.apiUrl}"}}`,
      '',
    ].join('\n'),
  );
  const { apiUrl, botToken, signingSecret } = slack;
  const server = async (is: ServerOptions['is']) => {
    const options: ServerOptions = {
      is,
      configPath,
      redisUrl: redis.url,
      slack: { apiUrl: apiUrl.replace(/\/$/, ''), botToken, signingSecret },
    };
    return own(await startChild<object, ServerState>('ack-server', [JSON.stringify(options)]));
  };
  const worker: Child<object, number> = own(await startChild('idle-worker', [redis.url]));
  const client: Child<Load, Latency> = own(await startChild('ack-client'));
  return { servers: { ours: await server('ours'), bare: await server('bare') }, worker, client, signingSecret };
}
