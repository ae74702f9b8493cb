import { EdgeError } from '../../../src/errors.js';
import { pullSecret } from '../../../src/rotation/outside/kubernetes.js';
import { failureOf } from './failure.js';
import {
  cluster,
  consumer,
  declared,
  entry,
  fresh,
  HOST,
  old,
  open,
  put,
  READ,
  TOKEN,
  UPDATE,
  USER,
  useCluster,
  written,
} from './kubernetes-bench.js';

useCluster();

const everyMethod = [
  ['read', () => consumer.read()],
  ['write', () => consumer.write(fresh)],
  ['holds', () => consumer.holds(fresh)],
  ['restore', () => consumer.restore('{"auths":{}}', old)],
  ['check', () => consumer.check()],
] as const;

test.each(everyMethod)('%s: a cluster that is away may come back', async (_, call) => {
  await cluster.pause();
  expect(await failureOf(call())).toMatchObject({
    code: 'outside-unreachable',
    retry: { afterMs: expect.any(Number) },
    forPerson: { what: expect.stringContaining('the pull secret regcred of namespace shop') },
  });
});

test.each(everyMethod)('%s: a token that is not in force is refused for good', async (_, call) => {
  cluster.removeAccount(TOKEN);
  expect(await failureOf(call())).toMatchObject({
    code: 'outside-refused',
    status: 401,
    retry: 'never',
    forPerson: { next: expect.stringContaining('kubectl -n shop create token registrar') },
  });
});

test.each(everyMethod)('%s: a secret that is missing is made by a person', async (_, call) => {
  cluster.removeSecret('shop', 'regcred');
  expect(await failureOf(call())).toMatchObject({
    code: 'outside-failed',
    retry: 'never',
    forPerson: { next: expect.stringContaining(`create secret docker-registry regcred --docker-server=${HOST}`) },
  });
});

test.each(everyMethod)('%s: a secret of another type', async (_, call) => {
  cluster.putSecret('shop', 'regcred', { data: { a: 'b' }, type: 'Opaque' });
  expect((await failureOf(call())).forPerson.why).toBe('its type is Opaque, not kubernetes.io/dockerconfigjson');
});

test.each([
  [429, { headers: { 'retry-after': '7' } }, { afterMs: 7000 }],
  [500, {}, { afterMs: 5000 }],
  [503, {}, { afterMs: 5000 }],
  [404, {}, 'never'],
  [302, { headers: { location: 'https://elsewhere' } }, 'never'],
  [200, { body: '<html>' }, 'never'],
  [200, { body: '{"kind":"Secret"}' }, 'never'],
])('an answer %d %j', async (status, answer, retry) => {
  cluster.fail(READ, status, 1, answer);
  expect(await failureOf(consumer.read())).toMatchObject({ part: 'outside', retry });
});

test('who may only look is told the role, with the cluster’s own name for the token', async () => {
  cluster.addAccount('reader', USER, { namespace: 'shop', verbs: ['get'] });
  const failure = await failureOf(open({}, 'reader').write(fresh));
  expect(failure.forPerson.why).toContain('cannot update resource "secrets"');
  expect(failure.forPerson.next).toBe(
    'kubectl -n shop create role registrar-regcred --verb=get,update --resource=secrets --resource-name=regcred --dry-run=client -o yaml | kubectl apply -f - && ' +
      'kubectl -n shop create rolebinding registrar-regcred --role=registrar-regcred --serviceaccount=shop:registrar --dry-run=client -o yaml | kubectl apply -f -',
  );
});

test('a name that a shell would run is in no command', async () => {
  cluster.addAccount('hostile', 'x$(reboot)', { namespace: 'other', verbs: ['get'] });
  for (const call of ['read', 'check'] as const) {
    const { next } = (await failureOf(open({}, 'hostile')[call]())).forPerson;
    expect(next).toContain('--user=USER');
    expect(next).not.toContain('reboot');
  }
});

test('an immutable secret is not written', async () => {
  put({ [HOST]: entry(old) }, { immutable: true });
  for (const call of [consumer.write(fresh), consumer.check()])
    expect((await failureOf(call)).forPerson.what).toContain('is immutable');
  expect(written()).toEqual([]);
});

test('a certificate that is not believed is nothing that time mends, and the token is not sent', async () => {
  const server = cluster.url.replace('127.0.0.1', 'localhost');
  const { ca: _, ...trusting } = declared();
  const nobody = pullSecret(trusting, { registryHost: HOST, secret: () => TOKEN });
  for (const one of [open({ server }), nobody])
    expect(await failureOf(one.read())).toMatchObject({ code: 'outside-failed', retry: 'never' });
  expect(cluster.requests).toEqual([]);
});

test('an authority that can’t be read, and a token that is not there', async () => {
  expect(await failureOf(open({ ca: '/none.pem' }).write(fresh))).toMatchObject({ code: 'config-invalid' });
  const missing = pullSecret(declared(), {
    registryHost: HOST,
    secret: () => {
      throw new EdgeError({ part: 'config', code: 'secret-missing', forPerson: { what: 'K', next: 'export K' } });
    },
  });
  expect(await failureOf(missing.write(fresh))).toMatchObject({ code: 'secret-missing' });
});

test('no secret is in an error, whatever the cluster says', async () => {
  const message = `admission webhook denied ${JSON.stringify(entry(fresh))} from Bearer ${TOKEN}`;
  cluster.fail(UPDATE, 400, 1, { body: JSON.stringify({ kind: 'Status', message, code: 400 }) });
  const { forPerson } = await failureOf(consumer.write(fresh));
  expect(forPerson.why).toContain('admission webhook denied');
  for (const secret of [fresh.token, entry(fresh).auth, TOKEN]) expect(JSON.stringify(forPerson)).not.toContain(secret);
});
