import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { Http, HttpAnswer } from '../../http.js';
import { quote } from './consumer.js';
import { noAnswer, notKubernetes, refusal, type SecretPlace } from './kubernetes-errors.js';

/** What is read of a Secret. */
const Secret = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  type: z.string().default('Opaque'),
  immutable: z.boolean().default(false),
  data: z.record(z.string(), z.base64()).default({}),
});

/** A Secret: what is read of it, and the whole, to be sent back with everything else that it holds. */
export type HeldSecret = z.output<typeof Secret> & { whole: Record<string, unknown> };

const Status = z.object({ kind: z.literal('Status'), message: z.string().default('') });
const AccessReview = z.object({ status: z.object({ allowed: z.boolean() }) });
const SelfReview = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });

/**
 * One Secret of a cluster, by Kubernetes' API; each call is one attempt.
 *
 * Errors: `outside-unreachable` with `retry`; `outside-refused`, `outside-failed`.
 */
export interface SecretApi {
  read(): Promise<HeldSecret>;
  /** False: it was changed since it was read, and nothing is written. */
  replace(whole: Record<string, unknown>): Promise<boolean>;
  may(verb: 'get' | 'update'): Promise<boolean>;
  /** Whom the cluster takes the token for; `undefined` before Kubernetes 1.28, which does not tell. */
  user(): Promise<string | undefined>;
}

/** `token` opens the API; neither it nor any of `sent` gets into an error. */
export function openSecretApi(place: SecretPlace, token: string, sent: readonly string[], http: Http): SecretApi {
  const { server, namespace, secret } = place;
  const secrets = [token, ...sent];
  const url = `${server}/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(secret)}`;

  return {
    async read() {
      const raw = taken(await call(url, 'GET'));
      return { ...parse(Secret, raw), whole: raw as Record<string, unknown> };
    },
    async replace(whole) {
      const answer = await call(url, 'PUT', whole);
      if (answer.status === 409) return false;
      taken(answer);
      return true;
    },
    async may(verb) {
      const resourceAttributes = { namespace, verb, resource: 'secrets', name: secret };
      const answer = await ask('authorization.k8s.io', 'SelfSubjectAccessReview', { spec: { resourceAttributes } });
      return parse(AccessReview, taken(answer)).status.allowed;
    },
    async user() {
      const answer = await ask('authentication.k8s.io', 'SelfSubjectReview', {});
      return answer.status === 404 ? undefined : parse(SelfReview, taken(answer)).status.userInfo.username;
    },
  };

  /** Asks the cluster about ourselves: nothing is stored there. */
  function ask(group: string, kind: string, body: object): Promise<HttpAnswer> {
    const path = `${server}/apis/${group}/v1/${kind.toLowerCase()}s`;
    return call(path, 'POST', { apiVersion: `${group}/v1`, kind, ...body });
  }

  async function call(url: string, method: Dispatcher.HttpMethod, body?: object): Promise<HttpAnswer> {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    try {
      return await (body === undefined
        ? http(url, { method, headers })
        : http(url, {
            method,
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }));
    } catch (error) {
      throw noAnswer(place, error);
    }
  }

  /** The answer's object, where the request was granted. */
  function taken(answer: HttpAnswer): unknown {
    const raw = jsonOf(answer.text);
    if (answer.status >= 200 && answer.status < 300) return raw;
    throw refusal(place, answer, Status.safeParse(raw).data?.message, secrets);
  }

  function parse<T extends z.ZodType>(schema: T, raw: unknown): z.output<T> {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return parsed.data;
    throw notKubernetes(place, quote(z.prettifyError(parsed.error), secrets));
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
