import fc from 'fast-check';
import { printedAt } from '../../../src/diagnosis/reading/time.js';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

test.each([
  ['GitLab with FF_TIMESTAMPS', '2026-01-02T03:04:05.000000Z 00O denied', AT],
  ['GitHub', '2026-01-02T03:04:05.0000000Z ##[error]denied', AT],
  ['Jenkins', '[2026-01-02T03:04:05.000Z] denied', AT],
  ['an offset', '2026-01-02T05:04:05+02:00 denied', AT],
  ['no zone: any of a day', '2026-01-02 03:04:05 denied', undefined],
  ['no date', '03:04:05 denied', undefined],
  ['no such day', '2026-13-45T99:99:99Z denied', undefined],
  ['a time within the line', 'denied at 2026-01-02T03:04:05Z', undefined],
])('%s', (_, raw, at) => {
  expect(printedAt(raw)).toBe(at);
});

test('never throws, and gives a time or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (raw) => {
      const at = printedAt(raw);
      return at === undefined || Number.isFinite(at);
    }),
  );
});
