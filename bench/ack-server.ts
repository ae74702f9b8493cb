import { App, HTTPReceiver } from '@slack/bolt';
import { startApp } from '../src/app.js';
import { clientOptions } from '../src/chat/slack/chat.js';
import { openConfig } from '../src/config/source.js';
import { createLogger } from '../src/log.js';
import { answerParent } from './child.js';

/** A Bolt app behind HTTP in a process of its own: Registrar's chat side as it is, or one that only acknowledges. */
export interface ServerOptions {
  is: 'ours' | 'bare';
  configPath: string;
  redisUrl: string;
  slack: { apiUrl: string; botToken: string; signingSecret: string };
}

export interface ServerState {
  port: number;
  /** Used since its start. */
  cpuMs: number;
}

const options = JSON.parse(process.argv[2] ?? '') as ServerOptions;
const port = options.is === 'ours' ? await startOurs(options) : await startBare(options);
answerParent<object, ServerState>(async () => {
  const { user, system } = process.cpuUsage();
  return { port, cpuMs: (user + system) / 1000 };
});

async function startOurs({ configPath, redisUrl }: ServerOptions): Promise<number> {
  const { slack } = await startApp(openConfig(configPath), redisUrl, createLogger());
  if (slack?.port === undefined) throw new Error('the app listens nowhere');
  return slack.port;
}

async function startBare({ slack: { apiUrl, botToken, signingSecret } }: ServerOptions): Promise<number> {
  const app = new App({
    token: botToken,
    receiver: new HTTPReceiver({ signingSecret }),
    clientOptions: clientOptions({ apiUrl }),
    deferInitialization: true,
  });
  app.command('/registry', async ({ ack }) => {
    await ack();
  });
  await app.init();
  const server = await app.start(0);
  const address = 'address' in server ? server.address() : null;
  if (address === null || typeof address === 'string') throw new Error('the bare app listens nowhere');
  return address.port;
}
