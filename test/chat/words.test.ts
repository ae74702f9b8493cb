import fc from 'fast-check';
import { nearest, splitWords, straighten, unfence } from '../../src/chat/words.js';

describe('straighten', () => {
  test.each([
    ['rotate-token “ci push”', 'rotate-token "ci push"'],
    ['it’s ‘fine’', "it's 'fine'"],
    ['status —all', 'status --all'],
    ['shop/api – the old one', 'shop/api - the old one'],
    ['rotate‑token', 'rotate-token'],
    ['status\u00a0lab', 'status lab'],
    ['sta\u200btus\ufeff', 'status'],
  ])('%j is meant as %j', (typed, meant) => {
    expect(straighten(typed)).toBe(meant);
  });

  test('leaves plain ASCII alone, and doing it twice changes nothing', () => {
    fc.assert(fc.property(fc.stringMatching(/^[\x20-\x7e\n]*$/), (text) => expect(straighten(text)).toBe(text)));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) =>
        expect(straighten(straighten(text))).toBe(straighten(text)),
      ),
    );
  });
});

describe('splitWords', () => {
  test.each([
    ['  status   lab ', ['status', 'lab']],
    ['rotate-token shop/api "ci push"', ['rotate-token', 'shop/api', 'ci push']],
    [`a 'b c' ""`, ['a', 'b c', '']],
    ['an "open quote', ['an', '"open', 'quote']],
    ["it's", ["it's"]],
    ['$(id) `id` $HOME *', ['$(id)', '`id`', '$HOME', '*']],
    ['', []],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test('never throws, and invents no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const word of splitWords(text)) expect(text).toContain(word);
      }),
    );
  });

  test('gives quoted words back as they were', () => {
    const word = fc.string().filter((one) => !one.includes('"'));
    fc.assert(
      fc.property(fc.array(word), (words) =>
        expect(splitWords(words.map((one) => `"${one}"`).join(' '))).toEqual(words),
      ),
    );
  });
});

describe('nearest', () => {
  const names = ['status', 'diagnose', 'rotate-token', 'help'];
  test.each([
    ['stauts', 'status'],
    ['STATUS', 'status'],
    ['stat', 'status'],
    ['rotate', 'rotate-token'],
    ['diagnoze', 'diagnose'],
    ['hlep', 'help'],
    ['deploy-everything', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%j means %j', (word, meant) => {
    expect(nearest(word, names)).toBe(meant);
  });

  test('of nothing is nothing, and any text is taken', () => {
    expect(nearest('status', [])).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (word) =>
        expect([...names, undefined]).toContain(nearest(word, names)),
      ),
    );
  });
});

describe('unfence', () => {
  test.each([
    ['```\nunauthorized: access denied\n```', 'unauthorized: access denied'],
    ['```unauthorized: access denied```', 'unauthorized: access denied'],
    ['```docker\nlogin```', 'docker\nlogin'],
    ['why?\n```first```\nand\n```second```', 'why?\nfirst\nand\nsecond'],
    ['no fence', 'no fence'],
    ['cut off ```inside', 'cut off \ninside'],
  ])('%j holds %j', (text, log) => {
    expect(unfence(text)).toBe(log);
  });

  test('drops no line', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.constant('```')), { minLength: 1 }), (lines) => {
        const kept = unfence(lines.join('\n'));
        expect(kept.match(/[a-z]+/g) ?? []).toEqual(lines.filter((line) => line !== '```'));
        expect(kept).not.toContain('```');
      }),
    );
  });
});
