import fc from 'fast-check';
import type { Mark } from '../../src/chat/answer.js';
import { chainPicture, chainWords } from '../../src/picture/chain.js';
import { png } from '../../src/picture/png.js';
import { anyChain } from '../chat/answers.js';
import { sizeOf } from './size.js';

const NAMES = ['DNS', 'TLS', 'nginx', 'registry', 'token realm', 'storage'];
/** As `/registry status` says it of a stopped registry in the lab. */
const marks: Mark[] = ['pass', 'pass', 'warn', 'fail', 'skipped', 'skipped'];
const STOPPED = { kind: 'chain' as const, links: NAMES.map((name, at) => ({ name, mark: marks[at] ?? 'skipped' })) };

test('every link has its name, and its state as a sign and a word', () => {
  const svg = chainPicture(STOPPED);
  for (const words of ['client', ...NAMES, '✔ ok', '⚠ warning', '✘ FAILED', '– skipped'])
    expect(svg).toContain(`>${words}<`);
});

test('the broken link is the only red one, and a skipped one has a dashed edge', () => {
  const rects = chainPicture(STOPPED).match(/<rect[^>]*stroke-width="2"[^>]*>/g) ?? [];
  expect(rects.map((rect) => rect.includes('fill="#c62828"'))).toEqual([
    false,
    false,
    false,
    false,
    true,
    false,
    false,
  ]);
  expect(rects.map((rect) => rect.includes('stroke-dasharray'))).toEqual([...Array(5).fill(false), true, true]);
});

test('in words', () => {
  expect(chainWords(STOPPED)).toBe(
    'client ok, DNS ok, TLS ok, nginx warning, registry FAILED, token realm skipped, storage skipped',
  );
});

test('as PNG: four links in a row, at twice the size', async () => {
  expect(sizeOf(await png(chainPicture(STOPPED)))).toEqual({ width: 2 * 660, height: 2 * 204 });
  const [first] = STOPPED.links;
  const short = first === undefined ? [] : [first];
  expect(sizeOf(await png(chainPicture({ kind: 'chain', links: short })))).toEqual({ width: 2 * 334, height: 2 * 104 });
});

test('whatever a name holds, it stays text in its box', async () => {
  await fc.assert(
    fc.asyncProperty(anyChain, async (any) => {
      const svg = chainPicture(any);
      expect(svg.match(/<text /g)).toHaveLength(2 * (any.links.length + 1));
      sizeOf(await png(svg));
    }),
    { numRuns: 30 },
  );
});
