import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { Answer } from '../../../src/chat/answer.js';
import { renderSlack } from '../../../src/chat/slack/render.js';
import {
  bulkAskedAnswer,
  bulkChooseAnswer,
  bulkEndAnswer,
  bulkListAnswer,
  bulkPlanAnswer,
  bulkProgressAnswer,
  bulkStandAnswer,
} from '../../../src/rotation/bulk/answers.js';
import {
  type Bulk,
  countWords,
  inTurns,
  type Result,
  type Target,
  tallyOf,
  withinGroup,
} from '../../../src/rotation/bulk/bulk.js';
import { bulkCsv } from '../../../src/rotation/bulk/csv.js';
import { isMeant } from '../../../src/rotation/bulk/select.js';
import type { RotatedToken } from '../../../src/rotation/plan/plan.js';
import { foreign } from '../../chat/answers.js';
import { checkBlocks } from '../../lab/slack/block-kit.js';

function target(id: number, path = `shop/p${id}`, name = 'ci', kind: 'project' | 'group' = 'project'): Target {
  return {
    owner: { kind, id, path },
    token: { kind: 'deploy', id, name, username: `gitlab+deploy-token-${id}`, scopes: ['read_registry'] },
  };
}

const bulkOf = (targets: Target[], more: Partial<Bulk> = {}): Bulk => ({
  id: '0b2c6a6e-9a54-4c8e-8f5e-1d2c3b4a5f60',
  instance: 'lab',
  filter: { is: 'stale' },
  targets,
  unknown: [],
  at: 0,
  ...more,
});
const many = (count: number) => Array.from({ length: count }, (_, at) => target(at));

const failed: Result = { is: 'failed', why: 'GitLab rejects it', next: 'ask again' };

describe('which tokens are meant', () => {
  const now = Date.UTC(2026, 5, 15, 12);
  const history = [
    { url: 'https://old.example.com', firstSeen: 0, lastSeen: 1, highestAtFirst: 1, highestAtLast: 7 },
    { url: 'https://new.example.com', firstSeen: 2, lastSeen: 3, highestAtFirst: 9, highestAtLast: 12 },
  ];
  const token = (more: Partial<RotatedToken>): RotatedToken => ({ ...target(7).token, ...more });

  test.each([
    [7, true],
    [8, false],
    [9, false],
    [10, false],
  ])('stale: a deploy token %i, of which 7 is the last that is sure to be older: %p', (id, meant) => {
    expect(isMeant(token({ id }), { is: 'stale' }, history, now)).toBe(meant);
    expect(isMeant(token({ id, kind: 'access' }), { is: 'stale' }, history, now)).toBe(false);
    expect(isMeant(token({ id }), { is: 'stale' }, history.slice(1), now)).toBe(false);
  });

  test.each([
    ['2026-06-15', true, true],
    ['2026-06-16', false, true],
    ['2026-06-25', false, true],
    ['2026-06-26', false, false],
    [undefined, false, false],
  ])('expires %p: expired %p, within 10 days %p', (expires_at, isExpired, isExpiring) => {
    const one = token({ expires_at });
    expect(isMeant(one, { is: 'expired' }, history, now)).toBe(isExpired);
    expect(isMeant(one, { is: 'expiring', days: 10 }, history, now)).toBe(isExpiring);
  });
});

describe('a list of tokens', () => {
  test.each([
    [[], '0 tokens in 0 projects'],
    [[target(1)], '1 token in 1 project'],
    [[target(1), target(1)], '2 tokens in 1 project'],
    [[target(1, 'g', 'ci', 'group')], '1 token in 1 group'],
    [[target(1), target(1, 'g', 'ci', 'group')], '2 tokens in 2 projects and groups'],
  ])('is counted', (targets, words) => {
    expect(countWords({ targets })).toBe(words);
  });

  test('has the second token of a project after the first ones of all others', () => {
    expect(inTurns([target(1), target(1), target(1), target(2), target(1, 'g', 'ci', 'group'), target(2)])).toEqual([
      0, 3, 4, 1, 5, 2,
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 50 }), (owners) => {
        const turns = inTurns(owners.map((id) => target(id)));
        expect([...turns].sort((a, b) => a - b)).toEqual([...owners.keys()]);
      }),
    );
  });

  test('is narrowed to a group, to what is below it, and to nothing that only begins with its name', () => {
    const targets = [
      target(1, 'shop/api'),
      target(2, 'Shop/deep/er'),
      target(3, 'shopping/x'),
      target(4, 'shop', 'ci', 'group'),
    ];
    expect(withinGroup(targets, 'shop').map(({ token }) => token.id)).toEqual([1, 2, 4]);
  });

  test('is tallied: each token is somewhere, once', () => {
    const results = new Map<number, Result>([
      [0, { is: 'done', fresh: 9 }],
      [1, { is: 'waiting' }],
      [2, failed],
      [99, failed],
    ]);
    expect(tallyOf({ targets: many(5) }, results)).toEqual({ done: 1, waiting: 1, failed: 1, skipped: 0, open: 2 });
  });
});

describe('the CSV', () => {
  test('says what became of every token', () => {
    const results = new Map<number, Result>([
      [0, { is: 'done', fresh: 9 }],
      [1, failed],
      [2, { is: 'skipped', why: 'gone' }],
    ]);
    expect(bulkCsv({ targets: many(4) }, results)).toBe(
      [
        'kind,path,token,name,result,new_token,why,next',
        'project,shop/p0,deploy 0,ci,done,9,,',
        'project,shop/p1,deploy 1,ci,failed,,GitLab rejects it,ask again',
        'project,shop/p2,deploy 2,ci,skipped,,gone,',
        'project,shop/p3,deploy 3,ci,not done,,,',
        '',
      ].join('\n'),
    );
  });

  test('runs nothing in a spreadsheet, and is read back whatever names are in it', () => {
    const formula = fc
      .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'), fc.string())
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(formula, foreign), (name) => {
        const csv = bulkCsv({ targets: [target(1, name, name)] }, new Map([[0, { ...failed, why: name }]]));
        const [, row = []] = parse(csv) as string[][];
        expect(row).toHaveLength(8);
        for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
        expect(row[3]?.endsWith(name)).toBe(true);
      }),
    );
  });
});

describe('the answers', () => {
  const bulk = bulkOf(many(3));
  const ana = { id: 1, username: 'ana' };
  const results = new Map<number, Result>([
    [0, { is: 'done', fresh: 9 }],
    [1, failed],
    [2, { is: 'waiting' }],
  ]);
  const labels = ({ parts }: Answer) =>
    parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons.map(({ label }) => label) : []));

  test('a list that nobody asked for says from where to where the registry moved', () => {
    const moved = { from: 'https://a.example.com', to: 'https://b.example.com' };
    const said = bulkPlanAnswer(bulkOf(many(3), { moved }));
    expect(said.title).toBe(
      'The registry moved from https://a.example.com to https://b.example.com; 3 tokens in 3 projects are stale',
    );
    expect(labels(said)).toEqual(['Plan', 'Rotate all', 'Choose']);
    expect(bulkPlanAnswer(bulkOf([], { moved })).title).toMatch(/^The registry moved from .*; lab: no token is older/);
    const few = bulkPlanAnswer(bulkOf([target(1)], { unknown: ['2 projects can’t be seen'] }));
    expect(few.title).toBe('lab: 1 token in 1 project is older than the registry’s address');
    expect(JSON.stringify(few)).toContain('2 projects can’t be seen');
  });

  test('it is asked for by one, and says who else may approve', () => {
    const said = bulkAskedAnswer(bulk, ana, ['bob', 'eve']);
    expect(labels(said)).toEqual(['Approve', 'Cancel']);
    expect(JSON.stringify(said)).toContain('One of these approves: bob, eve.');
  });

  test.each([
    ['running', 'Rotating: 3 of 3 tokens', ['Pause', 'Cancel the rest', 'Revoke now']],
    ['paused', 'Paused: 3 of 3 tokens', ['Resume', 'Cancel the rest', 'Revoke now']],
    ['cancelled', 'Cancelling: 3 of 3 tokens', ['Revoke now']],
  ] as const)('while it is %s: what can be done about it', (state, title, offered) => {
    const said = bulkProgressAnswer(bulk, results, state);
    expect(said.title).toBe(title);
    expect(labels(said)).toEqual(offered);
    expect(bulkStandAnswer({ bulk, state }, results)).toEqual(said);
  });

  test('the bar is as long as what is handled', () => {
    const bar = (done: number) => {
      const some = new Map([...Array(done).keys()].map((at): [number, Result] => [at, { is: 'done', fresh: at }]));
      const [first] = bulkProgressAnswer(bulkOf(many(40)), some, 'running').parts;
      return first?.kind === 'text' ? first.text : '';
    };
    expect(bar(0)).toBe(`${'░'.repeat(20)} 0 %`);
    expect(bar(39)).toBe(`${'█'.repeat(19)}░ 97 %`);
    expect(bar(40)).toBe(`${'█'.repeat(20)} 100 %`);
  });

  test('the end says what failed and why; a cancelled one is called so', () => {
    const said = bulkStandAnswer({ bulk, state: 'ended' }, results);
    expect(said).toMatchObject({ mark: 'warn', title: 'Done: 1 of 3 tokens replaced, 1 failed and undone' });
    expect(JSON.stringify(said)).toContain('deploy:1: GitLab rejects it');
    expect(bulkStandAnswer({ bulk, state: 'ended', wasCancelled: true }, new Map()).title).toBe(
      'Cancelled: 0 of 3 tokens replaced',
    );
    const all = new Map(many(3).map((_, at): [number, Result] => [at, { is: 'done', fresh: at }]));
    expect(bulkEndAnswer(bulk, all, false).mark).toBe('pass');
  });

  test('of thousands of tokens with hostile names are taken by Redis and by Slack', () => {
    // GitLab's bound for both.
    const name = fc.oneof(foreign, fc.constant('ci')).map((words) => words.slice(0, 255));
    fc.assert(
      fc.property(name, name, (path, token) => {
        const targets = Array.from({ length: 2_000 }, (_, at) => target(at, `${path}${at}/p`, token));
        const long = bulkOf(targets, { path });
        const everyOne = new Map(targets.map((_, at): [number, Result] => [at, { ...failed, why: token, next: path }]));
        const answers = [
          bulkPlanAnswer(long),
          bulkListAnswer(long),
          bulkChooseAnswer(long),
          bulkAskedAnswer(long, ana, [path]),
          bulkProgressAnswer(long, everyOne, 'running'),
          bulkEndAnswer(long, everyOne, true),
        ];
        for (const said of answers) {
          expect(Answer.safeParse(said).success).toBe(true);
          checkBlocks(JSON.parse(JSON.stringify(renderSlack(said, 'a key').blocks)), () => 'id');
        }
      }),
      { numRuns: 15 },
    );
  });
});
