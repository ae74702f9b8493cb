import fc from 'fast-check';
import {
  type DockerConfig,
  entriesFor,
  holdsLogin,
  parseDockerConfig,
  withFormer,
  withLogin,
} from '../../../src/rotation/plan/docker-login.js';

const HOST = 'registry.example.com:5050';
const login = { username: 'pull', token: 'new-secret', registryHost: HOST };
const auth = (username: string, password: string) => Buffer.from(`${username}:${password}`).toString('base64');
const ours = { username: 'pull', password: 'new-secret', auth: auth('pull', 'new-secret') };
const hub = { auth: auth('hub', 'hub-secret'), email: 'a@b' };

test('an entry as kubectl writes it is added; the others and their order stay', () => {
  const config = { auths: { 'https://index.docker.io/v1/': hub }, credsStore: 'pass' };
  expect(JSON.stringify(withLogin(config, login))).toBe(
    JSON.stringify({ auths: { 'https://index.docker.io/v1/': hub, [HOST]: ours }, credsStore: 'pass' }),
  );
});

test.each([HOST, `https://${HOST}`, `http://${HOST}/`, `https://${HOST}/v2/`, `${HOST}/v1`])(
  'an entry of the host is changed under its own key: %s',
  (key) => {
    const config = { auths: { [key]: { auth: auth('pull', 'old'), email: 'a@b', identitytoken: 'x' }, hub } };
    expect(withLogin(config, login)).toEqual({ auths: { [key]: { email: 'a@b', ...ours }, hub } });
    expect(holdsLogin(config, login)).toBe(false);
    expect(holdsLogin(withLogin(config, login), login)).toBe(true);
  },
);

test.each(['registry.example.com', 'registry.example.com:5051', `${HOST}/shop`, `${HOST}/v2/shop`, `x.${HOST}`, ''])(
  'an entry for something else is left alone: %j',
  (key) => {
    const entry = { auth: auth('other', 'other-secret') };
    expect(withLogin({ auths: { [key]: entry } }, login)).toEqual({ auths: { [key]: entry, [HOST]: ours } });
  },
);

test('held is a login that every entry of the host is', () => {
  expect(holdsLogin({ auths: {} }, login)).toBe(false);
  expect(holdsLogin({ auths: { [HOST]: ours, [`https://${HOST}`]: ours } }, login)).toBe(true);
  expect(holdsLogin({ auths: { [HOST]: ours, [`https://${HOST}`]: hub } }, login)).toBe(false);
  expect(holdsLogin({ auths: { [HOST]: { username: 'pull', password: 'new-secret' } } }, login)).toBe(true);
  // `auth` is what counts for Kubernetes.
  expect(holdsLogin({ auths: { [HOST]: { ...ours, auth: auth('pull', 'old') } } }, login)).toBe(false);
  expect(holdsLogin({ auths: { [HOST]: null } }, login)).toBe(false);
});

test('what was there comes back, and nothing else: what others changed meanwhile stays', () => {
  const before = { auths: { [HOST]: { auth: auth('pull', 'old') }, hub } };
  const meanwhile = { auths: { ...withLogin(before, login).auths, hub: { auth: 'changed' }, added: {} } };
  expect(withFormer(meanwhile, before, HOST)).toEqual({
    auths: { [HOST]: { auth: auth('pull', 'old') }, hub: { auth: 'changed' }, added: {} },
  });
  expect(withFormer(withLogin({ auths: { hub } }, login), { auths: { hub } }, HOST)).toEqual({ auths: { hub } });
  expect(withFormer({ auths: {} }, before, HOST)).toEqual({ auths: { [HOST]: { auth: auth('pull', 'old') } } });
});

test.each(['', 'null', '[]', '{', '"auths"', '{"auths":[]}', '{"auths":"x"}'])(
  '%j is no docker configuration',
  (text) => {
    expect(parseDockerConfig(text)).toBeUndefined();
  },
);

test.each(['{}', '{"auths":{}}', '{"auths":null}'])('%j is an empty one', (text) => {
  expect(parseDockerConfig(text)?.auths).toEqual({});
});

const key = fc.oneof(
  fc.string(),
  fc.constantFrom(HOST, `https://${HOST}`, `${HOST}/v2/`, `${HOST}/shop`, '__proto__', 'constructor', '7'),
);
const config = fc
  .tuple(fc.dictionary(key, fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
  .map(([auths, rest]): DockerConfig => JSON.parse(JSON.stringify({ ...rest, auths })));

test('whatever a configuration holds: one login is written, no other entry changes, and the undoing is whole', () => {
  fc.assert(
    fc.property(config, (before) => {
      const after = withLogin(before, login);
      expect(holdsLogin(after, login)).toBe(true);
      expect(withLogin(after, login)).toEqual(after);
      const others = ({ auths, ...rest }: DockerConfig) => [
        rest,
        Object.entries(auths).filter(
          ([one]) => entriesFor({ auths: Object.fromEntries([[one, 1]]) }, HOST).length === 0,
        ),
      ];
      expect(others(after)).toEqual(others(before));
      expect(new Map(Object.entries(withFormer(after, before, HOST).auths))).toEqual(
        new Map(Object.entries(before.auths)),
      );
      expect(parseDockerConfig(JSON.stringify(after))).toEqual(after);
    }),
  );
});
