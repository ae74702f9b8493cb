import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { openIdentities } from '../../../src/access/identities.js';
import { applicationOf, tryApplication } from '../../../src/access/link/oauth.js';
import { type Links, openLinks } from '../../../src/access/link/offer.js';
import { addLinks } from '../../../src/access/link/routes.js';
import { LinkStore } from '../../../src/access/link/store.js';
import type { Answer } from '../../../src/chat/answer.js';
import type { Person } from '../../../src/chat/request.js';
import { openConfig } from '../../../src/config/source.js';
import { openGitLab } from '../../../src/gitlab/client.js';
import { createHttp } from '../../../src/http.js';
import type { Logger } from '../../../src/log.js';
import { producerConnection } from '../../../src/queue/connection.js';
import { startWeb } from '../../../src/web/server.js';
import { Browser, type Shown } from '../../lab/browser.js';
import { type GitLabDouble, startGitLab } from '../../lab/gitlab/double.js';
import { makeSigningPair } from '../../lab/gitlab/keys.js';
import type { User } from '../../lab/gitlab/model.js';
import type { OAuthApplication } from '../../lab/gitlab/oauth.js';
import { freePort } from '../../lab/host/process.js';
import { startRedis } from '../../lab/host/redis.js';

export const ANA: Person = { platform: 'slack', id: 'U0ANA' };
export const MALLORY: Person = { platform: 'slack', id: 'U0MALLORY' };
/** The configuration says that this is root. */
export const ROOT: Person = { platform: 'slack', id: 'U0ROOT' };

/** Registrar's pages on a real server, a real Redis, and the double of GitLab: everything of a link but the chat. */
export interface Bench {
  gitlab: GitLabDouble;
  ana: User;
  application: OAuthApplication;
  url: string;
  redis: Redis;
  links: Links;
  /** What was logged, as one text. */
  logged(): string;
  /** All that Redis holds, as one text. */
  kept(): Promise<string>;
  advance(ms: number): void;
  /** Asks for a link, and gives its address. */
  ask(person?: Person, called?: string): Promise<string>;
  /** A browser in which somebody is signed in at GitLab; left out: nobody. */
  browser(user?: User): Browser;
  /** From the link's page to where GitLab sends the browser back, without going there. */
  consent(browser: Browser, link: string): Promise<string>;
  /** Who somebody is in GitLab; `undefined`: nobody knows. */
  who(person: Person): Promise<string | undefined>;
  /** What `registrar config check` does. */
  tryApplication(): Promise<void>;
  stopRedis(): Promise<void>;
  stop(): Promise<void>;
}

/** `secret`: what the configuration has in place of the confidential application's own. */
export async function startBench(options: { confidential?: boolean; secret?: string } = {}): Promise<Bench> {
  const { confidential = true } = options;
  const dir = await mkdtemp(join(tmpdir(), 'registrar-link-'));
  const { keyPem, certificatePem } = await makeSigningPair();
  const [gitlab, server, port] = await Promise.all([
    startGitLab({ signingKeyPem: keyPem, certificatePem }),
    startRedis(join(dir, 'redis')),
    freePort(),
  ]);
  const url = `http://127.0.0.1:${port}`;
  const application = gitlab.oauth.addApplication({ redirectUris: [`${url}/link/callback`], confidential });
  const bot = gitlab.addUser({ username: 'registrar-bot' });
  const { token } = gitlab.addPersonalToken(bot, { scopes: ['api'] });
  const ana = gitlab.addUser({ username: 'ana' });
  await writeFile(join(dir, 'oauth'), options.secret ?? application.secret);
  await writeFile(
    join(dir, 'registrar.yaml'),
    `instances:
  - name: main
    gitlab:
      url: ${gitlab.url}
      token: env:NOT_USED
      signIn: { applicationId: ${application.id}${confidential ? ', secret: file:oauth' : ''} }
    registry: { url: https://registry.example.com }
http: { address: 127.0.0.1, port: ${port}, publicUrl: ${url} }
access: { people: [{ gitlab: root, slack: ${ROOT.id} }] }
`,
  );
  const config = openConfig(join(dir, 'registrar.yaml'));
  const [instance] = config.current().instances;
  if (instance === undefined) throw new Error('no instance');
  const redis = producerConnection(server.url);
  redis.on('error', () => {});
  await once(redis, 'ready');
  let now = Date.now();
  const lines: string[] = [];
  const write = (...words: unknown[]) => void lines.push(JSON.stringify(words));
  const log = { debug: write, info: write, warn: write, error: write } as unknown as Logger;
  const store = new LinkStore(redis, () => now);
  const links = openLinks(config, store);
  const identities = openIdentities(config, store);
  const http = createHttp();
  const api = openGitLab(gitlab.url, token, http);
  const web = await startWeb(config, log, (app) => addLinks(app, config, store, log));
  return {
    gitlab,
    ana,
    application,
    url,
    redis,
    links,
    logged: () => lines.join('\n'),
    async kept() {
      const keys = await redis.keys('*');
      const values = keys.map(async (key) =>
        (await redis.type(key)) === 'hash' ? redis.hgetall(key) : redis.get(key),
      );
      return JSON.stringify([keys, await Promise.all(values)]);
    },
    advance(ms) {
      now += ms;
    },
    ask: async (person = ANA, called) =>
      linkIn(await links.offer({ person, ...(called === undefined ? {} : { called }) })),
    browser(user) {
      const browser = new Browser();
      if (user !== undefined) browser.setCookie(gitlab.url, '_gitlab_session', gitlab.oauth.signInBrowser(user));
      return browser;
    },
    async consent(browser, link) {
      const left = await browser.submit(await browser.get(link));
      const back = await browser.submit(await browser.get(left.location ?? ''));
      return back.location ?? '';
    },
    async who(person) {
      return identities.identify(person, instance, api).then(
        ({ username }) => username,
        () => undefined,
      );
    },
    async tryApplication() {
      const registered = applicationOf(instance, url, config.secret);
      if (registered === undefined) throw new Error('no application');
      await tryApplication(registered, http);
    },
    stopRedis: () => server.stop(),
    async stop() {
      await web?.stop();
      redis.disconnect();
      await Promise.all([http.close(), gitlab.stop(), server.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function linkIn({ parts }: Answer): string {
  const [link] = parts.flatMap((part) => (part.kind === 'link' ? [part.url] : []));
  if (link === undefined) throw new Error(`no link in ${JSON.stringify(parts)}`);
  return link;
}

export function headingOf({ text }: Shown): string {
  return /<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? '';
}
