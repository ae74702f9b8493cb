import fc from 'fast-check';
import { compileTokens, eachToken } from '../../../src/diagnosis/reading/tokens.js';

function found(list: readonly string[], text: string): { token: string; at: number }[] {
  const all: { token: string; at: number }[] = [];
  eachToken(text, compileTokens(list), (token, at) => void all.push({ token: list[token] ?? '', at }));
  return all;
}

/** What a search for each token alone gives, in the order in which they end. */
function searched(list: readonly string[], text: string): { token: string; at: number }[] {
  const lower = `\n${text.toLowerCase()}`;
  return [...lower]
    .flatMap((_, end) =>
      list
        .filter((token) => lower.slice(0, end + 1).endsWith(token))
        .map((token) => ({ token, at: end - token.length })),
    )
    .filter(({ token }) => token !== '');
}

const byPlace = (a: { token: string; at: number }, b: { token: string; at: number }) =>
  a.at + a.token.length - b.at - b.token.length || a.token.length - b.token.length;

describe('the automaton', () => {
  test.each([
    [['denied'], 'access DENIED', [{ token: 'denied', at: 7 }]],
    [
      ['she', 'he', 'hers'],
      'ushers',
      [
        { token: 'she', at: 1 },
        { token: 'he', at: 2 },
        { token: 'hers', at: 2 },
      ],
    ],
    [['abcd', 'bc'], 'abce', [{ token: 'bc', at: 1 }]],
    [['abc'], 'ab ab ab', []],
    [['\n$ '], '$ docker $ push', [{ token: '\n$ ', at: -1 }]],
    [['e\0'], 'größe\0', [{ token: 'e\0', at: 4 }]],
  ])('of %j in %j finds %j', (list, text, all) => {
    expect(found(list, text)).toEqual(all);
  });

  test('finds exactly what a search would, and where', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
    const words = fc.uniqueArray(
      fc.tuple(fc.constantFrom('', '\n'), word).map(([begin, end]) => begin + end),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(
        words,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', 'x', 'ß'), maxLength: 30 }),
        (list, text) => {
          expect(found(list, text).sort(byPlace)).toEqual(searched(list, text).sort(byPlace));
        },
      ),
    );
  });

  test.each([[''], ['Denied'], ['größe'], ['\n'], ['a\nb']])('refuses %j, which no folded line could hold', (token) => {
    expect(() => compileTokens([token])).toThrow('not a token');
  });
});
