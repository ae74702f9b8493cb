import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Delay, Faults, type RequestPattern, serve } from '../gitlab/faults.js';
import { Journal, type RecordedRequest } from '../gitlab/journal.js';
import { Listener } from '../gitlab/listener.js';
import type { CannedAnswer } from '../gitlab/pages.js';
import { type NewSecret, type Secret, Secrets } from './secrets.js';
import {
  type ApiAnswer,
  badRequest,
  forbidden,
  notAllowed,
  pathNotFound,
  unauthorized,
  unsupportedMediaType,
} from './status.js';

/** What a user may do with the secrets of a namespace: a Role that is bound. `names` left out: all of them. */
export interface Grant {
  readonly namespace: string;
  readonly verbs: readonly ('get' | 'update')[];
  readonly names?: readonly string[];
}

interface Account {
  readonly user: string;
  readonly grants: Grant[];
}

const SECRET = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/]+)$/;
const ACCESS_REVIEW = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const SELF_REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const ANONYMOUS = 'system:anonymous';

/** `tls`: PEM texts. */
export async function startKubernetes(tls: { key: string; cert: string }): Promise<KubernetesDouble> {
  const double = new KubernetesDouble(tls);
  await double.resume();
  return double;
}

/**
 * A cluster as a client of its secrets sees it: bearer tokens, RBAC, versions, validation, over real TLS. What tests
 * put there is checked by nobody.
 */
export class KubernetesDouble {
  /** A cluster before 1.28 has no SelfSubjectReview. */
  tellsUsers = true;
  readonly #secrets = new Secrets();
  readonly #accounts = new Map<string, Account>();
  readonly #journal = new Journal(() => 0);
  readonly #faults = new Faults(() => 0);
  readonly #listener: Listener;

  constructor(tls: { key: string; cert: string }) {
    const frontend = {
      journal: this.#journal,
      faults: this.#faults,
      route: (request: IncomingMessage, response: ServerResponse) => {
        this.#answer(request, response).catch(() => response.destroy());
      },
    };
    this.#listener = new Listener({ host: '127.0.0.1', port: 0, tls }, (request, response) => {
      serve(frontend, request, response).catch(() => response.destroy());
    });
  }

  get url(): string {
    return this.#listener.url;
  }

  /** Connections are cut and refused until {@link resume}; what is known stays. */
  pause(): Promise<void> {
    return this.#listener.close();
  }

  resume(): Promise<void> {
    return this.#listener.open();
  }

  /** A service account with a token: `system:serviceaccount:NAMESPACE:NAME`. */
  addAccount(token: string, user: string, ...grants: Grant[]): void {
    this.#accounts.set(token, { user, grants });
  }

  removeAccount(token: string): void {
    this.#accounts.delete(token);
  }

  putSecret(namespace: string, name: string, secret: NewSecret): Secret {
    return this.#secrets.put(namespace, name, secret);
  }

  removeSecret(namespace: string, name: string): void {
    this.#secrets.remove(namespace, name);
  }

  findSecret(namespace: string, name: string): Secret | undefined {
    return this.#secrets.find(namespace, name);
  }

  /** A value of it in the clear. */
  valueOf(namespace: string, name: string, key = '.dockerconfigjson'): string {
    return Buffer.from(this.findSecret(namespace, name)?.data?.[key] ?? '', 'base64').toString('utf8');
  }

  get requests(): readonly RecordedRequest[] {
    return this.#journal.requests;
  }

  /** The next requests that fit are answered so, without any effect. */
  fail(pattern: RequestPattern, status: number, times = 1, answer: Omit<CannedAnswer, 'status'> = {}): void {
    this.#faults.fail(pattern, { ...answer, status }, times);
  }

  /** The next request that fits is held, before or after its effect, until released. */
  delayNext(pattern: RequestPattern, moment: 'before' | 'after' = 'before'): Delay {
    return this.#faults.delayNext(pattern, moment);
  }

  /** The effect is done, the connection ends without an answer. */
  cutAfter(pattern: RequestPattern, times = 1): void {
    this.#faults.cutAfter(pattern, times);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { code, body } = this.#handle(request, Buffer.concat(chunks).toString('utf8'));
    const recorded = this.#journal.of(request);
    if (recorded !== undefined) {
      await this.#faults.waitAt('after', recorded);
      if (this.#faults.mustCut(recorded)) {
        recorded.state = 'cut';
        response.destroy();
        return;
      }
    }
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #handle(request: IncomingMessage, text: string): ApiAnswer {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const account = token === undefined ? { user: ANONYMOUS, grants: [] } : this.#accounts.get(token);
    if (account === undefined) return unauthorized();
    const path = new URL(request.url ?? '/', 'http://cluster').pathname;
    const [, namespace, name] = (SECRET.exec(path) ?? []).map(decodeURIComponent);
    if (namespace !== undefined && name !== undefined) return this.#secret(request, text, account, namespace, name);
    if (request.method !== 'POST') return pathNotFound();
    if (path === ACCESS_REVIEW) return this.#accessReview(account, text);
    if (path === SELF_REVIEW && this.tellsUsers) return selfReview(account);
    return pathNotFound();
  }

  #secret(request: IncomingMessage, text: string, account: Account, namespace: string, name: string): ApiAnswer {
    const verb = request.method === 'GET' ? 'get' : request.method === 'PUT' ? 'update' : undefined;
    if (verb === undefined) return notAllowed();
    if (!may(account, verb, namespace, name))
      return forbidden(account.user, verb, { resource: 'secrets', name, namespace });
    if (verb === 'get') return this.#secrets.get(namespace, name);
    // What says nothing is taken for JSON: kubectl replace --raw does so.
    const { 'content-type': type = 'application/json' } = request.headers;
    if (type !== 'application/json') return unsupportedMediaType();
    const given = parsed(text);
    return given === undefined ? notJson() : this.#secrets.update(namespace, name, given);
  }

  #accessReview(account: Account, text: string): ApiAnswer {
    if (account.user === ANONYMOUS) {
      const group = 'authorization.k8s.io';
      return forbidden(account.user, 'create', { resource: 'selfsubjectaccessreviews', group });
    }
    const given = parsed(text) as { spec?: { resourceAttributes?: Record<string, string> } } | undefined;
    if (given === undefined) return notJson();
    const { namespace = '', verb = '', resource, name = '', group = '' } = given.spec?.resourceAttributes ?? {};
    const allowed = resource === 'secrets' && group === '' && may(account, verb, namespace, name);
    return {
      code: 201,
      body: {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        metadata: { creationTimestamp: null },
        spec: given.spec,
        status: { allowed, ...(allowed ? { reason: 'RBAC: allowed by RoleBinding' } : {}) },
      },
    };
  }
}

function may({ grants }: Account, verb: string, namespace: string, name: string): boolean {
  return grants.some(
    (grant) =>
      grant.namespace === namespace &&
      grant.verbs.some((one) => one === verb) &&
      (grant.names === undefined || grant.names.includes(name)),
  );
}

function selfReview({ user }: Account): ApiAnswer {
  return {
    code: 201,
    body: {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { creationTimestamp: null },
      status: { userInfo: { username: user, groups: ['system:authenticated'] } },
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const notJson = (): ApiAnswer =>
  badRequest("couldn't get version/kind; json parse error: unexpected end of JSON input");
