import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesConsumer } from '../../../src/config/rotation.js';
import type { DeclaredConsumer } from '../../../src/rotation/outside/consumer.js';
import { pullSecret } from '../../../src/rotation/outside/kubernetes.js';
import { type Authority, createAuthority } from '../../lab/host/certificates.js';
import { type KubernetesDouble, startKubernetes } from '../../lab/kubernetes/double.js';

export const HOST = 'registry.example.com:5050';
export const TOKEN = 'a-token-of-the-cluster';
export const USER = 'system:serviceaccount:shop:registrar';
export const READ = 'GET /api/v1/namespaces/shop/secrets/regcred';
export const UPDATE = 'PUT /api/v1/namespaces/shop/secrets/regcred';
export const old = { username: 'pull', token: 'old-secret-of-ours', registryHost: HOST };
export const fresh = { username: 'pull-2', token: 'new-secret-of-ours', registryHost: HOST };
export const hub = { auth: Buffer.from('hub:hub-secret').toString('base64') };

export let cluster: KubernetesDouble;
export let consumer: DeclaredConsumer;
let dir: string;
let authority: Authority;

/** For each test of the file: a cluster with a pull secret that holds the old login, and an entry of somebody else. */
export function useCluster(): void {
  let tls: { key: string; cert: string };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kubernetes-'));
    authority = await createAuthority(join(dir, 'ca'));
    const files = await authority.issue('cluster', ['127.0.0.1']);
    tls = { key: await readFile(files.key, 'utf8'), cert: await readFile(files.cert, 'utf8') };
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  beforeEach(async () => {
    cluster = await startKubernetes(tls);
    cluster.addAccount(TOKEN, USER, { namespace: 'shop', verbs: ['get', 'update'], names: ['regcred'] });
    put({ hub, [HOST]: entry(old) });
    consumer = open();
  });
  afterEach(() => cluster.pause());
}

export function declared(): KubernetesConsumer {
  const { certPath: ca } = authority;
  return { server: cluster.url, ca, token: 'env:K', namespace: 'shop', secret: 'regcred' };
}

export function open(other: Partial<KubernetesConsumer> = {}, token = TOKEN): DeclaredConsumer {
  return pullSecret({ ...declared(), ...other }, { registryHost: HOST, secret: () => token });
}

/** As kubectl create secret docker-registry writes it. */
export function entry({ username, token }: { username: string; token: string }) {
  return { username, password: token, auth: Buffer.from(`${username}:${token}`).toString('base64') };
}

export function put(auths: object, more = {}): void {
  cluster.putSecret('shop', 'regcred', { data: { '.dockerconfigjson': JSON.stringify({ auths }) }, ...more });
}

export function held(): Record<string, unknown> {
  return JSON.parse(cluster.valueOf('shop', 'regcred')).auths;
}

/** Statuses of the updates that were asked for. */
export function written(): number[] {
  return cluster.requests.filter(({ method }) => method === 'PUT').map(({ status }) => status);
}
