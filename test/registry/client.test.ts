import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp, type Http, type HttpAnswer } from '../../src/http.js';
import type { Challenge } from '../../src/registry/challenge.js';
import { openRegistry, type Registry } from '../../src/registry/client.js';
import type { Credentials } from '../../src/registry/protocol.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import type { DeployToken, Project } from '../lab/gitlab/model.js';
import { type RealRegistry, startRealRegistry } from '../lab/gitlab/real-registry.js';

const ISSUER = 'omnibus-gitlab-issuer';

interface Call {
  method: string;
  url: URL;
  authorization: string | undefined;
  answer: HttpAnswer;
}

let dir: string;
let gitlab: GitLabDouble;
let real: RealRegistry;
let project: Project;
let botToken: string;
let pushing: DeployToken;
let reading: DeployToken;
let registry: Registry;
let calls: Call[];
const http = createHttp();

/** The real client, with a record of what went out. */
const recorded: Http = async (url, options = {}) => {
  const answer = await http(url, options);
  calls.push({
    method: options.method ?? 'GET',
    url: new URL(url),
    authorization: options.headers?.authorization,
    answer,
  });
  return answer;
};

const of = (token: DeployToken): Credentials => ({ username: token.username, password: token.token });

async function challenge(): Promise<Challenge> {
  const { challenge: given } = await registry.ping();
  if (given === undefined) throw new Error('no challenge');
  return given;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registry-client-'));
  const { keyPem, certificatePem } = await makeSigningPair();
  gitlab = await startGitLab({ signingKeyPem: keyPem, certificatePem, issuer: ISSUER });
  real = await startRealRegistry({ realm: `${gitlab.url}/jwt/auth`, issuer: ISSUER, certificatePem });
  gitlab.setRegistry(real.url);
  project = gitlab.addProject('shop/api');
  const bot = gitlab.addUser({ username: 'registrar-bot' });
  gitlab.addMember(project, bot, 40);
  botToken = gitlab.addPersonalToken(bot, { scopes: ['api'] }).token;
  pushing = gitlab.addDeployToken(project, { name: 'push', scopes: ['read_registry', 'write_registry'] });
  reading = gitlab.addDeployToken(project, { name: 'read', scopes: ['read_registry'] });
});

afterAll(async () => {
  await http.close();
  await real?.stop();
  await gitlab?.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(() => {
  calls = [];
  registry = openRegistry(real.url, recorded, [gitlab.url]);
});

describe('ping', () => {
  test('sees a registry that asks for a token', async () => {
    expect(await registry.ping()).toEqual({
      status: 401,
      apiVersion: 'registry/2.0',
      challenge: { realm: `${gitlab.url}/jwt/auth`, service: 'container_registry' },
      date: expect.any(Number),
      ms: expect.any(Number),
    });
    expect(calls).toMatchObject([{ method: 'GET', authorization: undefined }]);
  });

  test('with a token, sees whether the registry takes it', async () => {
    const granted = await registry.handshake(await challenge(), [], of(pushing));
    if (granted.is === 'refused') throw new Error(granted.message);
    expect(await registry.ping(granted.token)).toMatchObject({ status: 200, apiVersion: 'registry/2.0' });
    expect(await registry.ping(`${granted.token}x`)).toMatchObject({
      status: 401,
      challenge: { error: 'invalid_token' },
    });
  });

  test('sees that something else answers', async () => {
    expect(await openRegistry(gitlab.url, http, []).ping()).toEqual({
      status: 404,
      date: expect.any(Number),
      ms: expect.any(Number),
    });
  });

  test('nobody there is the registry’s fault, and worth another try', async () => {
    await expect(openRegistry('http://127.0.0.1:1', http, []).ping()).rejects.toMatchObject({
      part: 'registry',
      code: 'registry-unreachable',
      retry: { afterMs: expect.any(Number) },
      forPerson: {
        what: 'the registry at http://127.0.0.1:1 does not answer',
        why: expect.stringContaining('ECONNREFUSED'),
        next: expect.any(String),
      },
    });
  });
});

describe('handshake', () => {
  test('grants what the token may, with the time of its end', async () => {
    const granted = await registry.handshake(await challenge(), ['repository:shop/api:pull,push'], of(pushing));
    expect(granted).toEqual({
      is: 'granted',
      token: expect.stringMatching(/^eyJ/),
      access: [{ type: 'repository', name: 'shop/api', actions: ['pull', 'push'], meta: expect.anything() }],
      issuedAt: expect.any(Number),
      expiresAt: expect.any(Number),
    });
    const asked = calls.at(-1)?.url.searchParams;
    expect(asked?.get('account')).toBe(pushing.username);
    expect(asked?.get('service')).toBe('container_registry');
  });

  test('grants less than was asked, and tells what', async () => {
    const partial = await registry.handshake(
      await challenge(),
      ['repository:shop/api:pull,push', 'repository:shop/web:pull'],
      of(reading),
    );
    expect(partial).toMatchObject({ is: 'granted', access: [{ name: 'shop/api', actions: ['pull'] }] });
  });

  test('refuses in GitLab’s own words', async () => {
    const refused = await registry.handshake(await challenge(), [], { username: 'ana', password: 'wrong' });
    expect(refused).toEqual({
      is: 'refused',
      status: 401,
      code: 'UNAUTHORIZED',
      message: expect.stringMatching(/HTTP Basic: Access denied/),
    });
  });

  test('without credentials none are sent', async () => {
    await registry.handshake(await challenge(), []);
    expect(calls.at(-1)).toMatchObject({ authorization: undefined });
    expect(calls.at(-1)?.url.searchParams.has('account')).toBe(false);
  });

  test('GitLab that is away is GitLab’s fault', async () => {
    const given = await challenge();
    await gitlab.pause();
    try {
      await expect(registry.handshake(given, [], of(pushing))).rejects.toMatchObject({
        part: 'gitlab',
        code: 'gitlab-unreachable',
      });
    } finally {
      await gitlab.resume();
    }
  });
});

describe('probeUpload', () => {
  const token = async (credentials: Credentials) => {
    const shake = await registry.handshake(await challenge(), ['repository:shop/api:pull,push'], credentials);
    return shake.is === 'granted' ? shake.token : '';
  };

  test('opens an upload session, and cancels it with Registrar’s own login: a deploy token may not', async () => {
    const asked: Registry = openRegistry(real.url, recorded, [gitlab.url], async () => ({
      username: 'registrar-bot',
      password: botToken,
    }));
    const probe = await asked.probeUpload('shop/api', await token(of(pushing)));
    expect(probe).toEqual({
      is: 'accepted',
      location: expect.stringContaining(`${real.url}/v2/shop/api/blobs/uploads/`),
    });
    const [opened, refused, login, cancelled] = calls.slice(-4);
    expect([opened, refused, login, cancelled]).toMatchObject([
      { method: 'POST', answer: { status: 202 } },
      { method: 'DELETE', answer: { status: 401 } },
      { method: 'GET', answer: { status: 200 } },
      { method: 'DELETE', answer: { status: 204 } },
    ]);
    expect(login?.url.searchParams.getAll('scope')).toEqual(['repository:shop/api:delete']);
    const again = await http(cancelled?.url ?? '', { headers: { authorization: opened?.authorization ?? '' } });
    expect(again.status).toBe(404);

    // Asked for a token before, it knows what a deploy token is refused.
    await asked.ping();
    const from = calls.length;
    expect(await asked.probeUpload('shop/api', await token(of(pushing)))).not.toHaveProperty('left');
    expect(calls.slice(from).map(({ method, answer }) => `${method} ${answer?.status}`)).toEqual([
      ...['GET 401', 'GET 200', 'POST 202', 'GET 200', 'DELETE 204'],
    ]);
  });

  test('tells when the session stays', async () => {
    expect(await registry.probeUpload('shop/api', await token(of(pushing)))).toMatchObject({
      is: 'accepted',
      left: 'authentication required',
    });
  });

  test('the location is told without its state, which is the session’s secret', async () => {
    const probe = await registry.probeUpload('shop/api', await token(of(pushing)));
    expect(calls.at(-1)?.url.search).toContain('_state=');
    expect(JSON.stringify(probe)).not.toContain('_state');
  });

  test('a token that may only read is refused by the registry', async () => {
    expect(await registry.probeUpload('shop/api', await token(of(reading)))).toMatchObject({
      is: 'refused',
      status: 401,
      code: 'UNAUTHORIZED',
    });
    expect(calls.at(-1)).toMatchObject({ method: 'POST' });
  });
});
