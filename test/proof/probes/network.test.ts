import type { Diagnosis } from '../../../src/diagnosis/diagnosis.js';
import { EdgeError } from '../../../src/errors.js';
import type { Scene } from '../../../src/proof/probe.js';
import { network } from '../../../src/proof/probes/network.js';
import type { Registry } from '../../../src/registry/client.js';
import type { Reach } from '../../../src/registry/reach.js';

/** With fakes, for what the lab can't show; lab.test.ts goes the real way. */

const free: Reach = { authority: 'registry.example.com', scheme: 'https', addresses: ['192.0.2.10'] };
const challenge = { realm: 'https://gitlab.example.com/jwt/auth', service: 'container_registry' };
const error = (code: 'registry-unreachable' | 'realm-not-trusted' | 'gitlab-unreachable', what: string) =>
  new EdgeError({ part: 'registry', code, forPerson: { what, next: 'look' } });

function scene(way: Reach, parts: Partial<Registry> = {}): { scene: Scene; asked: string[] } {
  const asked: string[] = [];
  const registry: Partial<Registry> = {
    ping: async () => {
      asked.push('ping');
      return { status: 401, ms: 12, challenge };
    },
    handshake: async (_, scopes, credentials) => {
      asked.push(JSON.stringify([scopes, credentials ?? null]));
      return { is: 'refused', status: 403, code: 'DENIED', message: 'access forbidden' };
    },
    ...parts,
  };
  const config = { registry: { url: 'https://registry.example.com' }, gitlab: { url: 'https://gitlab.example.com' } };
  const reach = async (what: string) => {
    asked.push(what);
    return what === 'registry' ? way : free;
  };
  const instance = { config, registry, reach };
  return { scene: { instance, diagnosis: {} as Diagnosis } as unknown as Scene, asked };
}

test('asks in order, the token endpoint without credentials', async () => {
  const { scene: given, asked } = scene(free);
  expect(await network.look(given)).toMatchObject({
    ping: { ms: 12 },
    endpoint: { is: 'answers', status: 403, code: 'DENIED' },
  });
  expect(asked).toEqual(['registry', 'gitlab', 'ping', '[[],null]']);
});

test.each<[string, Reach]>([
  ['the way ends before', { ...free, stopped: { at: 'connection', code: 'ECONNREFUSED' } }],
  ['the port speaks something else', { ...free, speaks: 'https' }],
  [
    'the certificate is refused',
    {
      ...free,
      tls: {
        error: 'CERT_HAS_EXPIRED',
        subject: 'a',
        issuer: 'b',
        names: [],
        validTo: 0,
        protocol: 'TLSv1.3',
        fingerprint: '',
      },
    },
  ],
])('asks for nothing where %s', async (_, way) => {
  const { scene: given, asked } = scene(way);
  expect(await network.look(given)).not.toHaveProperty('ping');
  expect(asked).toEqual(['registry', 'gitlab']);
});

test('a registry that breaks off', async () => {
  const ping = () => Promise.reject(error('registry-unreachable', 'the registry does not answer'));
  expect(await network.look(scene(free, { ping }).scene)).toMatchObject({
    silent: { is: 'broken', why: 'the registry does not answer' },
  });
});

test('a realm elsewhere is not contacted, and one that is silent is a finding', async () => {
  const elsewhere = () => Promise.reject(error('realm-not-trusted', 'elsewhere'));
  expect(await network.look(scene(free, { handshake: elsewhere }).scene)).not.toHaveProperty('endpoint');
  const silent = () => Promise.reject(error('gitlab-unreachable', 'the token endpoint does not answer'));
  expect(await network.look(scene(free, { handshake: silent }).scene)).toMatchObject({
    endpoint: { is: 'silent', why: 'the token endpoint does not answer' },
  });
});
