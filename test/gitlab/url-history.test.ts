import fc from 'fast-check';
import { ageAgainstUrl, observe, type UrlHistory } from '../../src/gitlab/url-history.js';

const minute = (n: number) => Date.UTC(2026, 0, 1, 0, n);
const look = (history: UrlHistory, [url, highest, at]: readonly [string, number, number]) =>
  observe(history, url, highest, minute(at));
const seen = (...looks: (readonly [string, number, number])[]): UrlHistory => looks.reduce(look, []);

describe('observe', () => {
  test('one URL is one period, with the first and the last look', () => {
    expect(seen(['a', 3, 1], ['a', 5, 2], ['a', 4, 3])).toEqual([
      { url: 'a', firstSeen: minute(1), lastSeen: minute(3), highestAtFirst: 3, highestAtLast: 5 },
    ]);
  });

  test('a URL that comes back is a period of its own', () => {
    expect(seen(['a', 1, 1], ['b', 2, 2], ['a', 3, 3]).map(({ url }) => url)).toEqual(['a', 'b', 'a']);
  });

  test('leaves the history that it was given as it was', () => {
    const history = seen(['a', 1, 1]);
    const copy = structuredClone(history);
    observe(history, 'a', 9, minute(9));
    observe(history, 'b', 9, minute(9));
    expect(history).toEqual(copy);
  });

  test('keeps every change of the URL, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(50))), (looks) => {
        const history = seen(...looks.map(([url, id], i) => [url, id, i] as const));
        const changes = looks.map(([url]) => url).filter((url, i, all) => url !== all[i - 1]);
        expect(history.map(({ url }) => url)).toEqual(changes);
        for (const { highestAtFirst, highestAtLast } of history)
          expect(highestAtLast).toBeGreaterThanOrEqual(highestAtFirst);
      }),
    );
  });
});

describe('ageAgainstUrl', () => {
  const history = seen(['http://r:5000', 30, 0], ['http://r:5000', 41, 1], ['https://r:5050', 44, 10]);

  test.each([
    [7, 'older'],
    [41, 'older'],
    [42, 'unknown'],
    [44, 'unknown'],
    [45, 'newer'],
  ])('token %i is %s', (id, is) => {
    expect(ageAgainstUrl(id, history)).toMatchObject({ is });
  });

  test('says what it rests on', () => {
    const changed =
      "the registry's URL changed from http://r:5000 to https://r:5050 between 2026-01-01 00:01 and 2026-01-01 00:10";
    expect(ageAgainstUrl(7, history)).toEqual({
      is: 'older',
      why: `id 7 is not above 41, the newest before ${changed}`,
    });
    expect(ageAgainstUrl(42, history)).toEqual({ is: 'unknown', why: `id 42 was given out about when ${changed}` });
  });

  test('without a look, or without a change, nothing is known', () => {
    expect(ageAgainstUrl(7, [])).toEqual({ is: 'unknown', why: 'Registrar has not looked at this instance before' });
    expect(ageAgainstUrl(7, seen(['a', 9, 1]))).toEqual({
      is: 'unknown',
      why: 'the registry has had this URL since Registrar first looked (2026-01-01 00:01)',
    });
  });

  test('counts from the last change alone', () => {
    expect(ageAgainstUrl(15, seen(['a', 10, 0], ['b', 12, 1], ['b', 20, 2], ['c', 20, 3]))).toMatchObject({
      is: 'older',
    });
  });
});
