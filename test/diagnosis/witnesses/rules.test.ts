import type { RulesFinding } from '../../../src/diagnosis/findings.js';
import { jobLog, loginAs, pushOf, REGISTRY } from '../../logs/job.js';
import { fromText, remarks, verdict } from './scenes.js';

type Rule = RulesFinding['matching'][number];

const repository: Rule = { of: 'repository', pattern: 'shop/api/*', minimum: 'maintainer', level: 40 };
const tag: Rule = { of: 'tag', pattern: '^v', minimum: 'owner', level: 50 };
const user = (level: number) => ({ is: 'user', username: 'bob', level }) as const;
const found = (matching: Rule[], who?: RulesFinding['who'], unseen: RulesFinding['unseen'] = []): RulesFinding => ({
  project: 'shop/api',
  matching,
  unseen,
  ...(who === undefined ? {} : { who }),
});

const push = (...words: string[]) => jobLog(...loginAs('bob'), ...pushOf('shop/api/x'), ...words);
const REPOSITORY = jobLog(
  ...loginAs('bob'),
  ...pushOf('shop/api/x', 'denied: Pushing to protected repository path forbidden'),
);
const TAG = jobLog(...loginAs('bob'), ...pushOf('shop/api/x', 'unauthorized: tag "v1" is protected'));
const IMMUTABLE = jobLog(...loginAs('bob'), ...pushOf('shop/api/x', 'denied: tag "v1" is immutable'));
const AFTER_LAYERS = jobLog(
  ...loginAs('bob'),
  ...pushOf('shop/api/x', '5f70bf18a086: Pushed'),
  'denied: requested access to the resource is denied',
);
const SKOPEO = jobLog(
  `$ skopeo login -u bob --password-stdin ${REGISTRY}`,
  'Login Succeeded!',
  `$ skopeo copy docker-archive:x.tar docker://${REGISTRY}/shop/api/x:1`,
  `time="2026-08-05T10:00:00Z" level=fatal msg="trying to reuse blob sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef at destination: Requesting bearer token: invalid status code from registry 403 (Forbidden)"`,
);
const unmoved = (log: string) => verdict(fromText(log), {});

test.each<[string, RulesFinding, string, string]>([
  ['its words, and a rule', found([repository]), REPOSITORY, 'protected-by-rule confirmed'],
  ['its words, a rule, and a role below it', found([repository], user(30)), REPOSITORY, 'protected-by-rule confirmed'],
  ['its words, a rule, and a role that is enough now', found([repository], user(40)), REPOSITORY, unmoved(REPOSITORY)],
  ['its words, and no rule', found([]), REPOSITORY, unmoved(REPOSITORY)],
  ['its words for a tag, and a rule', found([tag]), TAG, 'protected-by-rule confirmed'],
  ['its words for a tag, and a rule for repositories', found([repository]), TAG, unmoved(TAG)],
  ['an immutable tag, which the API does not list', found([tag], user(50)), IMMUTABLE, unmoved(IMMUTABLE)],
  [
    'refused at the tag, and a role below its rule',
    found([tag], user(30)),
    AFTER_LAYERS,
    'protected-by-rule confirmed',
  ],
  ['refused at the tag, and a rule', found([tag]), AFTER_LAYERS, 'protected-by-rule likely'],
  [
    'refused at the tag, with a deploy token',
    found([tag], { is: 'deploy-token' }),
    AFTER_LAYERS,
    unmoved(AFTER_LAYERS),
  ],
  ['a bare 403, and a role below the rule', found([repository], user(30)), SKOPEO, 'protected-by-rule confirmed'],
  ['a bare 403, and a rule', found([repository]), SKOPEO, unmoved(SKOPEO)],
  [
    'nothing granted: rules for repositories are told in other words',
    found([repository], user(30)),
    push(),
    unmoved(push()),
  ],
])('%s', (_, rules, log, expected) => {
  expect(verdict(fromText(log), { rules })).toBe(expected);
});

test('remarks: no rule now, a role that is enough now, a deploy token', () => {
  expect(remarks(fromText(REPOSITORY), { rules: found([]) })).toEqual([
    'no rule of shop/api keeps this repository from being pushed, now',
  ]);
  expect(remarks(fromText(TAG), { rules: found([], undefined, ['tag']) })).toEqual([]);
  expect(remarks(fromText(REPOSITORY), { rules: found([repository], user(40)) }).join()).toContain('bob is maintainer');
  expect(remarks(fromText(REPOSITORY), { rules: found([repository], { is: 'deploy-token' }) })).toEqual([
    'the rule “shop/api/*” for repositories of shop/api asks for maintainer, but does not count for a deploy token',
  ]);
});
