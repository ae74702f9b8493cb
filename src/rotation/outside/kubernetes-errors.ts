import { type EdgeError, messageOf, RETRY_MS } from '../../errors.js';
import type { HttpAnswer } from '../../http.js';
import { isCertificateError, outsideError, quote } from './consumer.js';

/** A pull secret, and how it is spoken of. */
export interface SecretPlace {
  /** In people's words. */
  name: string;
  server: string;
  namespace: string;
  secret: string;
  /** host[:port] that the secret is for. */
  registryHost: string;
}

export function noAnswer({ name, server }: SecretPlace, error: unknown): EdgeError {
  if (isCertificateError(error)) {
    return outsideError('outside-failed', {
      what: `the certificate of the cluster of ${name} is not believed`,
      why: messageOf(error),
      next: `put its authority where kubernetes.ca points: kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d`,
    });
  }
  return outsideError(
    'outside-unreachable',
    {
      what: `the cluster of ${name} does not answer`,
      why: messageOf(error),
      next: `look whether it is up: curl -k ${server}/readyz; the job goes on by itself when it is`,
    },
    { retry: { afterMs: RETRY_MS }, cause: error },
  );
}

export function notKubernetes({ name, server }: SecretPlace, why: string): EdgeError {
  return outsideError('outside-failed', {
    what: `what answers at ${server} for ${name} does not answer as Kubernetes’ API does`,
    why,
    next: `compare kubernetes.server with: kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'`,
  });
}

/** `message` is Kubernetes' own, if the answer has one; none of `secrets` gets into the error. */
export function refusal(
  place: SecretPlace,
  { status, headers }: HttpAnswer,
  message: string | undefined,
  secrets: readonly string[],
): EdgeError {
  const { name, namespace, secret } = place;
  const why = quote(message ?? '', secrets);
  if (status === 429 || status >= 500) {
    const seconds = Number(headers['retry-after']);
    return outsideError(
      'outside-unreachable',
      { what: `the cluster of ${name} answers ${status}`, why, next: 'nothing to do: the job goes on by itself' },
      { status, retry: { afterMs: seconds > 0 ? seconds * 1000 : RETRY_MS } },
    );
  }
  if (message === undefined) return notKubernetes(place, `it answers ${status}`);
  if (status === 401) {
    return outsideError(
      'outside-refused',
      {
        what: `the cluster refuses the token for ${name}`,
        why,
        next: `put one that is in force where kubernetes.token points: kubectl -n ${namespace} create token registrar --duration=8760h`,
      },
      { status },
    );
  }
  if (status === 403) return forbidden(place, why, /User "([^"]+)"/.exec(why)?.[1]);
  if (status === 404) {
    return outsideError('outside-failed', { what: `${name} is not there`, why, next: makeIt(place) }, { status });
  }
  return outsideError(
    'outside-failed',
    {
      what: `the cluster does not take the change of ${name} (${status})`,
      why,
      next: `look at it: kubectl -n ${namespace} get secret ${secret} -o jsonpath='{.metadata}'`,
    },
    { status },
  );
}

/** `user`: the cluster's name for whoever the token is. */
export function forbidden({ name, namespace, secret }: SecretPlace, why: string, user: string | undefined): EdgeError {
  const role = `registrar-${secret}`;
  const apply = '--dry-run=client -o yaml | kubectl apply -f -';
  return outsideError(
    'outside-refused',
    {
      what: `the token for ${name} may not get and update it`,
      why,
      next: [
        `kubectl -n ${namespace} create role ${role} --verb=get,update --resource=secrets --resource-name=${secret} ${apply}`,
        `kubectl -n ${namespace} create rolebinding ${role} --role=${role} ${subject(user)} ${apply}`,
      ].join(' && '),
    },
    { status: 403 },
  );
}

/** The flag of kubectl that names the user. A name that a shell could take for something else is left to the person. */
function subject(user = ''): string {
  const account = /^system:serviceaccount:([a-z0-9-]+:[a-z0-9.-]+)$/.exec(user)?.[1];
  if (account !== undefined) return `--serviceaccount=${account}`;
  return `--user=${/^[\w.@:-]+$/.test(user) ? user : 'USER'}`;
}

export function makeIt({ namespace, secret, registryHost }: SecretPlace): string {
  return `kubectl -n ${namespace} create secret docker-registry ${secret} --docker-server=${registryHost} --docker-username=USER --docker-password=TOKEN`;
}
