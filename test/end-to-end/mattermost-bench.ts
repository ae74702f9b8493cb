import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../src/app.js';
import { openConfig } from '../../src/config/source.js';
import { createLogger } from '../../src/log.js';
import type { Running } from '../../src/running.js';
import { startWorker } from '../../src/worker.js';
import { freePort } from '../lab/host/process.js';
import { type Lab, startLab } from '../lab/lab.js';
import {
  type Bot,
  type Channel,
  type Command,
  type MattermostDouble,
  type Person,
  type Post,
  startMattermost,
  type Team,
} from '../lab/mattermost/double.js';

/** The real app and the real worker on the lab's real parts, with the Mattermost double; for end-to-end tests. */
export interface MattermostBench {
  lab: Lab;
  mattermost: MattermostDouble;
  team: Team;
  bot: Bot;
  command: Command;
  /** Maintains shop/api, and is known by the configuration. */
  ana: Person;
  /** Develops there only. */
  bob: Person;
  /** Where the app listens. */
  url: string;
  /** A new channel with both of them, and the bot, in it. */
  channel(name: string, more?: { withoutBot?: true }): Channel;
  /** The first post of the bot that fits, now or later. */
  said(where: Channel, fits?: (post: Post) => boolean): Promise<Post>;
  startApp(): Promise<void>;
  stopApp(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMattermostBench(): Promise<MattermostBench> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-mm-'));
  const lab = await startLab({ dir, redis: true });
  const mattermost = await startMattermost();
  mattermost.settings.AllowedUntrustedInternalConnections = '127.0.0.1';
  const redisUrl = lab.redis?.url;
  if (redisUrl === undefined) throw new Error('the lab came without Redis');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const team = mattermost.addTeam('acme');
  const [ana, bob] = [mattermost.addUser({ username: 'ana' }), mattermost.addUser({ username: 'bob' })];
  const bot = mattermost.addBot('registrar');
  for (const one of [ana, bob, bot]) mattermost.joinTeam(one, team);
  const command = mattermost.addCommand(team, 'registry', `${url}/chat/mattermost/command`);
  await writeFile(join(dir, 'secrets', 'mattermost'), bot.token, { mode: 0o600 });
  await writeFile(join(dir, 'secrets', 'command'), command.token, { mode: 0o600 });
  await lab.configure({
    extra: [
      ...['    - gitlab: ana', `      mattermost: ${ana.id}`, '    - gitlab: bob', `      mattermost: ${bob.id}`],
      `http: { address: 127.0.0.1, port: ${port} }`,
      ...['chat:', '  mattermost:', `    url: ${mattermost.url}`, '    token: file:secrets/mattermost'],
      ...[`    callbackUrl: ${url}`, '    commands: { acme: file:secrets/command }', ''],
    ].join('\n'),
  });
  const config = openConfig(lab.configPath);
  const log = createLogger('silent');
  const worker = await startWorker(config, redisUrl, log);
  let app: Running | undefined;
  const bench: MattermostBench = {
    ...{ lab, mattermost, team, bot, command, ana, bob, url },
    channel(name, { withoutBot } = {}) {
      const channel = mattermost.addChannel(team, name);
      for (const one of [ana, bob, ...(withoutBot ? [] : [bot])]) mattermost.join(one, channel);
      return channel;
    },
    said: (where, fits = isFinal) =>
      mattermost.waitFor(() => mattermost.posted(where).find((post) => post.user_id === bot.id && fits(post)), {
        timeoutMs: 30_000,
        what: String(fits),
      }),
    async startApp() {
      app = await startApp(config, redisUrl, log);
    },
    async stopApp() {
      await app?.stop();
      app = undefined;
    },
    async stop() {
      await bench.stopApp();
      await worker.stop();
      await Promise.all([mattermost.stop(), lab.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
  await bench.startApp();
  return bench;
}

/** The final answer: no longer under way. */
export function isFinal({ message }: Pick<Post, 'message'>): boolean {
  return !message.startsWith('⏳');
}
