import fc from 'fast-check';
import { png } from '../../src/picture/png.js';
import { card, escapeXml, words } from '../../src/picture/style.js';
import { foreign } from '../chat/answers.js';
import { sizeOf } from './size.js';

test('foreign text is character data, and no markup', () => {
  expect(escapeXml('<b a="1">&amp;</b>')).toBe('&lt;b a=&quot;1&quot;&gt;&amp;amp;&lt;/b&gt;');
  expect(escapeXml('a\0\u001b[2J\n\u202eb\ud800c\uffff😀')).toBe('a[2Jbc😀');
});

test('any foreign text gives a picture', async () => {
  await fc.assert(
    fc.asyncProperty(foreign, async (text) => {
      const svg = card(100, 20, [words(10, 10, 8, '#000', text)]);
      expect(svg.match(/<[^/]/g)).toHaveLength(3);
      sizeOf(await png(svg));
    }),
    { numRuns: 50 },
  );
});

test('letters and signs have a shape in the fonts that come along', async () => {
  const blank = await png(card(40, 20, []));
  for (const sign of ['✔', '⚠', '✘', '–', '•', '…', 'a'])
    expect((await png(card(40, 20, [words(10, 15, 12, '#000', sign)]))).equals(blank)).toBe(false);
});
