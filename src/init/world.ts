import { WebClient } from '@slack/web-api';
import { clientOptions } from '../chat/slack/chat.js';
import type { Host, SlackConfig } from '../config/schema.js';
import { EdgeError, messageOf } from '../errors.js';
import { openGitLab } from '../gitlab/client.js';
import { notGitLab } from '../gitlab/requester.js';
import { offeredKey } from '../host/host-key.js';
import { createSshPool } from '../host/pool.js';
import { createHttp, type HttpClient } from '../http.js';
import { openRegistry } from '../registry/client.js';
import { probeTls, type TlsFacts } from '../registry/tls.js';
import type { SecretReference } from '../secrets/reference.js';

const TLS_MS = 6_000;

/** A GitLab to be tried. */
export interface GitLabTry {
  url: string;
  ca: string | undefined;
}

/**
 * Whatever `registrar init` tries an answer against. Errors: `EdgeError` where an answer does not pass; none of them
 * repeats a secret.
 */
export interface World {
  /** What https shows there. Errors: the network's own. */
  certificate(url: URL, ca: string | undefined): Promise<TlsFacts>;
  /** Passes when a GitLab answers, whoever asks. */
  gitlab(at: GitLabTry): Promise<void>;
  token(at: GitLabTry, token: string): Promise<{ username: string; scopes: string[]; expiresAt: string | undefined }>;
  /** Host and port of its registry, as some project's images have it. */
  registryOf(at: GitLabTry, token: string): Promise<string | undefined>;
  /** Where the registry sends for tokens. */
  realm(at: GitLabTry, registryUrl: string): Promise<string>;
  /** The username as GitLab writes it; `undefined` when there is none. */
  user(at: GitLabTry, token: string, name: string): Promise<string | undefined>;
  hostKey(to: Pick<Host, 'address' | 'port' | 'user'>): Promise<string>;
  /** Logs in; gives whether sudo works there without a password. */
  login(host: Host): Promise<{ sudo: boolean }>;
  /** Whose token it is. */
  slack(token: string, apiUrl: string): Promise<string>;
}

export function openWorld(secret: (reference: SecretReference) => string): World {
  return {
    certificate: (url, ca) => probeTls(url.hostname.replace(/^\[|\]$/g, ''), Number(url.port || 443), ca, TLS_MS),

    gitlab: (at) =>
      withHttp(at.ca, async (http) => {
        const answer = await http(`${at.url}/api/v4/version`).catch((error: unknown) => {
          throw new EdgeError({
            part: 'gitlab',
            code: 'gitlab-unreachable',
            forPerson: { what: `nothing answers at ${at.url}`, why: messageOf(error), next: 'correct the address' },
          });
        });
        // Without a token GitLab refuses, in words of its own.
        if (answer.status !== 401 || !/"(?:message|error)"\s*:\s*"401 Unauthorized"/.test(answer.text))
          throw notGitLab(at.url, `GET /api/v4/version without a token is answered ${answer.status}`);
      }),

    token: (at, token) =>
      withGitLab(at, token, async (gitlab) => {
        const [{ scopes, expires_at }, { username }] = [await gitlab.ownToken(), await gitlab.ownUser()];
        return { username, scopes, expiresAt: expires_at ?? undefined };
      }),

    registryOf: (at, token) =>
      withGitLab(at, token, async (gitlab) => {
        const [some] = await gitlab.searchProjects('');
        const project = some === undefined ? undefined : await gitlab.project(some.path_with_namespace);
        return project?.container_registry_image_prefix?.split('/')[0];
      }),

    realm: (at, registryUrl) =>
      withHttp(at.ca, async (http) => {
        const { status, challenge } = await openRegistry(registryUrl, http, []).ping();
        if (status === 401 && challenge !== undefined) return challenge.realm;
        throw new EdgeError({
          part: 'registry',
          code: 'registry-protocol',
          forPerson: {
            what: `${registryUrl}/v2/ answers ${status}${challenge === undefined ? ', and does not say where tokens are' : ''}, not as GitLab’s registry`,
            next: 'take registry_external_url of gitlab.rb',
          },
        });
      }),

    user: (at, token, name) => withGitLab(at, token, async (gitlab) => (await gitlab.user(name))?.username),

    hostKey: offeredKey,

    async login(host) {
      const pool = createSshPool(secret);
      try {
        // A key that can do nothing but look runs its own command, and that is a login too.
        await pool.run(host, 'sh -s', 'exit 0\n');
        if (host.user === 'root') return { sudo: false };
        return { sudo: (await pool.run(host, 'sudo -n sh -s', 'exit 0\n')).code === 0 };
      } finally {
        await pool.close();
      }
    },

    async slack(token, apiUrl) {
      const client = new WebClient(token, clientOptions({ apiUrl } as SlackConfig));
      try {
        const { user, team } = await client.auth.test();
        return `${user} in ${team}`;
      } catch (error) {
        throw new EdgeError({
          part: 'slack',
          code: 'slack-failed',
          forPerson: {
            what: 'Slack refuses it',
            why: messageOf(error),
            next: 'copy it again, after installing the app',
          },
        });
      }
    },
  };
}

async function withHttp<T>(ca: string | undefined, work: (http: HttpClient) => Promise<T>): Promise<T> {
  const http = createHttp(ca);
  try {
    return await work(http);
  } finally {
    await http.close();
  }
}

function withGitLab<T>(
  { url, ca }: GitLabTry,
  token: string,
  work: (gitlab: ReturnType<typeof openGitLab>) => Promise<T>,
): Promise<T> {
  return withHttp(ca, (http) => work(openGitLab(url, token, http)));
}
