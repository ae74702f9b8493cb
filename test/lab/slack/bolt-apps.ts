import bolt from '@slack/bolt';
import type { SlackDouble } from './double.js';

/** Real Bolt apps against the double, for its own tests. */
export interface Running {
  app: InstanceType<typeof bolt.App>;
  stop(): Promise<void>;
}

const { App, HTTPReceiver, LogLevel, SocketModeReceiver } = bolt;

const logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

function clientOptions(slack: SlackDouble) {
  return { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
}

export async function httpApp(slack: SlackDouble, listen: (app: Running['app']) => void): Promise<Running> {
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logger });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: clientOptions(slack),
    deferInitialization: true,
    logger,
  });
  listen(app);
  await app.init();
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  const address = 'address' in server ? server.address() : null;
  if (address === null || typeof address === 'string') throw new Error('no address');
  slack.setEventsUrl(`http://127.0.0.1:${address.port}/slack/events`);
  return {
    app,
    async stop() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await app.stop();
    },
  };
}

export async function socketApp(slack: SlackDouble, listen: (app: Running['app']) => void): Promise<Running> {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    installerOptions: { clientOptions: clientOptions(slack) },
    clientPingTimeout: 200,
    logger,
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: clientOptions(slack),
    deferInitialization: true,
    logger,
  });
  listen(app);
  await app.init();
  await app.start();
  return {
    app,
    async stop() {
      await app.stop();
    },
  };
}

export function webClient(slack: SlackDouble, token = slack.botToken): InstanceType<typeof bolt.webApi.WebClient> {
  return new bolt.webApi.WebClient(token, { ...clientOptions(slack), logger });
}
