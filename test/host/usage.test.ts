import fc from 'fast-check';
import { parseUsage } from '../../src/host/usage.js';

const B = `registrar-${'0'.repeat(32)}`;
const answer = (...rows: string[]) => `\nregistrar-look ${B}\n\n${B} uses\n${rows.join('\n')}\n\n${B} end\n`;
const time = '05/Aug/2026:10:00:00 +0200';
const row = (changes: Partial<Record<number, string>> = {}) =>
  ['2', '20260805100000', 'access', '3', 'pull', '10.2.3.4', time, time, 'b', 'ana']
    .map((cell, i) => changes[i] ?? cell)
    .join('\t');
const parse = (...rows: string[]) => parseUsage(answer(...rows), B);

test('the same account written in two ways is one', () => {
  const later = '05/Aug/2026:10:05:00 +0200';
  expect(parse(row({ 9: 'a+b' }), row({ 6: later, 7: later, 8: 'q', 9: 'a%2Bb', 3: '2' }))?.uses).toEqual([
    {
      ...{ account: 'a+b', address: '10.2.3.4', actions: ['pull'], count: 5, refused: false, source: 'access' },
      ...{ first: Date.parse('2026-08-05T08:00:00Z'), last: Date.parse('2026-08-05T08:05:00Z') },
    },
  ]);
});

test.each([
  ['b', 'a\\x22\\xC3\\xBC', 'a"ü'],
  ['b', 'a%2Bb', 'a%2Bb'],
  ['q', 'a%2Bb+c%0Ad', 'a+b c\ufffdd'],
  ['q', '100%', '100%'],
  ['q', '%ff', '%ff'],
  ['j', 'a\\"\\u00fc\\n', 'a"ü\ufffd'],
  ['j', 'a\\x"', 'a\\x"'],
  ['?', 'a\\x22', 'a"'],
])('an account written as %s: %s', (written, text, account) => {
  expect(parse(row({ 8: written, 9: text }))?.uses).toMatchObject([{ account }]);
});

test.each([
  ['10.2.3.4', '10.2.3.4'],
  ['10.2.3.4:4711', '10.2.3.4'],
  ['[2001:db8::1]:4711', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['*', 'other addresses'],
  ['unix:', 'an unknown address'],
  ['<b>evil</b>', 'an unknown address'],
  ['dead', 'an unknown address'],
  ['', 'an unknown address'],
])('an address %s', (text, address) => {
  expect(parse(row({ 5: text }))?.uses).toMatchObject([{ address }]);
});

test.each([
  ['another digit', row({ 0: '9' })],
  ['another log', row({ 2: 'mail' })],
  ['no count', row({ 3: '0' })],
  ['a count that is none', row({ 3: '1e9' })],
  ['a time that is none', row({ 6: 'yesterday' })],
  ['a month that is none', row({ 6: '05/Aua/2026:10:00:00 +0200' })],
  ['a cell too many', `${row()}\tx`],
  ['a cell too few', row().replace(/\t[^\t]*$/, '')],
])('a row with %s is none', (_, text) => {
  expect(parse(text)).toEqual({ uses: [], logs: [] });
});

test('how far back the logs go, and what was too much', () => {
  expect(
    parse(
      '0\t0\taccess\tfrom\t05/Aug/2026:10:00:00 +0200',
      '0\t0\tauth\tmissing',
      '0\t0\tregistry\tfrom\t',
      '0\t0\taccess\tuntold\t05/Aug/2026:10:00:01 +0200',
    ),
  ).toEqual({
    uses: [],
    logs: [
      { source: 'access', from: Date.parse('2026-08-05T08:00:00Z') },
      { source: 'registry', from: undefined },
    ],
    untold: Date.parse('2026-08-05T08:00:01Z'),
  });
});

test('another script’s answer is none, nor is one that was cut short', () => {
  expect(parseUsage(answer(row()).replace(' uses', ' look'), B)).toBeUndefined();
  expect(parseUsage(answer(row()).replace(' end', ''), B)).toBeUndefined();
  expect(parseUsage(answer(row()), `registrar-${'1'.repeat(32)}`)).toBeUndefined();
});

test('whatever stands in a row, what comes of it is sound', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.constantFrom('0', '2', '4', 'access', 'from', 'untold', time, 'b', 'q', 'j', '\\x00', '%', '1', '', '$(reboot)'),
  );
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 12 })), (rows) => {
      const usage = parse(row(), ...rows.map((cells) => cells.join('\t')));
      for (const use of usage?.uses ?? []) {
        expect(use.account).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(use.account.length).toBeLessThanOrEqual(255);
        expect(use.address).toMatch(/^([0-9A-Fa-f.:]+|an unknown address|other addresses)$/);
        expect(Number.isInteger(use.count) && use.count > 0 && use.first <= use.last).toBe(true);
      }
      expect(usage?.uses.length).toBeGreaterThan(0);
    }),
  );
});
