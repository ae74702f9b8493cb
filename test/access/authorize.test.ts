import { gitlabNameOf, requireRole } from '../../src/access/authorize.js';
import type { Person } from '../../src/chat/request.js';
import { parseConfig } from '../../src/config/load.js';
import { type GitLab, openGitLab } from '../../src/gitlab/client.js';
import { createHttp } from '../../src/http.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import type { AccessLevel, Project } from '../lab/gitlab/model.js';

let double: GitLabDouble;
let gitlab: GitLab;
let project: Project;
const http = createHttp();

const parsed = parseConfig(`
instances:
  - { name: main, gitlab: { url: https://a, token: env:T }, registry: { url: https://b } }
access:
  people:
    - { gitlab: ana, slack: U024BE7LH, terminal: ana-t }
`);
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
const { config } = parsed;

const person = (platform: Person['platform'], id: string): Person => ({ platform, id });

beforeAll(async () => {
  const { keyPem, certificatePem } = await makeSigningPair();
  double = await startGitLab({ signingKeyPem: keyPem, certificatePem });
  const bot = double.addUser({ username: 'registrar-bot', admin: true });
  gitlab = openGitLab(double.url, double.addPersonalToken(bot, { scopes: ['api'] }).token, http);
  double.addUser({ username: 'ana' });
  project = double.addProject('shop/team/api');
});

afterAll(async () => {
  await http.close();
  await double?.stop();
});

describe('gitlabNameOf', () => {
  test('is by the id of that platform alone', () => {
    expect(gitlabNameOf(person('slack', 'U024BE7LH'), config)).toBe('ana');
    expect(gitlabNameOf(person('terminal', 'ana-t'), config)).toBe('ana');
    expect(gitlabNameOf(person('terminal', 'U024BE7LH'), config)).toBeUndefined();
    expect(gitlabNameOf(person('slack', 'ana-t'), config)).toBeUndefined();
    expect(gitlabNameOf(person('slack', 'U0STRANGER'), config)).toBeUndefined();
    // Somebody of the list without an id there is nobody's match.
    expect(gitlabNameOf(person('slack', 'undefined'), config)).toBeUndefined();
  });
});

describe('requireRole', () => {
  const at = () => ({ kind: 'project' as const, id: project.id, path: project.fullPath });
  async function member(level: AccessLevel | undefined, holder: 'project' | 'group' = 'project') {
    double.memberships.length = 0;
    const user = double.findUser('ana');
    if (user === undefined) throw new Error('no ana');
    if (level !== undefined) double.addMember(holder === 'project' ? project : project.group, user, level);
    return { id: user.id, username: 'ana' };
  }

  test.each([[40], [50]] as const)('level %i is enough for a maintainer’s work', async (level) => {
    await expect(requireRole('maintainer', at(), await member(level), gitlab)).resolves.toBeUndefined();
  });

  test('a role that a group gives counts', async () => {
    await expect(requireRole('maintainer', at(), await member(40, 'group'), gitlab)).resolves.toBeUndefined();
  });

  test('a group has roles of its own: one in its project is none in it', async () => {
    const group = { kind: 'group' as const, id: project.group.id, path: project.group.fullPath };
    await expect(requireRole('owner', group, await member(50, 'group'), gitlab)).resolves.toBeUndefined();
    await expect(requireRole('owner', group, await member(50), gitlab)).rejects.toMatchObject({
      code: 'not-allowed',
      forPerson: { what: 'This takes the role owner in shop/team', why: 'ana is not a member there' },
    });
  });

  test.each([
    [undefined, 'ana is not a member there'],
    [10, 'ana is only guest there'],
    [20, 'ana is only reporter there'],
    [30, 'ana is only developer there'],
  ] as const)('level %s is not, and says so', async (level, why) => {
    await expect(requireRole('maintainer', at(), await member(level), gitlab)).rejects.toMatchObject({
      code: 'not-allowed',
      retry: 'never',
      forPerson: {
        what: 'This takes the role maintainer in shop/team/api',
        why,
        next: 'ask an owner of shop/team/api to do it, or to give ana that role',
      },
    });
  });

  test('the role is asked for at each time: one that was taken away counts no more', async () => {
    await requireRole('maintainer', at(), await member(40), gitlab);
    await expect(requireRole('maintainer', at(), await member(30), gitlab)).rejects.toThrow('not-allowed');
  });
});
