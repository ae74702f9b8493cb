import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadConfig, parseConfig } from '../../src/config/load.js';

const GOOD = `instances:
  - name: main
    ca: ca.pem
    gitlab: { url: https://gitlab.example.com/, token: env:GITLAB_TOKEN }
    registry: { url: https://registry.example.com:5050 }
    hosts:
      - address: gitlab.example.com
        user: registrar
        key: file:secrets/ssh-key
        knownHosts: known_hosts
`;

const faultsOf = (text: string) => {
  const parsed = parseConfig(text);
  return 'faults' in parsed ? parsed.faults : [];
};
const lines = (text: string) => faultsOf(text).map(({ key, line, message }) => `${line} ${key}: ${message}`);

describe('parseConfig', () => {
  test('fills in what may be left out, and drops the slash at the end of a URL', () => {
    expect(parseConfig(GOOD)).toMatchObject({
      config: {
        dataDir: './data',
        chat: {},
        access: { people: [] },
        instances: [{ gitlab: { url: 'https://gitlab.example.com' }, hosts: [{ port: 22, sudo: false }] }],
      },
    });
  });

  test('gives every fault at once, each with its key, its line and what would be right', () => {
    expect(
      lines(`instances:
  - name: Main
    gitlab:
      url: gitlab.example.com
      token: glpat-hunter2
    registry:
      url: https://ana:hunter2@registry.example.com
    hosts:
      - address: gitlab.example.com
        port: "22"
        user: registrar
        key: hunter2
        sudoo: true
chat:
  slack:
    mode: sockets
    botToken: xoxb-hunter2
redis:
  url: redis://:hunter2@cache
access:
  people:
    - slack: bob
dataDir: 3
seal: hunter2
`),
    ).toEqual([
      '2 instances.0.name: lower-case letters, digits and dashes, such as main',
      '4 instances.0.gitlab.url: a URL with its scheme and without user or password, such as https://gitlab.example.com',
      '5 instances.0.gitlab.token: a secret stands here by reference only: env:NAME or file:PATH',
      '7 instances.0.registry.url: a URL with its scheme and without user or password, such as https://gitlab.example.com',
      '9 instances.0.hosts.0: exactly one of hostKey and knownHosts: an unknown host key is never trusted',
      '10 instances.0.hosts.0.port: of another kind; it takes a number',
      '12 instances.0.hosts.0.key: a secret stands here by reference only: env:NAME or file:PATH',
      '13 instances.0.hosts.0.sudoo: no such key: did you mean sudo?',
      '16 chat.slack.mode: Invalid option: expected one of "socket"|"http"',
      '17 chat.slack.botToken: a secret stands here by reference only: env:NAME or file:PATH',
      '19 redis.url: redis://HOST:PORT, rediss://…, or env:NAME when the URL holds a password',
      '22 access.people.0.gitlab: missing; it takes a text: the person’s GitLab username',
      '22 access.people.0.slack: a Slack member id, such as U024BE7LH (profile → ⋮ → Copy member ID)',
      '23 dataDir: of another kind; it takes a text',
      '24 seal: no such key: here may stand instances, chat, redis, access, http, incidents, notes, dataDir, sealingKey, previousSealingKey',
    ]);
  });

  test('a rule over several keys is judged while one of them is faulty', () => {
    expect(
      lines(`instances:
  - name: main
    gitlab: { url: https://a }
    registry: {}
  - name: main
    gitlab: { url: https://a, token: env:T }
    registry: { url: https://b }
redis: {}
chat:
  slack: { mode: http, botToken: pasted }
`),
    ).toEqual([
      '3 instances.0.gitlab.token: missing; it takes a text: an access token with scope api: env:NAME or file:PATH',
      '4 instances.0.registry.url: missing; it takes a text: registry_external_url of gitlab.rb',
      '5 instances.1.name: another instance has this name',
      '8 redis.url: missing; it takes redis://HOST:PORT, rediss://…, or env:NAME when the URL holds a password',
      '10 chat.slack.botToken: a secret stands here by reference only: env:NAME or file:PATH',
      '10 chat.slack.signingSecret: mode http needs signingSecret',
    ]);
  });

  describe('a sign-in', () => {
    const withSignIn = (more: string) =>
      GOOD.replace('token: env:GITLAB_TOKEN }', 'token: env:GITLAB_TOKEN, signIn: { applicationId: app } }') + more;

    test('needs the address that a browser reaches Registrar by', () => {
      const fault =
        'signIn needs http.publicUrl: the address by which a browser reaches Registrar, such as https://registrar.example.com';
      expect(lines(withSignIn(''))).toEqual([`1 http: ${fault}`]);
      expect(lines(withSignIn('http: { port: 8080 }\n'))).toEqual([`11 http.publicUrl: ${fault}`]);
      expect(lines(withSignIn('http: { publicUrl: https://registrar.example.com/ }\n'))).toEqual([]);
    });

    test('is judged while its neighbours are faulty', () => {
      expect(lines(withSignIn('http: 8080\n').replace('https://gitlab.example.com/', 'gitlab'))).toHaveLength(3);
      expect(lines('instances: [3, { gitlab: 3 }, null]\n').join()).not.toContain('signIn');
    });
  });

  describe('hosts', () => {
    const PINNED = `hostKey: SHA256:${'A'.repeat(43)}`;
    const faults = (...hosts: string[]) =>
      lines(
        `${GOOD.slice(0, GOOD.indexOf('    hosts:'))}    hosts:\n${hosts.map((one) => `      - { ${one} }\n`).join('')}`,
      );
    const ONE = `address: a, user: u, ${PINNED}`;

    test.each([
      [[`${ONE}, key: env:K, passphrase: env:P`]],
      [[`${ONE}, agent: true`]],
      [[`${ONE}, agent: /run/agent.sock, jump: { ${ONE}, agent: true }`]],
      [[`${ONE}, key: env:K, roles: [web]`, `${ONE}, key: env:K, roles: [registry, gitaly]`]],
    ])('%j', (hosts) => {
      expect(faults(...hosts)).toEqual([]);
    });

    test.each([
      [[ONE], 'exactly one of key and agent'],
      [[`${ONE}, key: env:K, agent: true`], 'exactly one of key and agent'],
      [[`${ONE}, agent: true, passphrase: env:P`], 'passphrase opens a key: the agent needs none'],
      [[`${ONE}, agent: false`], 'true for the ssh-agent of $SSH_AUTH_SOCK, or the path of its socket'],
      [
        [`${ONE}, agent: true, jump: { address: j, user: u, agent: true }`],
        'exactly one of hostKey and knownHosts: an unknown host key is never trusted',
      ],
      [[`${ONE}, agent: true, roles: [web]`], 'none of the hosts has the role registry'],
      [[`${ONE}, agent: true, roles: [regitsry]`], 'Invalid option: expected one of'],
      [[`${ONE}, agent: true, roles: 3`], 'of another kind; it takes a list'],
    ])('%j: %s', (hosts, fault) => {
      expect(faults(...hosts)).toContainEqual(expect.stringContaining(fault));
    });
  });

  test.each([
    ['nothing', '', '1 instances: missing; it takes a list'],
    ['a list', '[]', '1 : of another kind; it takes keys and values'],
    ['an open quote', 'dataDir: "x', '1 : not YAML: Missing closing "quote'],
    ['a key twice', `${GOOD}dataDir: a\ndataDir: b\n`, '12 : not YAML: Map keys must be unique'],
    [
      'an anchor that is not there',
      'a: *x',
      '1 : not YAML: Unresolved alias (the anchor must be set before the alias)',
    ],
    [
      'mode socket without its token',
      `${GOOD}chat:\n  slack: { botToken: env:A }\n`,
      '12 chat.slack.appToken: mode socket needs appToken',
    ],
  ])('%s', (_, text, fault) => {
    expect(lines(text)).toContain(fault);
  });

  test('too many aliases are a fault, not a hang', () => {
    const ten = (name: string) => `[${`*${name},`.repeat(10)}]`;
    const bomb = `a: &a [${'x,'.repeat(10)}]\nb: &b ${ten('a')}\nc: &c ${ten('b')}\nd: &d ${ten('c')}\n`;
    expect(lines(bomb)).toEqual([expect.stringContaining('not YAML: Excessive alias count')]);
  });

  test.each([
    'a: |hunter2\n  b',
    'a: "\\uhunter2"',
    'a: *hunter2',
    'a: !hunter2 b',
    'a: `hunter2`',
    '"a" "hunter2"',
    'a: hunter2: b',
    'redis: hunter2',
    'instances: hunter2',
    'access: { people: hunter2 }',
    'chat: { slack: { mode: hunter2 } }',
    'redis: { url: [hunter2] }',
    'dataDir: [hunter2]',
    'redis: { url: "http://hunter2" }',
    '%hunter2',
    '&hunter2 *hunter2',
  ])('the value at fault is not repeated: %j', (text) => {
    expect(faultsOf(text).length).toBeGreaterThan(0);
    expect(JSON.stringify(faultsOf(text))).not.toContain('hunter2');
  });

  test('a secret in the place of any value is refused or kept, never repeated', () => {
    const places = GOOD.split('\n').flatMap((line, at) => (/: \S/.test(line) ? [at] : []));
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.constantFrom('', '"', "'", '[', '{', '|', '&', '!', '*', '%'),
        (at, sign) => {
          const text = GOOD.split('\n').map((line, i) => (i === at ? line.replace(/: .*/, `: ${sign}hunter2`) : line));
          expect(JSON.stringify(faultsOf(text.join('\n')))).not.toContain('hunter2');
        },
      ),
    );
  });

  test('never throws, and each fault has a line of the file', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...GOOD.split('\n').map((line) => `${line}\n`),
        '&a ',
        '*a',
        '<<: ',
        '- ',
        '? ',
        ': ',
        '\n  ',
        '---\n',
        '!!set ',
        '{',
        '}',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        const text = pieces.join('');
        for (const { line } of faultsOf(text)) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split('\n').length);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('loadConfig', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'config-'));
  });

  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('paths are relative to the file, wherever Registrar was started', async () => {
    const path = join(dir, 'registrar.yaml');
    await writeFile(
      path,
      `${GOOD}dataDir: ../data\nsealingKey: file:/etc/key\nredis: { url: file:redis-url }
chat: { slack: { botToken: file:bot, appToken: env:APP, signingSecret: file:s } }\n`,
    );
    expect(loadConfig(path)).toMatchObject({
      dataDir: join(dir, '..', 'data'),
      sealingKey: 'file:/etc/key',
      redis: { url: `file:${dir}/redis-url` },
      chat: { slack: { botToken: `file:${dir}/bot`, appToken: 'env:APP', signingSecret: `file:${dir}/s` } },
      instances: [
        {
          ca: join(dir, 'ca.pem'),
          gitlab: { token: 'env:GITLAB_TOKEN' },
          hosts: [{ key: `file:${dir}/secrets/ssh-key`, knownHosts: join(dir, 'known_hosts') }],
        },
      ],
    });
  });

  test('a faulty file is told with every fault and its place', async () => {
    const path = join(dir, 'faulty.yaml');
    await writeFile(path, 'instances: []\ndataDir: 3\n');
    expect(() => loadConfig(path)).toThrow(
      expect.objectContaining({
        part: 'config',
        code: 'config-invalid',
        forPerson: {
          what: 'the configuration has 2 faults',
          why: expect.stringMatching(
            /^.*faulty\.yaml:1: instances: Too small.*\n.*faulty\.yaml:2: dataDir: of another kind; it takes a text$/,
          ),
          next: `mend ${path}; \`registrar config schema\` prints what it may hold`,
        },
      }),
    );
  });

  test('a file that is not there says where to begin', () => {
    expect(() => loadConfig(join(dir, 'none.yaml'))).toThrow(
      expect.objectContaining({
        code: 'config-invalid',
        forPerson: expect.objectContaining({ next: expect.stringContaining('registrar init') }),
      }),
    );
  });
});

describe('chat', () => {
  const chat = (text: string) => `${GOOD}chat:\n${text}`;

  test('keeps where Registrar answers, when it is quiet, and in which language', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'registrar-config-'));
    const path = join(dir, 'registrar.yaml');
    await writeFile(
      path,
      chat('  channels: [C024BE91L]\n  quietHours: { from: "20:00", to: "07:00" }\n  language: fr\n'),
    );
    const loaded = loadConfig(path);
    await rm(dir, { recursive: true });
    expect(loaded.chat).toEqual({
      channels: ['C024BE91L'],
      quietHours: { from: '20:00', to: '07:00', zone: 'UTC' },
      language: 'fr',
    });
  });

  test('says what is wrong with them', () => {
    const faults = lines(
      chat('  channels: [ops]\n  quietHours: { from: "8:00", to: "07:00", zone: Paris }\n  language: de\n'),
    );
    expect(faults.join('\n')).toMatch(/chat\.channels\[?\.?0.*the id of a channel/);
    expect(faults.join('\n')).toMatch(/chat\.quietHours\.from.*a time of the day/);
    expect(faults.join('\n')).toMatch(/chat\.quietHours\.zone.*Europe\/Paris/);
    expect(faults.join('\n')).toMatch(/chat\.language/);
    expect(lines(chat('  quietHours: { from: "07:00", to: "07:00" }\n')).join()).toContain(
      'nothing would ever be told',
    );
  });
});
