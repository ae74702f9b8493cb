import { type GitLab, openGitLab } from '../../src/gitlab/client.js';
import type { Owner } from '../../src/gitlab/schema.js';
import { createHttp } from '../../src/http.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import type { Project, User } from '../lab/gitlab/model.js';

let pair: Awaited<ReturnType<typeof makeSigningPair>>;
let double: GitLabDouble;
let gitlab: GitLab;
let bot: User;
let project: Project;
let owner: Owner;
const http = createHttp();
const token = { name: 'n', scopes: ['read_registry'] };
const LIST = 'GET /api/v4/projects/*/deploy_tokens';
const CREATE = 'POST /api/v4/projects/*/deploy_tokens';

beforeAll(async () => {
  pair = await makeSigningPair();
});

afterAll(() => http.close());

beforeEach(async () => {
  double = await startGitLab({ signingKeyPem: pair.keyPem, certificatePem: pair.certificatePem });
  bot = double.addUser({ username: 'registrar-bot' });
  project = double.addProject('shop/api');
  double.addMember(project, bot, 40);
  gitlab = openGitLab(double.url, double.addPersonalToken(bot, { scopes: ['api'] }).token, http);
  owner = { kind: 'project', id: project.id, path: project.fullPath };
});

afterEach(() => double.stop());

describe('a refusal says which part, what it was, and whether to come again', () => {
  test('401: the access token', async () => {
    await expect(openGitLab(double.url, 'glpat-of-nobody-at-all', http).version()).rejects.toMatchObject({
      part: 'gitlab',
      code: 'gitlab-refused',
      status: 401,
      retry: 'never',
      forPerson: { why: '401 Unauthorized', next: expect.stringContaining('make a new token with scope api') },
    });
  });

  test('403: the role', async () => {
    double.memberships.length = 0;
    double.addMember(project, bot, 30);
    await expect(gitlab.createDeployToken(owner, token)).rejects.toMatchObject({
      code: 'gitlab-forbidden',
      status: 403,
      retry: 'never',
      forPerson: {
        what: `GitLab does not let Registrar do this (POST /api/v4/projects/${project.id}/deploy_tokens)`,
        next: expect.stringContaining('the role Maintainer'),
      },
    });
  });

  test('404: the place', async () => {
    await expect(gitlab.deployTokens({ ...owner, id: 999 })).rejects.toMatchObject({
      code: 'gitlab-not-found',
      status: 404,
      retry: 'never',
      forPerson: { why: '404 Project Not Found' },
    });
  });

  test('400: the request, in GitLab’s words per field', async () => {
    await expect(gitlab.createDeployToken(owner, { ...token, username: 'not a name' })).rejects.toMatchObject({
      code: 'gitlab-rejected',
      status: 400,
      retry: 'never',
      forPerson: { why: expect.stringContaining('Username can contain only') },
    });
  });

  test('429: after the time that GitLab names', async () => {
    double.fail(LIST, 429, 1, { body: 'Retry later\n', contentType: 'text/plain', headers: { 'Retry-After': '37' } });
    await expect(gitlab.deployTokens(owner)).rejects.toMatchObject({
      code: 'gitlab-rate-limited',
      status: 429,
      retry: { afterMs: 37_000 },
    });
  });

  test.each([undefined, 'soon', '-1', 'Wed, 21 Oct 2026 07:28:00 GMT'])(
    '429 with Retry-After %s: after our own time',
    async (after) => {
      double.fail(LIST, 429, 1, { body: '{}', headers: after === undefined ? {} : { 'Retry-After': after } });
      await expect(gitlab.deployTokens(owner)).rejects.toMatchObject({ retry: { afterMs: 5_000 } });
    },
  );

  test.each([500, 502, 503])('%i: it will be back', async (status) => {
    double.fail(LIST, status);
    await expect(gitlab.deployTokens(owner)).rejects.toMatchObject({
      code: 'gitlab-unreachable',
      status,
      retry: { afterMs: expect.any(Number) },
      forPerson: { what: `GitLab at ${double.url} answers ${status}` },
    });
  });

  test('nobody there: it will be back', async () => {
    await double.pause();
    await expect(gitlab.version()).rejects.toMatchObject({
      part: 'gitlab',
      code: 'gitlab-unreachable',
      retry: { afterMs: expect.any(Number) },
      forPerson: { what: `GitLab at ${double.url} does not answer`, why: expect.stringContaining('ECONNREFUSED') },
    });
    await double.resume();
    expect(await gitlab.version()).toBe('18.11.0');
  });
});

describe('an answer that is not GitLab’s', () => {
  test.each([
    ['a sign-in page', 200, { body: '<html>sign in</html>', contentType: 'text/html' }, 'it answered with a web page'],
    ['JSON that is none', 200, { body: '{"a', contentType: 'application/json' }, /JSON/],
    ['JSON of another kind', 200, { body: '{"version":7}', contentType: 'application/json' }, /expected string/],
    ['a redirect', 302, { body: 'x', headers: { location: 'https://evil.example/' } }, /302, to https:\/\/evil/],
  ])('%s is told as such, and not followed', async (_, status, answer, why) => {
    double.fail('GET /api/v4/metadata', status, 1, answer);
    await expect(gitlab.version()).rejects.toMatchObject({
      name: 'EdgeError',
      part: 'gitlab',
      code: 'gitlab-rejected',
      retry: 'never',
      forPerson: { why: expect.stringMatching(why), next: expect.stringContaining('gitlab.url') },
    });
  });

  test('the access token is sent to the configured GitLab only, whatever a Link header says', async () => {
    const evil = await startGitLab({ signingKeyPem: pair.keyPem, certificatePem: pair.certificatePem });
    try {
      const link = `<${evil.url}/api/v4/projects/1/deploy_tokens?page=2&per_page=100>; rel="next"`;
      double.addDeployToken(project, token);
      double.fail(LIST, 200, 1, {
        body: '[{"id":9,"name":"x","username":"x","scopes":[]}]',
        contentType: 'application/json',
        headers: { link, 'x-next-page': '2' },
      });
      await gitlab.deployTokens(owner);
      expect(double.requests.filter(({ path }) => path.includes('page=2'))).toHaveLength(1);
      expect(evil.requests).toEqual([]);
    } finally {
      await evil.stop();
    }
  });

  test('the words of an error hold neither the access token nor a whole page', async () => {
    double.fail(LIST, 500, 1, {
      body: JSON.stringify({ message: 'x'.repeat(10_000) }),
      contentType: 'application/json',
    });
    const error: unknown = await gitlab.deployTokens(owner).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error).length).toBeLessThan(1_000);
    expect(JSON.stringify(error)).not.toContain('glpat-');
  });
});

describe('one call is one attempt', () => {
  test.each([429, 500, 502, 503])('a POST that was answered %i is not repeated', async (status) => {
    double.fail(CREATE, status, 5);
    await expect(gitlab.createDeployToken(owner, token)).rejects.toMatchObject({ status });
    expect(double.requests.map(({ method }) => method)).toEqual(['POST']);
  });

  test('a POST whose answer was lost is not repeated: its token is there, once', async () => {
    double.cutAfter(CREATE);
    await expect(gitlab.createDeployToken(owner, token)).rejects.toMatchObject({
      code: 'gitlab-unreachable',
      retry: { afterMs: expect.any(Number) },
    });
    expect(double.requests.map(({ method }) => method)).toEqual(['POST']);
    expect(double.deployTokens).toHaveLength(1);
  });
});
