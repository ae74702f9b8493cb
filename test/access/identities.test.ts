import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { openIdentities } from '../../src/access/identities.js';
import { LinkStore } from '../../src/access/link/store.js';
import type { Person } from '../../src/chat/request.js';
import { parseConfig } from '../../src/config/load.js';
import { type GitLab, openGitLab } from '../../src/gitlab/client.js';
import { createHttp } from '../../src/http.js';
import { workerConnection } from '../../src/queue/connection.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import { type Redis as RedisServer, startRedis } from '../lab/host/redis.js';

const NOW = Date.parse('2026-08-05T10:00:00Z');
const http = createHttp();
let dir: string;
let server: RedisServer;
let redis: Redis;
let links: LinkStore;
let double: GitLabDouble;
let gitlab: GitLab;

const person = (platform: Person['platform'], id: string): Person => ({ platform, id });
const STRANGER = person('slack', 'U0STRANGER');

/** `signIn`: people can link themselves. */
function configOf(signIn: boolean, instances = ['main']) {
  const parsed = parseConfig(`
instances:
${instances
  .map(
    (name) =>
      `  - { name: ${name}, gitlab: { url: ${double.url}, token: env:T${signIn ? ', signIn: { applicationId: app }' : ''} }, registry: { url: https://b } }`,
  )
  .join('\n')}
http: { publicUrl: https://registrar.example.com }
access:
  people:
    - { gitlab: ana, slack: U024BE7LH, terminal: ana-t }
    - { gitlab: gone, slack: U000GONE }
    - { gitlab: blocked, terminal: blocked }
`);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

function known({ signIn = true, instances = ['main'] } = {}) {
  const config = configOf(signIn, instances);
  const [instance] = config.instances;
  if (instance === undefined) throw new Error('no instance');
  const identities = openIdentities({ current: () => config }, links);
  return {
    instance,
    identify: (who: Person, of: Pick<GitLab, 'user' | 'userById'> = gitlab) => identities.identify(who, instance, of),
    nameOf: (who: Person) => identities.nameOf(who, instance),
  };
}

beforeAll(async () => {
  const { keyPem, certificatePem } = await makeSigningPair();
  dir = await mkdtemp(join(tmpdir(), 'registrar-identities-'));
  [double, server] = await Promise.all([startGitLab({ signingKeyPem: keyPem, certificatePem }), startRedis(dir)]);
  redis = workerConnection(server.url);
  links = new LinkStore(redis, () => NOW);
  const bot = double.addUser({ username: 'registrar-bot' });
  gitlab = openGitLab(double.url, double.addPersonalToken(bot, { scopes: ['api'] }).token, http);
  double.addUser({ username: 'ana' });
  double.addUser({ username: 'blocked', blocked: true });
});
afterAll(async () => {
  redis?.disconnect();
  await Promise.all([http.close(), double?.stop(), server?.stop()]);
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => redis.flushall());

describe('by the configuration', () => {
  test('gives the GitLab user', async () => {
    expect(await known().identify(person('slack', 'U024BE7LH'))).toMatchObject({ username: 'ana' });
  });

  test.each([
    [
      person('slack', 'U000GONE'),
      'GitLab has no user gone',
      'access.people of the configuration says that this is you',
    ],
    [person('terminal', 'blocked'), 'The GitLab user blocked is blocked', undefined],
  ])('refuses %j', async (who, what, why) => {
    await expect(known().identify(who)).rejects.toMatchObject({
      part: 'gitlab',
      code: 'not-allowed',
      retry: 'never',
      forPerson: { what, next: expect.any(String), ...(why === undefined ? {} : { why }) },
    });
  });

  test('an operator’s word counts more than a link', async () => {
    const { instance, identify, nameOf } = known();
    const other = double.addUser({ username: 'other' });
    await links.keep(person('slack', 'U024BE7LH'), instance, other);
    expect(await identify(person('slack', 'U024BE7LH'))).toMatchObject({ username: 'ana' });
    expect(await nameOf(person('slack', 'U024BE7LH'))).toBe('ana');
  });

  test('GitLab that is away is no refusal; the name is known all the same', async () => {
    await double.pause();
    try {
      const { identify, nameOf } = known();
      await expect(identify(person('slack', 'U024BE7LH'))).rejects.toMatchObject({ code: 'gitlab-unreachable' });
      expect(await nameOf(person('slack', 'U024BE7LH'))).toBe('ana');
    } finally {
      await double.resume();
    }
  });
});

describe('by a link', () => {
  test('gives the GitLab user; of that platform’s account alone', async () => {
    const { instance, identify, nameOf } = known();
    const bob = double.addUser({ username: 'bob' });
    await links.keep(STRANGER, instance, bob);
    expect(await identify(STRANGER)).toMatchObject({ id: bob.id, username: 'bob' });
    expect(await nameOf(STRANGER)).toBe('bob');
    await expect(identify(person('terminal', STRANGER.id))).rejects.toThrow('not-allowed');
    await expect(identify(person('slack', `${STRANGER.id}X`))).rejects.toThrow('not-allowed');
  });

  test('holds when the user is renamed, and gives the new name; who takes the former one gets nothing', async () => {
    const { instance, identify } = known();
    const carl = double.addUser({ username: 'carl' });
    await links.keep(STRANGER, instance, carl);
    carl.username = 'carl-m';
    double.addUser({ username: 'carl' });
    expect(await identify(STRANGER)).toMatchObject({ id: carl.id, username: 'carl-m' });
  });

  test('ends with the user: one that was removed or blocked is refused in words', async () => {
    const { instance, identify } = known();
    const dora = double.addUser({ username: 'dora' });
    await links.keep(STRANGER, instance, dora);
    dora.blocked = true;
    await expect(identify(STRANGER)).rejects.toMatchObject({
      code: 'not-allowed',
      forPerson: { what: 'The GitLab user dora is blocked' },
    });
    double.users.splice(double.users.indexOf(dora), 1);
    await expect(identify(STRANGER)).rejects.toMatchObject({
      code: 'not-allowed',
      forPerson: {
        what: 'GitLab has no user dora any more',
        why: 'you linked your slack account with it on 2026-08-05 10:00 UTC',
        next: expect.stringContaining('/registry link'),
      },
    });
  });

  test('is of one GitLab: its users’ numbers mean nothing in another, nor in another instance', async () => {
    const { instance, identify } = known();
    const ed = double.addUser({ username: 'ed' });
    await links.keep(STRANGER, { ...instance, gitlab: { ...instance.gitlab, url: 'https://former.example.com' } }, ed);
    await expect(identify(STRANGER)).rejects.toThrow('not-allowed');
    await links.keep(STRANGER, { ...instance, name: 'other' }, ed);
    await expect(identify(STRANGER)).rejects.toThrow('not-allowed');
  });
});

describe('somebody whom nobody knows', () => {
  test.each([
    [
      { signIn: false },
      'nobody in access.people of the configuration has it',
      /^ask whoever runs Registrar to add you/,
    ],
    [
      {},
      'nobody in access.people of the configuration has it, and it is not linked',
      /^type \/registry link and sign in/,
    ],
    [{ instances: ['main', 'other'] }, 'and it is not linked', /^type \/registry link main and sign in/],
  ])('is told how to become known: %j', async (how, why, next) => {
    const { identify, nameOf } = known(how);
    const refused = {
      code: 'not-allowed',
      forPerson: {
        what: 'I don’t know which GitLab user you are',
        why: expect.stringContaining(why),
        next: expect.stringMatching(next),
      },
    };
    await expect(identify(STRANGER)).rejects.toMatchObject(refused);
    await expect(nameOf(STRANGER)).rejects.toMatchObject(refused);
  });

  test('is nobody by a chat name or an e-mail address that a GitLab user has', async () => {
    double.addUser({ username: 'fay', email: 'fay@example.com' });
    const asked: string[] = [];
    const never = async (name: string | number) => void asked.push(String(name)) as undefined;
    for (const id of ['fay', 'fay@example.com', '@fay'])
      await expect(known().identify(person('terminal', id), { user: never, userById: never })).rejects.toThrow(
        'not-allowed',
      );
    expect(asked).toEqual([]);
  });
});
