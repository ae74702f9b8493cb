import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp, type HttpClient } from '../../../src/http.js';
import { createAuthority } from '../host/certificates.js';
import { type KubernetesDouble, startKubernetes } from './double.js';

const USER = 'system:serviceaccount:shop:registrar';
const PLACE = '/api/v1/namespaces/shop/secrets/regcred';
const EMPTY = Buffer.from('{}').toString('base64');
let dir: string;
let cluster: KubernetesDouble;
let http: HttpClient;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kubernetes-'));
  const authority = await createAuthority(join(dir, 'ca'));
  const files = await authority.issue('cluster', ['127.0.0.1']);
  cluster = await startKubernetes({ key: await readFile(files.key, 'utf8'), cert: await readFile(files.cert, 'utf8') });
  http = createHttp(authority.certPath);
  cluster.addAccount('t', USER, { namespace: 'shop', verbs: ['get', 'update'], names: ['regcred', 'none'] });
});
afterAll(async () => {
  await http.close();
  await cluster.pause();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => {
  cluster.putSecret('shop', 'regcred', { data: { '.dockerconfigjson': '{}' }, labels: { team: 'shop' } });
});

async function call(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown, token = 't') {
  const headers = { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await http(cluster.url + path, { method, headers, ...(text === undefined ? {} : { body: text }) });
  return { status: answer.status, body: JSON.parse(answer.text) };
}
const secret = async () => (await call('GET', PLACE)).body;

test('a secret as the API shows it; each change is a new version', async () => {
  const first = await secret();
  expect(first).toMatchObject({
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: 'regcred', namespace: 'shop', labels: { team: 'shop' } },
    data: { '.dockerconfigjson': EMPTY },
    type: 'kubernetes.io/dockerconfigjson',
  });
  expect((await call('PUT', PLACE, first)).body).toEqual(first);
  const { body: second } = await call('PUT', PLACE, { ...first, data: { ...first.data, more: EMPTY } });
  expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
  expect(second.metadata).toEqual({ ...first.metadata, resourceVersion: second.metadata.resourceVersion });
  expect(await secret()).toEqual(second);
});

test('a version that is not the present one is refused; without any it is overwritten', async () => {
  const first = await secret();
  await call('PUT', PLACE, { ...first, data: { ...first.data, more: EMPTY } });
  expect(await call('PUT', PLACE, first)).toMatchObject({
    status: 409,
    body: {
      kind: 'Status',
      status: 'Failure',
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on secrets "regcred": the object has been modified; please apply your changes to the latest version and try again',
      code: 409,
    },
  });
  const { resourceVersion: _, ...metadata } = first.metadata;
  expect((await call('PUT', PLACE, { ...first, metadata })).status).toBe(200);
  expect((await call('PUT', PLACE, { ...first, metadata: { ...metadata, uid: 'another' } })).status).toBe(409);
});

test('who has no token, a wrong one, or no right', async () => {
  expect(await call('GET', PLACE, undefined, '')).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining('"system:anonymous"') },
  });
  expect(await call('GET', PLACE, undefined, 'x')).toMatchObject({ status: 401, body: { reason: 'Unauthorized' } });
  expect(await call('GET', PLACE.replace('regcred', 'other'))).toMatchObject({
    status: 403,
    body: {
      message: `secrets "other" is forbidden: User "${USER}" cannot get resource "secrets" in API group "" in the namespace "shop"`,
      reason: 'Forbidden',
    },
  });
});

test('what is not there, and what can’t be asked', async () => {
  expect(await call('GET', PLACE.replace('regcred', 'none'))).toMatchObject({
    status: 404,
    body: { message: 'secrets "none" not found', details: { name: 'none', kind: 'secrets' } },
  });
  expect((await call('DELETE', PLACE)).status).toBe(405);
  expect((await call('GET', '/api/v2')).status).toBe(404);
});

test.each([
  ['no JSON', () => '{', 400, "couldn't get version/kind"],
  ['another kind', () => ({ kind: 'Pod', apiVersion: 'v1' }), 400, 'must be of type Secret'],
  ['another name', (one) => ({ ...one, metadata: { name: 'x' } }), 400, 'does not match the name on the URL'],
  ['no base64', (one) => ({ ...one, data: { a: 'ab$=' } }), 400, 'illegal base64 data at input byte 2'],
  ['another type', (one) => ({ ...one, type: 'Opaque' }), 422, 'type: Invalid value: "Opaque": field is immutable'],
  ['no configuration', (one) => ({ ...one, data: {} }), 422, 'data[.dockerconfigjson]: Required value'],
  ['a configuration that is no JSON', (one) => ({ ...one, data: { '.dockerconfigjson': 'e30e' } }), 422, 'redacted'],
] as [string, (one: object) => unknown, number, string][])('%s', async (_, change, status, message) => {
  const answer = await call('PUT', PLACE, change(await secret()));
  expect(answer).toMatchObject({ status, body: { kind: 'Status', message: expect.stringContaining(message) } });
});

test('an immutable secret keeps its data, and stays immutable', async () => {
  cluster.putSecret('shop', 'regcred', { data: { '.dockerconfigjson': '{}' }, immutable: true });
  const one = await secret();
  const { immutable: _, ...mutable } = one;
  for (const changed of [{ ...one, data: { ...one.data, more: EMPTY } }, mutable]) {
    expect(await call('PUT', PLACE, changed)).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('field is immutable when `immutable` is set') },
    });
  }
});

test('tells what a token may, and whose it is', async () => {
  const review = (resourceAttributes: object, token = 't') =>
    call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: { resourceAttributes } }, token);
  const update = { namespace: 'shop', verb: 'update', resource: 'secrets', name: 'regcred' };
  expect(await review(update)).toMatchObject({ status: 201, body: { status: { allowed: true } } });
  for (const other of [{ verb: 'delete' }, { namespace: 'x' }, { name: 'x' }, { resource: 'pods' }])
    expect(await review({ ...update, ...other })).toMatchObject({ body: { status: { allowed: false } } });
  expect((await review(update, '')).status).toBe(403);
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  expect((await call('POST', path, {})).body.status.userInfo.username).toBe(USER);
});
