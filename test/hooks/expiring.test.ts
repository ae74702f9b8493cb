import fc from 'fast-check';
import { daysLeft, warningOf } from '../../src/hooks/expiring.js';
import { expiringAnswer } from '../../src/hooks/expiring-answer.js';
import { readHook } from '../../src/hooks/job-hook.js';

/** As GitLab's documentation shows them. */
const DEPLOY = {
  object_kind: 'deploy_token',
  project: { id: 2, name: 'Api', path_with_namespace: 'shop/api', namespace: 'Shop' },
  object_attributes: {
    id: 79,
    name: 'ci push',
    expires_at: '2026-08-03 07:57:25 UTC',
    created_at: '2025-07-28 07:57:25 UTC',
    revoked: false,
    deploy_token_type: 'project_type',
  },
  event_name: 'expiring_deploy_token',
};
const ACCESS = {
  object_kind: 'access_token',
  group: { group_name: 'Shop', group_path: 'shop', group_id: 35, full_path: 'acme/shop' },
  object_attributes: {
    user_id: 90,
    created_at: '2026-01-24 16:27:40 UTC',
    id: 25,
    name: 'acd',
    expires_at: '2026-08-03',
  },
  event_name: 'expiring_access_token',
};
const read = (hook: object, more: object = {}) => readHook(JSON.stringify({ ...hook, ...more }));

test('a deploy token of a project, with the time at which it was made', () => {
  expect(read(DEPLOY)).toEqual({
    is: 'expiring-token',
    token: {
      kind: 'deploy',
      id: 79,
      name: 'ci push',
      owner: { kind: 'project', id: 2, path: 'shop/api' },
      expiresAt: '2026-08-03T07:57:25Z',
      createdAt: '2025-07-28T07:57:25Z',
    },
  });
});

test('an access token of a group', () => {
  expect(read(ACCESS)).toMatchObject({
    is: 'expiring-token',
    token: { kind: 'access', id: 25, owner: { kind: 'group', id: 35, path: 'acme/shop' }, expiresAt: '2026-08-03' },
  });
});

test('a group without its full path can’t be told from another of that name', () => {
  const { full_path: _, ...group } = ACCESS.group;
  expect(read(ACCESS, { group })).toEqual({ is: 'nothing', why: 'this GitLab does not tell the group’s full path' });
});

test('another event of a token is nothing to do', () => {
  expect(read(DEPLOY, { event_name: 'created_deploy_token' })).toMatchObject({ is: 'nothing' });
});

test.each<[string, object]>([
  ['no time', { object_attributes: { ...DEPLOY.object_attributes, expires_at: null } }],
  ['a time that is none', { object_attributes: { ...DEPLOY.object_attributes, expires_at: '2026-99-03' } }],
  ['words for a time', { object_attributes: { ...DEPLOY.object_attributes, expires_at: 'tomorrow' } }],
  ['no number', { object_attributes: { ...DEPLOY.object_attributes, id: '79' } }],
  ['a path that climbs', { project: { id: 2, path_with_namespace: '../../admin' } }],
  ['nobody’s', { project: undefined }],
])('not understood: %s', (_, more) => {
  expect(read(DEPLOY, more)).toEqual({ is: 'not-understood' });
});

test('never throws, and what it gives is whole', () => {
  const hook = fc.record({
    object_kind: fc.constantFrom('deploy_token', 'access_token'),
    event_name: fc.oneof(fc.constant('expiring_x'), fc.string()),
    object_attributes: fc.oneof(fc.anything(), fc.record({ id: fc.nat(), name: fc.string(), expires_at: fc.string() })),
    project: fc.anything(),
    group: fc.anything(),
  });
  fc.assert(
    fc.property(hook, (value) => {
      const reading = readHook(JSON.stringify(value));
      if (reading.is === 'expiring-token' && Number.isNaN(Date.parse(reading.token.expiresAt)))
        throw new Error('no time');
    }),
  );
});

test.each([
  ['2026-07-01', 33, 60],
  ['2026-07-04', 30, 30],
  ['2026-07-27', 7, 7],
  ['2026-07-28', 6, 7],
  ['2026-08-02', 1, 1],
  ['2026-08-03', 0, 1],
  ['2026-08-04', -1, 1],
  ['2026-01-01', 214, 214],
])('on %s: %d days left, the warning of %d days', (on, left, warning) => {
  const token = { expiresAt: '2026-08-03T07:57:25Z' };
  const now = Date.parse(`${on}T22:00:00Z`);
  expect([daysLeft(token, now), warningOf(token, now)]).toEqual([left, warning]);
});

describe('what is told', () => {
  const reading = read(DEPLOY);
  if (reading.is !== 'expiring-token') throw new Error('it is understood');
  const { token } = reading;
  const on = (day: string) => Date.parse(`${day}T10:00:00Z`);

  test('which token, when, and a button that makes a plan', () => {
    const { title, parts } = expiringAnswer(token, 'for the registry', 'main', on('2026-07-27'));
    expect(title).toBe('deploy token 79 “ci push” of shop/api expires in 7 days');
    expect(parts).toContainEqual(
      expect.objectContaining({
        buttons: [{ label: 'Rotate', action: 'rotate-choose', value: 'shop/api deploy:79', style: 'primary' }],
      }),
    );
  });

  test.each([
    ['2026-08-02', 'expires in 1 day'],
    ['2026-08-03', 'expires today'],
    ['2026-08-05', 'has expired'],
  ])('on %s it %s', (day, words) => {
    expect(expiringAnswer(token, 'for the registry', 'main', on(day)).title).toBe(
      `deploy token 79 “ci push” of shop/api ${words}`,
    );
  });

  test('Registrar’s own has no button that would lock it out', () => {
    const { parts } = expiringAnswer(token, 'our own', 'main', on('2026-07-27'));
    expect(JSON.stringify(parts)).not.toContain('rotate-choose');
    expect(JSON.stringify(parts)).toContain('registrar rotate-own-token main');
  });
});
