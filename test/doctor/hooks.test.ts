import { addressOf, covers, type HooksSeen, judgeHooks, pointsAt } from '../../src/doctor/hooks.js';
import type { Owner, Webhook } from '../../src/gitlab/schema.js';

const INSTANCE = { name: 'main', gitlab: { url: 'https://gitlab.example.com' } };
const API: Owner = { kind: 'project', id: 7, path: 'shop/api' };
const SHOP: Owner = { kind: 'group', id: 3, path: 'shop' };
const HOOK: Webhook = {
  id: 5,
  url: 'https://bot:s3cret@registrar.example.com/hooks/gitlab/main?key=s3cret',
  job_events: true,
  alert_status: 'executable',
};

function judge(changed: Partial<HooksSeen>) {
  const ours = [{ owner: API, hook: HOOK }];
  return judgeHooks(INSTANCE, { ours, channels: ['shop'], unseen: [], left: 0, ...changed });
}
const changed = (hook: Partial<Webhook>, owner = API) => judge({ ours: [{ owner, hook: { ...HOOK, ...hook } }] });

test.each([
  ['https://registrar.example.com/hooks/gitlab/main', true],
  ['http://10.0.0.7:8080/registrar/hooks/gitlab/main?x=1', true],
  ['https://registrar.example.com/hooks/gitlab/main2', false],
  ['https://ci.example.com/hooks', false],
  ['{broken', false],
])('%s points at Registrar: %s', (url, does) => {
  expect(pointsAt(url, 'main')).toBe(does);
});

test('a path covers itself and what is below it, in any case', () => {
  const pairs: [string, string][] = [
    ...([
      ['shop', 'shop/api'],
      ['Shop/API', 'shop/api'],
      ['shop', 'shopping/api'],
      ['shop/api', 'shop'],
    ] as const),
  ].map(([one, other]) => [one, other]);
  expect(pairs.map(([one, other]) => covers(one, other))).toEqual([true, true, false, false]);
});

test('one that GitLab calls has no fault', () => {
  expect(judge({})).toEqual([
    { part: 'main: webhooks', mark: 'pass', what: '1 points at Registrar, and GitLab calls each' },
  ]);
});

test.each<[Partial<Webhook>, string]>([
  [{ alert_status: 'disabled' }, 'the webhook 5 of shop/api for good'],
  [
    { alert_status: 'temporarily_disabled', disabled_until: '2026-12-01T10:00:00Z' },
    'the webhook 5 of shop/api until 2026-12-01T10:00:00Z',
  ],
])('%j is a fault that Registrar can repair, and shows nothing secret of the address', (hook, what) => {
  const found = changed(hook);
  const address = 'https://registrar.example.com/hooks/gitlab/main';
  expect(found).toMatchObject([
    {
      mark: 'fail',
      what: `GitLab has switched off ${what}`,
      fix: expect.stringContaining('registrar doctor --repair'),
      repair: { is: 'enable-hook', instance: 'main', owner: API, hook: 5, address },
    },
  ]);
  expect(JSON.stringify(found)).not.toContain('s3cret');
  expect(addressOf(HOOK.url)).toBe(address);
});

test.each([
  [API, 'https://gitlab.example.com/shop/api/-/hooks/5/edit'],
  [SHOP, 'https://gitlab.example.com/groups/shop/-/hooks/5/edit'],
])('one that is not told of jobs: the page where that is ticked', (owner, page) => {
  expect(changed({ job_events: false }, owner)).toMatchObject([{ mark: 'warn', fix: `tick it at ${page}` }]);
});

test('a channel that nobody tells anything: only said when all was seen', () => {
  expect(judge({ ours: [] })).toMatchObject([
    {
      mark: 'warn',
      what: 'no webhook of shop points at Registrar',
      fix: expect.stringContaining('/groups/shop/-/hooks'),
    },
  ]);
  expect(judge({ ours: [], unseen: ['shop/api'] })).toMatchObject([
    { mark: 'skipped', what: expect.stringContaining('not seen of shop/api: it takes Maintainer') },
  ]);
  expect(judge({ left: 12 }).map(({ mark }) => mark)).toEqual(['pass', 'skipped']);
});
