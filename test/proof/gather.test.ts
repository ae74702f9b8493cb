import type { Redis } from 'ioredis';
import { openIdentities } from '../../src/access/identities.js';
import { parseConfig } from '../../src/config/load.js';
import type { ConfigSource } from '../../src/config/source.js';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.js';
import type { GitLab } from '../../src/gitlab/client.js';
import type { DeployToken, Variable } from '../../src/gitlab/schema.js';
import type { OpenInstance } from '../../src/instance.js';
import { gatherFindings } from '../../src/proof/gather.js';
import type { Registry } from '../../src/registry/client.js';

/** With fakes, for what the lab can't show; workers/diagnosis.test.ts asks the real parts. */

const ANA = { platform: 'terminal', id: 'ana-os' } as const;
const parsed = parseConfig(
  [
    'instances:',
    '  - name: main',
    '    gitlab: { url: https://gitlab.example.com, token: env:TOKEN }',
    '    registry: { url: "https://registry.example.com:5050" }',
    'access: { people: [{ gitlab: ana, terminal: ana-os }] }',
  ].join('\n'),
);
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
const { config } = parsed;
const source: ConfigSource = { current: () => config, secret: () => 'glpat-own' };
const redis = { get: async () => null, set: async () => 'OK' } as unknown as Redis;

interface World {
  level?: number;
  projects?: string[];
  tokens?: DeployToken[];
  variables?: Variable[];
  /** Passwords that a login is granted with. */
  good?: string[];
}

function open(world: World) {
  const asked: string[] = [];
  const logins: string[] = [];
  const gitlab: Partial<GitLab> = {
    project: async (path) => {
      asked.push(path);
      const isThere = (world.projects ?? ['shop/api']).includes(path);
      return isThere ? { id: 1, path_with_namespace: path } : undefined;
    },
    user: async () => ({ id: 2, username: 'ana', state: 'active' }),
    ownUser: async () => ({ id: 3, username: 'registrar-bot' }),
    accessLevel: async () => world.level ?? 30,
    deployTokens: async () => world.tokens ?? [],
    allDeployTokens: async () => undefined,
    variables: async () => world.variables ?? [],
  };
  const registry: Partial<Registry> = {
    ping: async () => ({ status: 401, ms: 12, challenge: { realm: 'https://gitlab.example.com/jwt/auth' } }),
    handshake: async (_, __, credentials) => {
      if (credentials === undefined) return { is: 'refused', status: 403, code: 'DENIED', message: 'access forbidden' };
      logins.push(`${credentials?.username}:${credentials?.password}`);
      return ['glpat-own', ...(world.good ?? [])].includes(credentials?.password ?? '')
        ? { is: 'granted', token: 'jwt', access: [] }
        : { is: 'refused', status: 401, message: 'HTTP Basic: Access denied' };
    },
  };
  const reach: OpenInstance['reach'] = async (what) => ({
    authority: what === 'registry' ? 'registry.example.com:5050' : 'gitlab.example.com',
    scheme: 'https',
    addresses: ['192.0.2.10'],
  });
  const instance = { config: config.instances[0], gitlab, registry, reach } as unknown as OpenInstance;
  return { instance, asked, logins };
}

function diagnosis(facts: Partial<NonNullable<Diagnosis['facts']>>): Diagnosis {
  return {
    cause: 'credentials-rejected',
    confidence: 'likely',
    why: '',
    alternatives: [],
    ruledOut: [],
    evidence: [],
    facts: { failure: '', logins: [], layersPushed: false, near: [], fromTheStart: true, ...facts },
    fix: [],
  };
}

function tokenOf(id: number, more: Partial<DeployToken> = {}): DeployToken {
  const username = `gitlab+deploy-token-${id}`;
  return { id, name: `t${id}`, username, revoked: false, expired: false, scopes: ['read_registry'], ...more };
}

function pairOf(id: number, password: string): Variable[] {
  const flags = {
    variable_type: 'env_var',
    protected: false,
    masked: false,
    hidden: false,
    raw: false,
    environment_scope: '*',
  };
  return [
    { key: `T${id}_USER`, value: `gitlab+deploy-token-${id}`, ...flags },
    { key: `T${id}_PASSWORD`, value: password, ...flags },
  ];
}

async function gather(
  world: World,
  facts: Partial<NonNullable<Diagnosis['facts']>> = { project: 'shop/api' },
  person = ANA,
) {
  const opened = open(world);
  const findings = await gatherFindings(
    diagnosis(facts),
    opened.instance,
    { is: 'person', person },
    openIdentities(source, { of: async () => undefined }),
    source,
    redis,
    1_000,
  );
  return { ...opened, findings };
}

describe('the project', () => {
  const image = (host: string) => ({ image: { host, path: 'shop/api/cache' } }) as Parameters<typeof diagnosis>[0];

  test('is the job’s own, else that of the image, if it is of our registry', async () => {
    expect((await gather({})).asked).toEqual(['shop/api']);
    expect((await gather({}, image('registry.example.com:5050'))).asked).toEqual(['shop/api/cache', 'shop/api']);
    expect((await gather({}, image('docker.io'))).asked).toEqual([]);
  });

  test.each(['../../admin', 'a b', '/shop/api', 'shop/api?x', ''])(
    '%p is no path, and is not asked for',
    async (project) => {
      const { asked, findings } = await gather({}, { project });
      expect([asked, findings.notLooked]).toEqual([[], ['GitLab, for the log names no project']]);
    },
  );

  test('missing, or not the person’s: the same words', async () => {
    const missing = await gather({ projects: [] });
    const others = await gather({ level: 20 });
    expect(others.findings).toEqual(missing.findings);
    expect(others.findings.tokens).toBeUndefined();
    expect(others.logins).toEqual([]);
  });
});

describe('logins', () => {
  test('are tried with the stored pair; the secret is in no finding', async () => {
    const world = { tokens: [tokenOf(1)], variables: pairOf(1, 'gldt-one'), good: ['gldt-one'] };
    const { findings, logins } = await gather(world);
    expect(logins).toEqual(['gitlab+deploy-token-1:gldt-one']);
    expect(findings.tokens).toMatchObject([{ id: 1, login: { variable: 'T1_PASSWORD', accepted: true } }]);
    expect(JSON.stringify(findings)).not.toContain('gldt-one');
  });

  test('that are refused are two at most, and a success of our own follows', async () => {
    const ids = [1, 2, 3, 4, 5];
    const { logins, findings } = await gather({
      tokens: ids.map((id) => tokenOf(id)),
      variables: ids.flatMap((id) => pairOf(id, `wrong-${id}`)),
    });
    expect(logins).toEqual([
      'gitlab+deploy-token-1:wrong-1',
      'gitlab+deploy-token-2:wrong-2',
      'registrar-bot:glpat-own',
    ]);
    expect(findings.tokens?.map(({ login }) => login?.accepted)).toEqual([
      false,
      false,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('are not tried with another GitLab’s secret that stands beside ours in a docker configuration', async () => {
    const auth = (password: string) => ({ auth: Buffer.from(`gitlab+deploy-token-1:${password}`).toString('base64') });
    const auths = { 'registry.other.example': auth('theirs'), 'registry.example.com:5050': auth('ours') };
    const [user] = pairOf(1, '');
    const config: Variable[] =
      user === undefined ? [] : [{ ...user, key: 'DOCKER_AUTH_CONFIG', value: JSON.stringify({ auths }) }];
    const { logins } = await gather({ tokens: [tokenOf(1)], variables: config, good: ['ours'] });
    expect(logins).toEqual(['gitlab+deploy-token-1:ours']);
  });
});

test('tokens without a scope of the registry are left out, revoked ones are not', async () => {
  const tokens = [tokenOf(1, { scopes: ['read_repository'] }), tokenOf(2, { revoked: true }), tokenOf(3)];
  expect((await gather({ tokens })).findings.tokens?.map(({ id }) => id)).toEqual([3, 2]);
});
