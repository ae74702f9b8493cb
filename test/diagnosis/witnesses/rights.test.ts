import type { RightsFinding } from '../../../src/diagnosis/findings.js';
import { jobLog, loginAs, pullOf, pushOf, REGISTRY } from '../../logs/job.js';
import { fromText, remarks, verdict } from './scenes.js';

const common = { project: 'shop/api', open: 'nobody', personal: false } as const;

const bob = (level: number, state = 'active', more: Partial<RightsFinding> = {}): RightsFinding => ({
  ...common,
  ...more,
  who: { is: 'person', username: 'bob', user: { state, level } },
});

const token = (scopes: string[], more: Partial<RightsFinding> = {}): RightsFinding => ({
  ...common,
  ...more,
  who: { is: 'deploy-token', id: 7, name: 'ci', scopes, of: 'shop/api' },
});

const nobody: RightsFinding = { ...common, who: { is: 'person', username: 'bob' } };

const PUSH = jobLog(...loginAs('bob'), ...pushOf('shop/api'));
const PULL = jobLog(...loginAs('bob'), ...pullOf('shop/api'));
const login = (words: string) =>
  jobLog(
    `$ docker login -u bob --password-stdin ${REGISTRY}`,
    `Error response from daemon: Get "https://${REGISTRY}/v2/": ${words}`,
  );
const FORBIDDEN = login('denied: access forbidden');
const REJECTED = login(
  "unauthorized: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password.",
);

describe('a person', () => {
  test.each<[string, RightsFinding, string, string]>([
    ['Reporter, who pushed', bob(20), PUSH, 'insufficient-rights confirmed'],
    ['no member, who pushed', bob(0), PUSH, 'insufficient-rights confirmed'],
    ['Developer, who pushed', bob(30), PUSH, 'insufficient-rights likely'],
    ['administrator, who pushed', bob(60), PUSH, 'insufficient-rights likely'],
    ['Guest, who pulled', bob(10), PULL, 'insufficient-rights confirmed'],
    ['Reporter, who pulled', bob(20), PULL, `${verdict(fromText(PULL), {})}`],
    [
      'no member, who pulled what all may pull',
      bob(0, 'active', { open: 'signed-in' }),
      PULL,
      verdict(fromText(PULL), {}),
    ],
    ['role of whom the credentials lack every ability', bob(0), FORBIDDEN, verdict(fromText(FORBIDDEN), {})],
    ['blocked', bob(40, 'blocked'), REJECTED, 'credentials-rejected confirmed'],
    ['active', bob(40), REJECTED, 'credentials-rejected likely'],
    ['blocked, though the login worked', bob(40, 'blocked'), PUSH, 'insufficient-rights likely'],
    ['unknown to GitLab', nobody, REJECTED, 'credentials-rejected likely'],
  ])('%s', (_, rights, log, expected) => {
    expect(verdict(fromText(log), { rights })).toBe(expected);
  });

  test('remarks', () => {
    expect(remarks(fromText(PUSH), { rights: bob(40) })).toEqual([
      "bob is maintainer in shop/api, now, which is enough to push; the token's scopes count as well",
    ]);
    expect(remarks(fromText(REJECTED), { rights: bob(40) }).join()).toContain('two-factor');
    expect(remarks(fromText(REJECTED), { rights: nobody })).toEqual([]);
  });
});

test.each<[string, RightsFinding, string, string]>([
  ['reads only, and pushed', token(['read_registry']), PUSH, 'insufficient-rights confirmed'],
  ['writes without reading, and pushed', token(['write_registry']), PUSH, 'insufficient-rights confirmed'],
  ['has both, and pushed', token(['read_registry', 'write_registry']), PUSH, 'insufficient-rights likely'],
  ['only writes, and pulled', token(['write_registry']), PULL, 'insufficient-rights confirmed'],
  [
    'only writes, and pulled what is public',
    token(['write_registry'], { open: 'anybody' }),
    PULL,
    verdict(fromText(PULL), {}),
  ],
  [
    'pulled from a project that it does not reach',
    token(['read_registry'], { project: 'shop/base' }),
    PULL,
    'insufficient-rights confirmed',
  ],
  ['has no scope of the registry', token(['read_repository']), FORBIDDEN, 'insufficient-rights confirmed'],
  ['has one, and was refused altogether', token(['read_registry']), FORBIDDEN, verdict(fromText(FORBIDDEN), {})],
  ['was refused as credentials', token(['read_repository']), REJECTED, verdict(fromText(REJECTED), {})],
])('a deploy token that %s', (_, rights, log, expected) => {
  expect(verdict(fromText(log), { rights })).toBe(expected);
});
