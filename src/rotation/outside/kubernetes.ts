import type { KubernetesConsumer } from '../../config/rotation.js';
import { RETRY_MS } from '../../errors.js';
import { dockerEntries } from '../plan/docker-config.js';
import {
  type DockerConfig,
  entriesFor,
  holdsLogin,
  parseDockerConfig,
  withFormer,
  withLogin,
} from '../plan/docker-login.js';
import { type DeclaredConsumer, outsideError, type Surroundings, withHttp } from './consumer.js';
import { type HeldSecret, openSecretApi, type SecretApi } from './kubernetes-api.js';
import { forbidden, makeIt, type SecretPlace } from './kubernetes-errors.js';
import type { Login } from './outside.js';

const TYPE = 'kubernetes.io/dockerconfigjson';
const KEY = '.dockerconfigjson';
/** So often a secret is read anew because somebody else changed it in between. */
const ATTEMPTS = 5;

/**
 * A pull secret of Kubernetes. Only the entry of the registry's host is ever changed, and only in the version of the
 * secret that was read: what others write meanwhile stays.
 */
export function pullSecret(declared: KubernetesConsumer, { registryHost, secret }: Surroundings): DeclaredConsumer {
  const { server, namespace } = declared;
  const name = `the pull secret ${declared.secret} of namespace ${namespace} at ${new URL(server).host}`;
  const place: SecretPlace = { name, server, namespace, secret: declared.secret, registryHost };

  return {
    name,
    read: () => withApi([], async (api) => contentOf(await api.read()).text),
    write: (login) => put(login),
    holds: (login) => withApi([login.token], async (api) => holdsLogin(contentOf(await api.read()).config, login)),
    async restore(before, old) {
      const former = before === undefined ? undefined : parseDockerConfig(before);
      if (former !== undefined) {
        const sent = dockerEntries(before ?? '')?.map(({ password }) => password) ?? [];
        await withApi(sent, (api) => change(api, (config) => withFormer(config, former, registryHost)));
        return true;
      }
      if (old !== undefined) await put(old);
      return old !== undefined;
    },
    check: () =>
      withApi([], async (api) => {
        const [mayGet, mayUpdate] = await Promise.all([api.may('get'), api.may('update')]);
        if (!mayGet || !mayUpdate) {
          const lacking = [...(mayGet ? [] : ['get']), ...(mayUpdate ? [] : ['update'])].join(' and ');
          throw forbidden(place, `it lacks the right to ${lacking}`, await api.user());
        }
        const held = await api.read();
        mustBeMutable(held);
        const has = entriesFor(contentOf(held).config, registryHost).length > 0;
        return `it may be read and updated; it has ${has ? 'an' : 'no'} entry for ${registryHost}`;
      }),
  };

  function withApi<T>(sent: readonly string[], work: (api: SecretApi) => Promise<T>): Promise<T> {
    return withHttp(name, declared.ca, (http) => work(openSecretApi(place, secret(declared.token), sent, http)));
  }

  function put(login: Login): Promise<void> {
    return withApi([login.token], (api) => change(api, (config) => withLogin(config, login)));
  }

  async function change(api: SecretApi, edit: (config: DockerConfig) => DockerConfig): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const held = await api.read();
      const { config } = contentOf(held);
      const text = JSON.stringify(edit(config));
      if (text === JSON.stringify(config)) return;
      mustBeMutable(held);
      const data = { ...(held.whole.data as object), [KEY]: Buffer.from(text).toString('base64') };
      if (await api.replace({ ...held.whole, data })) return;
    }
    throw outsideError(
      'outside-failed',
      {
        what: `${name} was changed by somebody else ${ATTEMPTS} times while Registrar wrote it`,
        next: `look who writes it: kubectl -n ${namespace} get secret ${declared.secret} --show-managed-fields -o yaml; the job goes on by itself`,
      },
      { retry: { afterMs: RETRY_MS } },
    );
  }

  function contentOf({ type, data }: HeldSecret): { text: string; config: DockerConfig } {
    const text = Buffer.from(data[KEY] ?? '', 'base64').toString('utf8');
    const config = parseDockerConfig(text);
    if (type === TYPE && config !== undefined) return { text, config };
    throw outsideError('outside-failed', {
      what: `${name} is no pull secret`,
      why: type === TYPE ? `its ${KEY} is no docker configuration` : `its type is ${type}, not ${TYPE}`,
      next: `make one of another name, or delete it and: ${makeIt(place)}`,
    });
  }

  function mustBeMutable({ immutable }: HeldSecret): void {
    if (!immutable) return;
    throw outsideError('outside-failed', {
      what: `${name} is immutable`,
      next: `delete it and make it anew without immutable: ${makeIt(place)}`,
    });
  }
}
