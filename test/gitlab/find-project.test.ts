import { type GitLab, openGitLab } from '../../src/gitlab/client.js';
import { findProject } from '../../src/gitlab/find-project.js';
import type { User as Asker } from '../../src/gitlab/schema.js';
import { createHttp } from '../../src/http.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import type { User } from '../lab/gitlab/model.js';

let double: GitLabDouble;
let gitlab: GitLab;
let ana: User;
let asker: Asker;
const http = createHttp();

/** Registrar sees every project of this instance; Ana is a member of those that a test gives her. */
beforeAll(async () => {
  const { keyPem, certificatePem } = await makeSigningPair();
  double = await startGitLab({ signingKeyPem: keyPem, certificatePem });
  const bot = double.addUser({ username: 'registrar-bot', admin: true });
  gitlab = openGitLab(double.url, double.addPersonalToken(bot, { scopes: ['api'] }).token, http);
  ana = double.addUser({ username: 'ana' });
  asker = { id: ana.id, username: ana.username };
});

beforeEach(() => {
  double.projects.length = 0;
  double.memberships.length = 0;
});

afterAll(async () => {
  await http.close();
  await double?.stop();
});

const hers = (...paths: string[]) => paths.map((path) => double.addMember(double.addProject(path), ana, 30));
const find = async (path: string) => (await findProject(path, asker, gitlab)).path_with_namespace;

test('the full path finds it, in any case', async () => {
  hers('shop/api');
  expect(await find('shop/api')).toBe('shop/api');
  expect(await find('Shop/API')).toBe('shop/api');
});

test('the name alone finds it, when one of hers has it', async () => {
  hers('shop/api', 'shop/web');
  double.addProject('secret/api');
  expect(await find('api')).toBe('shop/api');
  expect(await find('API')).toBe('shop/api');
});

test('a name that is hers is found behind any number that are not', async () => {
  for (let i = 0; i < 8; i++) double.addProject(`a${i}/api`);
  hers('shop/api');
  for (let i = 0; i < 8; i++) double.addProject(`z${i}/api`);
  expect(await find('api')).toBe('shop/api');
});

test('a name that several of hers have is ambiguous', async () => {
  hers('shop/api', 'blog/api');
  await expect(find('api')).rejects.toMatchObject({
    part: 'gitlab',
    code: 'ambiguous',
    retry: 'never',
    forPerson: {
      what: 'No single project of yours is called api',
      why: expect.stringMatching(/^did you mean (shop\/api, blog\/api|blog\/api, shop\/api)\?$/),
      next: 'ask again with the full path',
    },
  });
});

test('a slip of the pen is answered with what is near', async () => {
  hers('shop/api', 'shop/web');
  await expect(find('shop/apj')).rejects.toMatchObject({
    code: 'ambiguous',
    forPerson: { why: expect.stringContaining('shop/api') },
  });
});

test('what she is no member of is neither found by name nor suggested', async () => {
  double.addProject('secret/api');
  double.addProject('secret/apj');
  for (const asked of ['api', 'secret/apx']) {
    const error: unknown = await find(asked).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'not-found', forPerson: { next: expect.stringContaining('check the path') } });
    expect(JSON.stringify(error)).not.toMatch(/secret\/ap[ij]/);
  }
});
