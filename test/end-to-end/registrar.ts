import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { startApp } from '../../src/app.js';
import { type ConfigSource, openConfig } from '../../src/config/source.js';
import { createLogger } from '../../src/log.js';
import { PREFIX } from '../../src/queue/connection.js';
import { JOBS } from '../../src/queue/jobs.js';
import type { Running } from '../../src/running.js';
import { startWorker } from '../../src/worker.js';
import { waitFor } from '../lab/host/process.js';
import { type Lab, startLab } from '../lab/lab.js';
import type { SlackChannel, SlackDouble, SlackUser, StoredEphemeral, StoredMessage } from '../lab/slack/double.js';

/** What GitLab's webhook is verified with. */
export const HOOK_SECRET = 'the secret of the hook';

/** The real app and the real worker on the lab's real parts, with the Slack double; for end-to-end tests. */
export interface Registrar {
  lab: Lab;
  slack: SlackDouble;
  redis: Redis;
  /** Maintains shop/api, and is known by the configuration. */
  ana: SlackUser;
  /** Develops in shop/api only. */
  bob: SlackUser;
  /** Where the failures of the group shop are told, and where incidents are. */
  alerts: SlackChannel;
  operators: SlackChannel;
  /** GitLab's hook, as it is sent. */
  hook(body: object, secret?: string): Promise<Response>;
  /** A new channel with the bot in it. */
  channel(name: string): SlackChannel;
  /** As slack.command, once the app is connected: Slack delivers no command later. */
  command: SlackDouble['command'];
  /** The first message of the bot that fits, now or later. */
  said(where: SlackChannel, fits: (message: StoredMessage) => boolean): Promise<StoredMessage>;
  /** What only one person sees, with those words, now or later. */
  toldAlone(person: SlackUser, words: string): Promise<StoredEphemeral>;
  /** All jobs there are in the queues that commands feed. */
  jobs(): Promise<number>;
  /** Jobs that `work` made: all that was asked before the end is queued by then. */
  jobsOf(work: () => Promise<unknown>): Promise<number>;
  /** Lets people sign in at GitLab, from now on; the address of Registrar’s pages. */
  allowSignIn(): Promise<string>;
  /** Where the app listens in HTTP mode. */
  port(): number;
  /** Where GitLab's hooks come in. */
  webPort(): number;
  startApp(): Promise<void>;
  stopApp(): Promise<void>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRegistrar(mode: 'socket' | 'http'): Promise<Registrar> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-e2e-'));
  const lab = await startLab({ dir, slack: mode, redis: true });
  const { slack } = lab;
  const url = lab.redis?.url;
  if (slack === undefined || url === undefined) throw new Error('the lab came without Slack or Redis');
  const ana = slack.addUser({ name: 'ana.maintainer' });
  const bob = slack.addUser({ name: 'bob.developer' });
  const alerts = slack.addChannel({ name: 'shop-alerts', botIsMember: true });
  const operators = slack.addChannel({ name: 'operators', botIsMember: true });
  await writeFile(join(dir, 'secrets', 'hook'), HOOK_SECRET, { mode: 0o600 });
  const changes = {
    instance: `    hook:\n      secret: file:secrets/hook\n      channels: [{ project: shop, slack: ${alerts.id} }]\n    operations: { allow: [restart], people: [ana, bob] }`,
    extra: `    - gitlab: ana\n      slack: ${ana.id}\n    - gitlab: bob\n      slack: ${bob.id}\nhttp: { address: 127.0.0.1, port: 0 }\nincidents: { slack: ${operators.id}, projects: 3 }\n`,
  };
  await lab.configure(changes);
  const config: ConfigSource = openConfig(lab.configPath);
  const log = createLogger('silent');
  const redis = new Redis(url, { protocol: 2, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  const queues = Object.keys(JOBS).map((name) => {
    const queue = new Queue(name, { connection: redis, prefix: PREFIX });
    queue.on('error', () => {});
    return queue;
  });
  const connected = () => slack.waitFor(() => slack.openConnections > 0, { timeoutMs: 30_000, what: 'a connection' });
  let app: Awaited<ReturnType<typeof startApp>> | undefined;
  let worker: Running | undefined;
  const registrar: Registrar = {
    lab,
    slack,
    redis,
    ana,
    bob,
    alerts,
    operators,
    hook: (body, secret = HOOK_SECRET) =>
      fetch(`http://127.0.0.1:${app?.webPort}/hooks/gitlab/lab`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-gitlab-event': 'Job Hook', 'x-gitlab-token': secret },
        body: JSON.stringify(body),
      }),
    channel: (name) => slack.addChannel({ name, botIsMember: true, members: [ana, bob] }),
    command: async (...args) => {
      if (mode === 'socket') await connected();
      return slack.command(...args);
    },
    said: (where, fits) =>
      slack
        .waitFor(
          () => {
            // Slack repeats an event that met a reconnecting app after a minute: here at once.
            if (slack.openConnections > 0) slack.retryNow();
            return slack.messages(where.id).find((one) => one.botId === slack.botId && fits(one));
          },
          {
            timeoutMs: 30_000,
            what: String(fits),
          },
        )
        .catch((error: unknown) => {
          throw new Error(`${String(error)}; there is ${JSON.stringify(slack.messages(where.id), undefined, 1)}`);
        }),
    jobs: async () => {
      const counts = await Promise.all(queues.map((queue) => queue.getJobCounts()));
      return counts.flatMap((one) => Object.values(one)).reduce((sum, count) => sum + count, 0);
    },
    async jobsOf(work) {
      const before = await registrar.jobs();
      await work();
      // Requests are queued in the order of their coming: behind the last one comes this.
      const channel = registrar.channel(`last-${before}`);
      await registrar.command(ana, channel, 'status no-such-instance');
      await registrar.said(channel, isFinal);
      return (await registrar.jobs()) - before - 1;
    },
    toldAlone: (person, words) =>
      slack.waitFor(() => slack.ephemerals(person.id).find(({ text }) => text.includes(words)), { what: words }),
    async allowSignIn() {
      const url = `http://127.0.0.1:${app?.webPort}`;
      const { id, secret } = lab.gitlab.oauth.addApplication({ redirectUris: [`${url}/link/callback`] });
      await writeFile(join(dir, 'secrets', 'oauth'), secret, { mode: 0o600 });
      await lab.configure({
        ...changes,
        extra: changes.extra.replace('port: 0 }', `port: 0, publicUrl: '${url}' }`),
        signIn: `{ applicationId: ${id}, secret: file:secrets/oauth }`,
      });
      // The file's time has the grain of the file system.
      await waitFor('the new configuration', async () => (config.current().http?.publicUrl === url ? true : undefined));
      return url;
    },
    port: () => app?.slack?.port ?? 0,
    webPort: () => app?.webPort ?? 0,
    async startApp() {
      app = await startApp(config, url, log);
      if (mode === 'http') slack.setEventsUrl(`http://127.0.0.1:${registrar.port()}/slack/events`);
    },
    async stopApp() {
      await app?.stop();
      app = undefined;
    },
    async startWorker() {
      worker = await startWorker(config, url, log);
    },
    async stopWorker() {
      await worker?.stop();
      worker = undefined;
    },
    async stop() {
      await registrar.stopApp();
      await registrar.stopWorker();
      await Promise.all(queues.map((queue) => queue.close()));
      redis.disconnect();
      await lab.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    await registrar.startWorker();
    await registrar.startApp();
  } catch (error) {
    await registrar.stop();
    throw error;
  }
  return registrar;
}

/** Everything that a message shows, as one text. */
export function wordsOf({ text, blocks = [] }: Pick<StoredMessage, 'text'> & { blocks?: unknown[] }): string {
  return [text, ...texts(blocks)].join('\n');
}

/** The final answer: no longer under way. */
export function isFinal({ text }: StoredMessage): boolean {
  return !text.startsWith('⏳');
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (['type', 'block_id'].includes(key) ? [] : texts(inner)));
}

/** A log that the catalogue knows. */
export const REFUSED_LOG = [
  '$ docker login -u ci -p $CI_TOKEN registry.example.com',
  'Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied.',
  'ERROR: Job failed: exit code 1',
].join('\n');
