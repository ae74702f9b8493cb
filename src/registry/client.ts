import { EdgeError, messageOf, RETRY_MS } from '../errors.js';
import type { Http, HttpAnswer } from '../http.js';
import { traced } from '../runs/trace.js';
import { type CanaryOutcome, pushAndPull } from './canary.js';
import { type Challenge, parseChallenge } from './challenge.js';
import type { Credentials, Granted, Handshake, Ping, Refusal } from './protocol.js';
import { refusalOf } from './refusal.js';

/**
 * The registry as a client sees it: one step of the protocol per method.
 *
 * Errors: `registry-unreachable` when there is no answer, `registry-protocol` when the answer is no registry's,
 * `realm-not-trusted` when the challenge points to a host that the configuration does not name.
 */
export interface Registry {
  readonly url: string;
  /** `GET /v2/`, with a token of GitLab's to see whether the registry takes it. */
  ping(token?: string): Promise<Ping>;
  /** Asks the realm for a token. Without credentials: an anonymous one. Scopes as in `repository:shop/api:pull,push`. */
  handshake(challenge: Challenge, scopes: string[], credentials?: Credentials): Promise<Handshake>;
  /**
   * Opens an upload session and cancels it: tests rights, forwarded headers and that storage takes a write.
   *
   * `left`: why the session was not cancelled; the registry then purges it after a week.
   */
  probeUpload(
    repository: string,
    token: string,
  ): Promise<{ is: 'accepted'; location: string; left?: string } | ({ is: 'refused' } & Refusal)>;
  /** Pushes a tiny image to a repository that is Registrar's own, pulls it and deletes it. */
  probeImage(repository: string, token: string): Promise<CanaryOutcome>;
}

/**
 * `realmOrigins`: scheme, host and port that may be sent credentials; the registry's challenge is not believed, for it
 * could name another host, or plain http on the same one.
 * `ownLogin`: Registrar's own. Cancelling an upload takes the right to delete, which GitLab gives to no deploy token.
 */
export function openRegistry(
  url: string,
  http: Http,
  realmOrigins: readonly string[],
  ownLogin?: () => Promise<Credentials>,
): Registry {
  const origin = new URL(url);
  /** How the registry asked for a token the last time. */
  let asked: Challenge | undefined;

  async function call(target: URL | string, options?: Parameters<Http>[1]): Promise<HttpAnswer> {
    try {
      const { host, pathname } = new URL(target);
      const what = `${options?.method ?? 'GET'} ${host}${pathname}`;
      return await traced(
        'registry',
        what,
        () => http(target, options),
        ({ status }) => String(status),
      );
    } catch (error) {
      const host = new URL(target).host;
      throw new EdgeError({
        part: host === origin.host ? 'registry' : 'gitlab',
        code: host === origin.host ? 'registry-unreachable' : 'gitlab-unreachable',
        retry: { afterMs: RETRY_MS },
        cause: error,
        forPerson: {
          what:
            host === origin.host
              ? `the registry at ${origin.origin} does not answer`
              : `the token endpoint at ${host} does not answer`,
          why: messageOf(error),
          next: '/registry status shows which part of the chain is broken',
        },
      });
    }
  }

  const handshake: Registry['handshake'] = async (challenge, scopes, credentials) => {
    const realm = trustedRealm(challenge.realm, realmOrigins);
    if (challenge.service !== undefined) realm.searchParams.set('service', challenge.service);
    for (const scope of scopes) realm.searchParams.append('scope', scope);
    if (credentials !== undefined) realm.searchParams.set('account', credentials.username);
    const authorization =
      credentials === undefined
        ? {}
        : {
            authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`,
          };
    const answer = await call(realm, { headers: authorization });
    if (answer.status !== 200) return refused(answer);
    const token = tokenOf(answer.text);
    if (token === undefined)
      throw protocol(`the token endpoint ${realm.origin}${realm.pathname} answered 200, but not with a token`);
    return { is: 'granted', token, ...claims(token) };
  };

  /** Cancels an upload session; gives the reason where it stays, for what it was opened for is proven without. */
  async function cancel(upload: URL, repository: string, token: string): Promise<string | undefined> {
    const remove = (bearer: string) =>
      call(upload, { method: 'DELETE', headers: { authorization: `Bearer ${bearer}` } });
    const reasonIn = (answer: HttpAnswer) =>
      answer.status < 300 || answer.status === 404 ? undefined : refused(answer).message;
    const asOurselves = async (challenge: Challenge, login: Credentials) => {
      const own = await handshake(challenge, [`repository:${repository}:delete`], login);
      return own.is === 'granted' ? reasonIn(await remove(own.token)) : own.message;
    };
    try {
      if (ownLogin === undefined) return reasonIn(await remove(token));
      // What is known to be refused is not tried.
      if (asked !== undefined && !mayDelete(token, repository)) return await asOurselves(asked, await ownLogin());
      const answer = await remove(token);
      const challenge = answer.status === 401 ? parseChallenge(answer.headers['www-authenticate']) : undefined;
      return challenge === undefined ? reasonIn(answer) : await asOurselves(challenge, await ownLogin());
    } catch (error) {
      return messageOf(error);
    }
  }

  return {
    url,
    async ping(token) {
      const begun = performance.now();
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const { status, headers } = await call(new URL('/v2/', origin), { headers: authorization });
      const challenge = parseChallenge(headers['www-authenticate']);
      asked = challenge ?? asked;
      const apiVersion = headers['docker-distribution-api-version'];
      const gitlabVersion = headers['gitlab-container-registry-version'];
      const date = Date.parse(headers.date ?? '');
      return {
        status,
        ms: performance.now() - begun,
        ...(apiVersion === undefined ? {} : { apiVersion }),
        ...(challenge === undefined ? {} : { challenge }),
        ...(gitlabVersion === undefined ? {} : { gitlabVersion }),
        ...(Number.isNaN(date) ? {} : { date }),
      };
    },

    handshake,

    async probeUpload(repository, token) {
      const opened = await call(new URL(`/v2/${repository}/blobs/uploads/`, origin), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      if (opened.status !== 202) return refused(opened);
      const { location } = opened.headers;
      const upload = location !== undefined && URL.canParse(location, url) ? new URL(location, url) : undefined;
      if (upload === undefined) throw protocol('the registry opened an upload without saying where');
      // A Location elsewhere is a finding (wrong forwarded headers), not a place to send a token to.
      const left =
        upload.origin === origin.origin ? await cancel(upload, repository, token) : 'it is at another address';
      return {
        is: 'accepted',
        location: upload.href.replace(/\?.*$/, ''),
        ...(left === undefined ? {} : { left }),
      };
    },

    probeImage: (repository, token) => pushAndPull(origin, repository, token, call),
  };
}

function trustedRealm(realm: string, origins: readonly string[]): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url !== undefined && origins.includes(url.origin) && url.username === '' && url.password === '') return url;
  throw new EdgeError({
    part: 'registry',
    code: 'realm-not-trusted',
    forPerson: {
      what: `the registry sends clients to ${url === undefined ? 'no URL' : `${url.protocol}//${url.host}`} for a token, which is not the configured GitLab`,
      why: 'credentials go only where the configuration says, by scheme, host and port',
      next: "compare external_url and registry['token_realm'] of gitlab.rb with gitlab.url of Registrar’s configuration",
    },
  });
}

function refused(answer: HttpAnswer): { is: 'refused' } & Refusal {
  return { is: 'refused', ...refusalOf(answer) };
}

function tokenOf(text: string): string | undefined {
  try {
    // Some endpoints set access_token instead of token; the specification allows both.
    const { token, access_token } = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    const value = token ?? access_token;
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What the token grants, read without verifying it: only the registry has the key, and only it has to be sure. */
function claims(token: string): { access: Granted[]; issuedAt?: number; expiresAt?: number } {
  try {
    const { access, iat, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      access?: Granted[];
      iat?: number;
      exp?: number;
    };
    return {
      access: access ?? [],
      ...(iat === undefined ? {} : { issuedAt: iat * 1000 }),
      ...(exp === undefined ? {} : { expiresAt: exp * 1000 }),
    };
  } catch {
    return { access: [] };
  }
}

function mayDelete(token: string, repository: string): boolean {
  return claims(token).access.some(({ name, actions }) => name === repository && actions.includes('delete'));
}

function protocol(what: string): EdgeError {
  return new EdgeError({
    part: 'registry',
    code: 'registry-protocol',
    forPerson: {
      what,
      next: 'open the address in a browser: a sign-in page or a proxy answers in the registry’s place',
    },
  });
}
