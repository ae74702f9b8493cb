import { Answer } from '../../src/chat/answer.js';
import {
  chooseAnswer,
  doneAnswer,
  planAnswer,
  progressAnswer,
  undoneAnswer,
  variableName,
  waitingAnswer,
} from '../../src/rotation/answers.js';
import type { RotatedToken, RotationPlan } from '../../src/rotation/plan/plan.js';
import { accessTokenOf, planOf as anyPlan, tokenOf, writeOf } from './plan-of.js';

const NOW = Date.parse('2026-08-05T10:00:00Z');

const SHOP = { kind: 'group', id: 2, path: 'shop' } as const;

function planOf(more: Partial<RotationPlan> = {}): RotationPlan {
  return anyPlan({
    id: 'plan-1',
    writes: [
      writeOf('DOCKER_AUTH_CONFIG', 'docker-config'),
      writeOf('REGISTRY_PASSWORD', 'password', 'production', SHOP),
    ],
    probe: { repository: 'shop/api', isNew: true },
    unknown: ['laptops can’t be seen'],
    reasons: ['It is stale: older.'],
    ...more,
  });
}

function rowsOf({ parts }: Answer): string[] {
  return parts.flatMap((part) =>
    part.kind === 'rows' ? part.rows.map(({ mark, name, text }) => `${mark} ${name}: ${text}`) : [],
  );
}

function buttonsOf({ parts }: Answer): string[] {
  const offered = parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  return offered.map(({ label, action, value, style }) => `${label} ${action} ${value} ${style}`);
}

function factsOf({ parts }: Answer): string[] {
  return parts.flatMap((part) =>
    part.kind === 'facts' ? part.facts.map(({ label, text }) => `${label}: ${text}`) : [],
  );
}

test('a variable is named with its scope, and with whoever has it, unless that has the token too', () => {
  const instance = { kind: 'instance', id: 0, path: '' } as const;
  const writes = [
    writeOf('A', 'password'),
    writeOf('A', 'password', 'production', SHOP),
    writeOf('A', 'password', '*', instance),
  ];
  const named = (home: typeof SHOP | RotationPlan['owner']) => writes.map((one) => variableName(one, home));
  expect(named(planOf().owner)).toEqual(['A', 'A (production) of group shop', 'A of the instance']);
  expect(named(SHOP)).toEqual(['A of project shop/api', 'A (production)', 'A of the instance']);
});

test('the plan: what is made, proven, rewritten and revoked, what is unknown, and two buttons', () => {
  const plan = planAnswer(planOf(), NOW);
  expect(rowsOf(plan)).toEqual([
    'info create: a deploy token “ci push” with read_registry, write_registry in shop/api',
    'info prove: log in with it, ask for pull and push of shop/api, open an upload and cancel it (GitLab will list an empty repository of that name)',
    'info rewrite: DOCKER_AUTH_CONFIG: the docker-config (it stands beside REGISTRY_USER)',
    'info rewrite: REGISTRY_PASSWORD (production) of group shop: the password (it stands beside REGISTRY_USER)',
    'info revoke: deploy token 7 (gitlab+deploy-token-7), last, and see it refused',
    'warn unknown: laptops can’t be seen',
  ]);
  expect(buttonsOf(plan)).toEqual(['Rotate rotate-run plan-1 danger', 'Cancel rotate-cancel plan-1 plain']);
  expect(Answer.parse(plan)).toEqual(plan);
});

test('the plan names the date that the new token expires', () => {
  const create = (old: Partial<RotatedToken>) => rowsOf(planAnswer(planOf({ old: tokenOf(7, old) }), NOW))[0];
  const expires_at = '2026-08-06T00:00:00.000Z';
  expect(create({ expires_at, created_at: '2026-07-07T09:00:00Z' })).toMatch(/until 2026-09-04$/);
  expect(create({ expires_at })).toMatch(/until 2027-08-04$/);
  expect(create({})).toMatch(/shop\/api$/);
});

test('a choice shows every token, and a button for as many as fit', () => {
  const tokens = Array.from({ length: 7 }, (_, at) => tokenOf(at + 1));
  const choice = chooseAnswer('shop/api', tokens);
  expect(rowsOf(choice)).toHaveLength(7);
  expect(choice.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []))).toHaveLength(5);
  expect(JSON.stringify(choice)).toContain('or type: rotate-token shop/api ID');
});

test('progress: what is behind is passed, the present step runs, the rest is to come', () => {
  expect(
    rowsOf(progressAnswer(planOf(), 'rewrite', { create: 'deploy token 9', rewrite: 'DOCKER_AUTH_CONFIG (1 of 2)' })),
  ).toEqual([
    'pass create: deploy token 9',
    'pass prove: ',
    'running rewrite: DOCKER_AUTH_CONFIG (1 of 2)',
    'skipped wait: not yet',
    'skipped revoke: not yet',
  ]);
});

describe('while the old token is listened for', () => {
  const waiting = (more: Partial<RotationPlan> = {}) =>
    waitingAnswer(
      planOf({ quietHours: 24, ...more }),
      { create: 'deploy token 9', prove: 'it was granted pull', rewrite: 'DOCKER_AUTH_CONFIG' },
      { since: NOW, seen: 'still used by 10.2.3.4' },
    );

  test('what was done, who still uses it, when it ends, and the two ways to end it', () => {
    expect(rowsOf(waiting())).toEqual([
      'pass create: deploy token 9',
      'pass prove: it was granted pull',
      'pass rewrite: DOCKER_AUTH_CONFIG',
      'running wait: still used by 10.2.3.4',
      expect.stringMatching(/^skipped revoke: not before 2026-08-06.*10:00.*, when nobody used it for 24 h$/),
    ]);
    expect(buttonsOf(waiting())).toEqual(['Revoke now rotate-revoke plan-1 danger', 'Undo rotate-undo plan-1 plain']);
    expect(Answer.parse(waiting())).toEqual(waiting());
  });

  test('nothing is promised about a use that can’t be seen', () => {
    expect(rowsOf(waiting({ unseen: 'no host' })).at(-1)).toMatch(/^skipped revoke: at 2026-08-06/);
  });

  test('who may press them is who may rotate', () => {
    expect(JSON.stringify(waiting())).toContain('a Maintainer may press');
    expect(JSON.stringify(waiting({ owner: SHOP }))).toContain('an Owner of the group may press');
  });
});

test('when it will be revoked stands in the plan', () => {
  const revoke = (more: Partial<RotationPlan>) =>
    rowsOf(planAnswer(planOf(more), NOW)).find((row) => /revoke:/.test(row));
  expect(revoke({ quietHours: 1 })).toContain('when nobody used it for 1 hour, or when you say so');
  expect(revoke({ quietHours: 24, unseen: 'no host' })).toContain(
    '24 hours after everything has the new one, or when you say so, and see it refused; its use can’t be seen: no host',
  );
});

test('an access token is spoken of as one: with the date that its successor expires, and without a username', () => {
  const plan = planOf({ old: accessTokenOf(7), outside: ['the pull secret regcred'], writes: [] });
  const rows = rowsOf(planAnswer(plan, NOW));
  expect(rows[0]).toBe(
    'info create: an access token “ci bot” with read_registry, write_registry in shop/api, until 2027-08-04',
  );
  expect(rows).toContain('info hand over: the pull secret regcred');
  expect(rows).toContain('info revoke: access token 7, last, and see it refused');
  const done = rowsOf(doneAnswer(plan, { id: 9, username: 'registrar' }, 'refused (401)'));
  expect(done[0]).toBe('pass create: access token 9 with read_registry, write_registry');
  expect(done).toContain('pass rewrite: the pull secret regcred: flags kept');
});

test('whether the secret was shown is said at the end', () => {
  const end = (reveal: boolean) => JSON.stringify(doneAnswer(planOf({ reveal }), { id: 9, username: 'u' }, 'refused'));
  expect([end(true), end(false)]).toEqual([
    expect.stringContaining('The secret was shown to the asker alone'),
    expect.stringContaining('The secret was never shown'),
  ]);
});

test('the end tells what was seen, and says no more than that', () => {
  const done = doneAnswer(
    planOf({ old: tokenOf(7, { scopes: ['read_registry'] }), writes: [] }),
    { id: 9, username: 'u' },
    'refused (401)',
  );
  expect(rowsOf(done)).toEqual([
    'pass create: deploy token 9 (u) with read_registry',
    'pass prove: it was granted pull',
    'pass rewrite: no CI/CD variable carried the old one',
    'pass revoke: refused (401)',
    'warn unknown: laptops can’t be seen',
  ]);
});

describe('a failure', () => {
  const failed = { why: 'GitLab answered 403', next: 'ask again', undone: [], left: [] };

  test('with everything undone: all is as before', () => {
    const answer = undoneAnswer(planOf(), { ...failed, undone: ['A', 'B'], oldToken: 'in force' });
    expect(answer.title).toBe('The rotation failed; everything in shop/api is as before');
    expect(factsOf(answer)).toEqual(['because: GitLab answered 403', 'undone: A; B', 'do: ask again']);
    expect(JSON.stringify(answer)).toContain('Deploy token 7 is still in force');
  });

  test('that a person wanted is no failure, unless something is left', () => {
    const end = { ...failed, why: 'ana asked for it', oldToken: 'in force' } as const;
    expect(undoneAnswer(planOf(), end, true)).toMatchObject({
      ...{ mark: 'info', title: 'The rotation is undone; everything in shop/api is as before' },
    });
    expect(undoneAnswer(planOf(), { ...end, left: ['X'] }, true).mark).toBe('fail');
    expect(undoneAnswer(planOf(), { ...end, oldToken: 'revoked' }, true).mark).toBe('fail');
  });

  test('with something left: each is named', () => {
    const answer = undoneAnswer(planOf(), { ...failed, left: ['X is hidden', 'token 9 stays'], oldToken: 'in force' });
    expect(answer.title).toContain('something is left for a person to do');
    expect(factsOf(answer).filter((fact) => fact.startsWith('left'))).toEqual([
      'left: X is hidden',
      'left: token 9 stays',
    ]);
  });

  test.each(['revoked', 'unknown'] as const)('with the old token %s: never said to be in force', (oldToken) => {
    const answer = undoneAnswer(planOf(), { ...failed, left: ['the new one is in force'], oldToken });
    expect(JSON.stringify(answer)).not.toContain('still in force');
    expect(answer.title).toContain('The new token is in force');
  });
});
