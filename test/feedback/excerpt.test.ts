import fc from 'fast-check';
import { Excerpt } from '../../src/feedback/excerpt.js';

function excerptOf(chunks: readonly string[]): string {
  const excerpt = new Excerpt();
  for (const chunk of chunks) excerpt.push(Buffer.from(chunk));
  return excerpt.text();
}

test('a log that is not long is kept whole, however it comes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 500 }), { maxLength: 40 }),
      (chunks) => excerptOf(chunks) === chunks.join(''),
    ),
  );
});

test('of a long one the beginning and the end are kept, and what is missing is said', () => {
  const text = excerptOf(['first\n', ...Array.from({ length: 300 }, () => 'x'.repeat(1024)), 'last\n']);
  expect(text).toMatch(/^first\nx+\n… \d+ bytes left out …\nx+last\n$/);
  expect(text.length).toBeLessThan(70_000);
});
