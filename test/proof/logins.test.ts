import type { OpenInstance } from '../../src/instance.js';
import { countLogins } from '../../src/proof/logins.js';
import type { Registry } from '../../src/registry/client.js';
import type { Handshake } from '../../src/registry/protocol.js';

const granted: Handshake = { is: 'granted', token: 'jwt', access: [] };
const refused = (status: number): Handshake => ({ is: 'refused', status, message: 'no' });

function open(answers: Record<string, Handshake>) {
  const asked: string[] = [];
  const registry: Partial<Registry> = {
    ping: async () => ({ status: 401, ms: 1, challenge: { realm: 'https://gitlab.example.com/jwt/auth' } }),
    handshake: async (_, scopes, credentials) => {
      asked.push([credentials?.username, ...scopes].join(' '));
      return answers[credentials?.username ?? ''] ?? refused(401);
    },
  };
  const instance = { registry } as unknown as OpenInstance;
  return { asked, logins: countLogins(instance, async () => ({ username: 'bot', password: 'own' })) };
}

test('foreign ones are two at most, and a success of our own follows a refused one', async () => {
  const { asked, logins } = open({ bot: granted });
  expect(await logins.login('a', 'x')).toBe('refused');
  expect(await logins.login('b', 'x')).toBe('refused');
  expect(await logins.login('c', 'x')).toBe('not-tried');
  await logins.atone();
  expect(asked).toEqual(['a', 'b', 'bot']);
});

test('our own are not limited while they are right, and ask for their scopes', async () => {
  const { asked, logins } = open({ bot: granted });
  await Promise.all([logins.own(['repository:a/b:pull']), logins.own([])]);
  await logins.atone();
  expect(asked).toEqual(['bot repository:a/b:pull', 'bot']);
});

test('our own that are wrong are sent once, whoever asks and at the end', async () => {
  const { asked, logins } = open({});
  const answers = await Promise.all([logins.own([]), logins.own(['repository:a/b:push'])]);
  expect(answers).toEqual([refused(401), refused(401)]);
  await logins.login('a', 'x');
  await logins.atone();
  expect(asked).toEqual(['bot', 'a']);
});

test('a right that is missing is no wrong login: the next one is tried', async () => {
  const { asked, logins } = open({ bot: refused(403) });
  await logins.own(['repository:a/b:push']);
  await logins.own([]);
  expect(asked).toEqual(['bot repository:a/b:push', 'bot']);
});
