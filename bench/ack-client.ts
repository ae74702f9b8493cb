import { Pool } from 'undici';
import { signSlack } from '../test/lab/slack/sign.js';
import { answerParent } from './child.js';
import { percentile } from './result.js';

/** Signed slash commands to one server, with its own connections that are kept alive. */
export interface Load {
  port: number;
  signingSecret: string;
  /** With those that are not counted. */
  requests: number;
  concurrency: number;
  /** Of the first trigger id; each request has its own. */
  from: number;
  /** `burst`: as many at once as `concurrency`, and the next ones when all are answered and the pause is over. */
  pauseMs: number | null;
}

export interface Latency {
  p50: number;
  p99: number;
  perSecond: number;
}

/** The first requests of each connection are not counted: they open it. */
const LEAD = 4;

answerParent<Load, Latency>(async (load) => {
  const pool = new Pool(`http://127.0.0.1:${load.port}`, { connections: load.concurrency, pipelining: 1 });
  try {
    // Signed beforehand: the client's own work must not count.
    const lead = load.concurrency * LEAD;
    const requests = Array.from({ length: load.requests }, (_, index) => signed(load, load.from + index));
    const latencies: number[] = [];
    const begun = performance.now();
    if (load.pauseMs === null) await Promise.all(Array.from({ length: load.concurrency }, () => sendOn(requests)));
    else {
      while (requests.length > 0) {
        await Promise.all(requests.splice(0, load.concurrency).map(send));
        await new Promise((resolve) => setTimeout(resolve, load.pauseMs ?? 0));
      }
    }
    const perSecond = (latencies.length / (performance.now() - begun)) * 1000;
    const counted = latencies.slice(lead);
    return { p50: percentile(counted, 50), p99: percentile(counted, 99), perSecond };

    async function sendOn(queue: Signed[]): Promise<void> {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) await send(next);
    }

    async function send({ body, headers }: Signed): Promise<void> {
      const sent = performance.now();
      const response = await pool.request({ method: 'POST', path: '/slack/events', headers, body });
      await response.body.dump();
      latencies.push(performance.now() - sent);
      if (response.statusCode !== 200) throw new Error(`the server answered ${response.statusCode}`);
    }
  } finally {
    await pool.destroy();
  }
});

interface Signed {
  body: string;
  headers: Record<string, string>;
}

function signed({ signingSecret }: Load, number: number): Signed {
  const body = new URLSearchParams({
    token: 'lab-verification-token',
    team_id: 'T0BENCH001',
    team_domain: 'bench',
    channel_id: 'C0BENCH001',
    channel_name: 'deploys',
    user_id: 'U0BENCH001',
    user_name: 'ana',
    command: '/registry',
    text: 'status',
    api_app_id: 'A0BENCH001',
    is_enterprise_install: 'false',
    response_url: 'http://127.0.0.1:9/commands/none',
    trigger_id: `${number}.1.bench`,
  }).toString();
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': signSlack(signingSecret, timestamp, body),
    },
  };
}
