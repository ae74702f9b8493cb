import fc from 'fast-check';
import { compileTokens, type Tokens } from '../../../src/diagnosis/reading/tokens.js';

function holdsOne({ table, accepting }: Tokens, text: Buffer): boolean {
  let state = 0;
  for (const byte of text) {
    state = table[state + byte] ?? 0;
    if (state >= accepting) return true;
  }
  return false;
}

describe('the automaton', () => {
  test.each([
    [['denied'], 'access DENIED', true],
    [['he', 'she', 'hers'], 'ushers', true],
    [['abcd', 'bc'], 'abce', true],
    [['abc'], 'ab ab ab', false],
  ])('%j in "%s": %s', (tokens, text, found) => {
    expect(holdsOne(compileTokens(tokens), Buffer.from(text))).toBe(found);
  });

  test('finds exactly what a search would', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', 'x'), maxLength: 30 }),
        (tokens, text) => {
          expect(holdsOne(compileTokens(tokens), Buffer.from(text))).toBe(
            tokens.some((token) => text.toLowerCase().includes(token)),
          );
        },
      ),
    );
  });

  test.each([[''], ['Denied'], ['größe']])('refuses "%s", which no folded byte could match', (token) => {
    expect(() => compileTokens([token])).toThrow('not a token');
  });
});
