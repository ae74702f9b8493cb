import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identities } from '../../../src/access/identities.js';
import type { Config } from '../../../src/config/schema.js';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import { openGitLab } from '../../../src/gitlab/client.js';
import { createHttp } from '../../../src/http.js';
import { type OpenInstance, registryOf } from '../../../src/instance.js';
import { countLogins } from '../../../src/proof/logins.js';
import type { Scene } from '../../../src/proof/probe.js';
import { openScene } from '../../../src/proof/scene.js';
import { reach } from '../../../src/registry/reach.js';
import { type GitLabDouble, startGitLab } from '../../lab/gitlab/double.js';
import { makeSigningPair } from '../../lab/gitlab/keys.js';
import { type RealRegistry, startRealRegistry } from '../../lab/gitlab/real-registry.js';

const ISSUER = 'omnibus-gitlab-issuer';

/** A GitLab with real registries, for probes that ask them with Registrar's own login. */
export interface Bench {
  gitlab: GitLabDouble;
  registry: RealRegistry;
  /** Another registry of the same GitLab. */
  startRegistry(more: { readOnly?: boolean; certificatePem?: string }): Promise<RealRegistry>;
  /** Of a log with `REGISTRY` for the registry's address, for a Developer of shop/api or for somebody else. */
  scene(log: string, more?: { registry?: RealRegistry; developer?: boolean }): Scene;
  stop(): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'probes-'));
  const { keyPem, certificatePem } = await makeSigningPair();
  const gitlab = await startGitLab({ signingKeyPem: keyPem, certificatePem, issuer: ISSUER });
  const registries: RealRegistry[] = [];
  const startRegistry: Bench['startRegistry'] = async (more) => {
    const started = await startRealRegistry({
      realm: `${gitlab.url}/jwt/auth`,
      issuer: ISSUER,
      certificatePem,
      ...more,
    });
    registries.push(started);
    return started;
  };
  const registry = await startRegistry({});
  gitlab.setRegistry(registry.url);
  const bot = gitlab.addUser({ username: 'registrar-bot' });
  const project = gitlab.addProject('shop/api');
  gitlab.addMember(project, bot, 40);
  const { token } = gitlab.addPersonalToken(bot, { scopes: ['api'] });
  const http = createHttp();

  return {
    gitlab,
    registry,
    startRegistry,
    scene(log, { registry: { url } = registry, developer = true } = {}) {
      const config = {
        gitlab: { url: gitlab.url },
        registry: { url },
        hosts: [],
      } as unknown as Config['instances'][number];
      const api = openGitLab(gitlab.url, token, http);
      const ownLogin = async () => ({ username: (await api.ownUser()).username, password: token });
      const instance: OpenInstance = {
        config,
        gitlab: api,
        registry: registryOf(config, http, ownLogin),
        trace: () => Promise.reject(new Error('no log in these tests')),
        reach: (what) => reach(new URL(config[what].url), undefined),
        web: () => Promise.reject(new Error('no page in these tests')),
        time: () => Promise.reject(new Error('no clock in these tests')),
        oldTls: async () => [],
        probe: () => Promise.reject(new Error('no host in these tests')),
        usage: () => Promise.reject(new Error('no host in these tests')),
        close: async () => {},
      };
      const diagnosis = diagnose(log.replaceAll('REGISTRY', new URL(url).host));
      const asker = { is: 'channel-of', project: developer ? 'shop/api' : 'somebody/elses' } as const;
      return openScene(diagnosis, instance, asker, {} as Identities, {
        now: Date.now(),
        login: async () => 'not-tried',
        ownLogin: countLogins(instance, ownLogin).own,
        history: () => Promise.reject(new Error('not asked in these tests')),
      });
    },
    async stop() {
      await http.close();
      await Promise.all(registries.map((one) => one.stop()));
      await gitlab.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A push to REGISTRY that fails with this line. */
export function pushTo(path: string, line: string): string {
  return `$ docker push REGISTRY/${path}:1\nThe push refers to repository [REGISTRY/${path}]\n${line}\n`;
}
