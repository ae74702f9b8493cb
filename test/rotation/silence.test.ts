import fc from 'fast-check';
import type { SeenUsage, Usage, Use } from '../../src/host/usage.js';
import { silenceOf, type Watched } from '../../src/rotation/silence.js';

const NOW = Date.parse('2026-08-05T12:00:00Z');
const MIN = 60_000;
const HOUR = 60 * MIN;
const OLD = 'gitlab+deploy-token-7';
const watched: Watched = { account: OLD, since: NOW - 30 * HOUR, now: NOW, quietHours: 24 };

/** `first` and `last`: minutes ago. */
const use = (first: number, last: number, more: Partial<Use> = {}): Use => ({
  ...{ account: OLD, address: '10.2.3.4', actions: ['pull'], count: 17, refused: false, source: 'access' },
  ...{ first: NOW - first * MIN, last: NOW - last * MIN, ...more },
});
const seen = (uses: Use[], more: Partial<Usage> = {}): SeenUsage => ({
  host: 'gitlab.example.com',
  usage: { uses, logs: [{ source: 'access', from: NOW - 48 * HOUR }], ...more },
});
const judge = (uses: Use[], more: Partial<Watched> = {}) => silenceOf([seen(uses)], { ...watched, ...more });

describe('used', () => {
  test('by one', () => {
    expect(judge([use(83, 3)])).toEqual({
      is: 'used',
      words: 'still used by 10.2.3.4 every 5 min, pull; last 3 min ago (17 times)',
      lastUse: NOW - 3 * MIN,
    });
  });

  test.each([
    [[use(3, 3, { count: 1, actions: ['login'] })], 'still used by 10.2.3.4, login; last 3 min ago (once)'],
    [[use(3, 3, { count: 2, refused: true })], 'still used by 10.2.3.4, pull, refused; last 3 min ago (2 times)'],
    [
      [use(600, 60, { actions: ['pull', 'push'], count: 10 }), use(600, 120, { count: 10 })],
      'still used by 10.2.3.4 every 28 min, pull and push; last 60 min ago (20 times)',
    ],
    [
      [1, 2, 3, 4, 5].map((i) => use(i, i, { address: `10.0.0.${i}`, count: 1 })),
      'still used by 10.0.0.1, pull; by 10.0.0.2, pull; by 10.0.0.3, pull; by 2 more; last 60 s ago (5 times)',
    ],
  ])('%#: %j', (uses, words) => {
    expect(judge(uses)).toMatchObject({ is: 'used', words });
  });

  test('the same request in several logs counts once', () => {
    const twice = [use(83, 3), use(83, 2, { source: 'registry', count: 99 }), use(83, 3, { source: 'auth' })];
    expect(judge(twice)).toMatchObject({
      words: 'still used by 10.2.3.4 every 5 min, pull; last 2 min ago (17 times)',
    });
  });

  test('it is said even when another host does not answer', () => {
    const away: SeenUsage = { host: 'two', why: 'it is away' };
    expect(silenceOf([away, seen([use(9, 3)])], watched)).toMatchObject({ is: 'used' });
  });
});

describe('not used', () => {
  test('silent: for as long as was asked', () => {
    expect(judge([])).toEqual({ is: 'silent' });
    expect(judge([use(2_000, 25 * 60)])).toEqual({ is: 'silent', lastUse: NOW - 25 * HOUR });
    expect(judge([use(9, 3, { account: 'gitlab+deploy-token-8' })])).toEqual({ is: 'silent' });
  });

  test('what was before nobody should need it is no use; but so long it is not silent yet', () => {
    const since = NOW - 2 * HOUR;
    expect(judge([use(600, 121)], { since })).toEqual({
      is: 'quiet',
      until: since + 24 * HOUR,
      lastUse: NOW - 121 * MIN,
    });
    expect(judge([use(600, 119)], { since })).toMatchObject({ is: 'used' });
  });
});

describe('unknown', () => {
  test.each<[string, SeenUsage[], Partial<Watched>, string]>([
    ['no host', [], {}, 'no host is configured whose logs could tell'],
    [
      'a host that is away',
      [seen([]), { host: 'two', why: 'two can’t be reached by SSH' }],
      {},
      'two did not tell: two can’t be reached by SSH',
    ],
    ['no log', [seen([], { logs: [] })], {}, 'no host has GitLab’s access log (nginx/gitlab_access.log)'],
    [
      'the registry’s log alone',
      [seen([], { logs: [{ source: 'registry', from: 0 }] })],
      {},
      'no host has GitLab’s access log (nginx/gitlab_access.log)',
    ],
    [
      'a log that begins too late',
      [seen([], { logs: [{ source: 'access', from: NOW - 23 * HOUR }] })],
      {},
      'GitLab’s access log of gitlab.example.com goes back no further than 2026-08-04T13:00Z',
    ],
    [
      'too many users',
      [seen([], { untold: NOW - HOUR })],
      {},
      'the logs of gitlab.example.com tell of more users than are looked at',
    ],
    [
      'one name for both',
      [seen([use(9, 3)])],
      { newAccount: OLD },
      `the old and the new token both log in as ${OLD}: no log tells them apart`,
    ],
  ])('%s', (_, looks, more, why) => {
    expect(silenceOf(looks, { ...watched, ...more })).toEqual({ is: 'unknown', why });
  });

  test('what was too much long ago, and a log that is empty, say nothing against it', () => {
    expect(silenceOf([seen([], { untold: NOW - 25 * HOUR })], watched)).toEqual({ is: 'silent' });
    const empty: SeenUsage = seen([], { logs: [{ source: 'access', from: undefined }] });
    expect(silenceOf([empty], watched)).toEqual({ is: 'silent' });
    // Of a log that begins after nobody should need the token any more, that is enough.
    const late = seen([], { logs: [{ source: 'access', from: NOW - 3 * HOUR }] });
    expect(silenceOf([late], { ...watched, since: NOW - 2 * HOUR })).toMatchObject({ is: 'quiet' });
  });
});

test('a use within the quiet hours is never called silence', () => {
  const any = fc.record({
    first: fc.integer({ min: 0, max: 10_000 }),
    length: fc.integer({ min: 0, max: 10_000 }),
    count: fc.integer({ min: 1, max: 1e6 }),
    refused: fc.boolean(),
    source: fc.constantFrom('access' as const, 'auth' as const, 'registry' as const),
  });
  fc.assert(
    fc.property(fc.array(any), (all) => {
      const uses = all.map(({ first, length, ...more }) => use(first + length, first, more));
      const used = uses.some(({ last }) => NOW - last < 24 * HOUR);
      const said = judge(uses);
      expect(said.is).toBe(used ? 'used' : 'silent');
      if (said.is === 'used') expect(said.words).toMatch(/^still used by .* ago \((once|\d+ times)\)$/);
    }),
  );
});
