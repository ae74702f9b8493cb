import fc from 'fast-check';
import { BEGINNING, byOf, chained, isAbout, lineOf, readEntry, verifyChain } from '../../src/audit/entry.js';
import { ATTEMPT, attempts, chainOf, linesOf } from './chains.js';

const at = 1_760_000_000_000;

describe('an entry', () => {
  test('is written in one line, and read as it was', () => {
    fc.assert(
      fc.property(attempts(1), (all) => {
        for (const entry of chainOf(all)) {
          const line = lineOf(entry);
          expect(line).not.toMatch(/[\n\r]/);
          expect(readEntry(line)).toEqual(entry);
          expect(Buffer.from(line).toString('utf8')).toBe(line);
        }
      }),
    );
  });

  test('holds no secret, whichever field it was put into, and no page of words', () => {
    const secret = 'glpat-abcdefghij0123456789';
    const by = { platform: 'slack', id: secret } as const;
    const entry = chained(BEGINNING, { ...ATTEMPT, at, by, subject: secret, details: `why ${secret}`, id: secret });
    expect(lineOf(entry)).not.toContain('abcdefghij');
    expect(chained(BEGINNING, { ...ATTEMPT, at, details: '𝄞'.repeat(900) }).details).toBe(`${'𝄞'.repeat(499)}…`);
  });

  test('with fields of a later version is read, and its hash covers them', () => {
    const later = chained(BEGINNING, { ...ATTEMPT, at, reason: 'new' } as never);
    expect(readEntry(lineOf(later))).toMatchObject({ reason: 'new' });
    expect(verifyChain([lineOf(later)])).toBeUndefined();
    expect(verifyChain([lineOf({ ...later, reason: 'old' })])).toMatchObject({ what: 'changed' });
  });

  test.each([
    ['no JSON', '{"sequence":1'],
    ['a number', '7'],
    ['nothing', ''],
    ['spaced otherwise', JSON.stringify(JSON.parse(linesOf(1)[0] ?? ''), null, 1).replaceAll('\n', '')],
    ['with a key twice', (linesOf(1)[0] ?? '').replace('{', '{"action":"other",')],
    ['nested without end', '['.repeat(1_000_000)],
    ['without a field', JSON.stringify({ ...JSON.parse(linesOf(1)[0] ?? ''), at: undefined })],
  ])('that is %s is none', (_, line) => {
    expect(readEntry(line)).toBeUndefined();
  });
});

test('who it is, is said by the configuration', () => {
  const config = { access: { people: [{ gitlab: 'ana', slack: 'U0ANA' }] } } as never;
  expect(byOf({ platform: 'slack', id: 'U0ANA' }, config)).toEqual({ platform: 'slack', id: 'U0ANA', gitlab: 'ana' });
  expect(byOf({ platform: 'terminal', id: 'U0ANA' }, config)).toEqual({ platform: 'terminal', id: 'U0ANA' });
});

test.each([
  [{ instance: 'lab', subject: 'Shop/API' }, true],
  [{ instance: 'lab', subject: 'shop' }, true],
  [{ instance: 'lab', subject: 'sho' }, false],
  [{ instance: 'lab', subject: 'shop/api/more' }, false],
  [{ instance: 'lab' }, true],
  [{ instance: 'other', subject: 'shop/api' }, false],
  [{ instance: '' }, false],
])('an entry of shop/api is asked for with %j: %s', (place, is) => {
  const [entry] = chainOf([{ ...ATTEMPT, subject: 'shop/api' }]);
  expect(entry !== undefined && isAbout(entry, place)).toBe(is);
});

describe('a chain', () => {
  test('is whole as it was written, and from any entry on, when that is told', () => {
    fc.assert(
      fc.property(attempts(1), fc.nat(), (all, some) => {
        const entries = chainOf(all);
        const lines = entries.map(lineOf);
        const from = some % lines.length;
        expect(verifyChain(lines)).toBeUndefined();
        expect(verifyChain(lines.slice(from), entries[from - 1])).toBeUndefined();
        if (from > 0)
          expect(verifyChain(lines.slice(from))).toEqual({ index: 0, what: 'missing', words: expect.any(String) });
      }),
    );
  });

  test('shows a change of any field of any entry', () => {
    fc.assert(
      fc.property(attempts(1), fc.nat(), fc.nat(), fc.jsonValue(), (all, some, which, value) => {
        const entries = chainOf(all);
        const at = some % entries.length;
        const entry = entries[at] ?? fail();
        const fields = [...Object.keys(entry), 'added'];
        const field = fields[which % fields.length] ?? '';
        fc.pre(JSON.stringify(entry[field]) !== JSON.stringify(value));
        const lines = entries.map((one) => lineOf(one));
        lines[at] = lineOf({ ...entry, [field]: value });
        expect(verifyChain(lines)?.index).toBe(at);
      }),
    );
  });

  test('shows a change of any character', () => {
    fc.assert(
      fc.property(attempts(1), fc.nat(), fc.nat(), fc.string({ maxLength: 2 }), (all, some, where, put) => {
        const lines = chainOf(all).map(lineOf);
        const at = some % lines.length;
        const line = lines[at] ?? '';
        const changed = line.slice(0, where % line.length) + put + line.slice((where % line.length) + 1);
        fc.pre(changed !== line);
        lines[at] = changed;
        expect(verifyChain(lines)?.index).toBe(at);
      }),
    );
  });

  test('shows a change whose hash was computed anew, at the entry behind it', () => {
    const entries = chainOf([ATTEMPT, ATTEMPT, ATTEMPT]);
    const forged = chained(entries[0] ?? BEGINNING, { ...ATTEMPT, outcome: 'refused', at });
    const lines = [entries[0], forged, entries[2]].map((one) => lineOf(one ?? fail()));
    expect(verifyChain(lines)).toMatchObject({ index: 2, what: 'changed', words: expect.stringContaining('anew') });
  });

  test('shows a removal of any entries before the end', () => {
    fc.assert(
      fc.property(attempts(2), fc.nat(), fc.nat(), (all, some, many) => {
        const lines = chainOf(all).map(lineOf);
        const at = some % (lines.length - 1);
        const gone = 1 + (many % (lines.length - 1 - at));
        lines.splice(at, gone);
        expect(verifyChain(lines)).toMatchObject({ index: at, what: 'missing' });
      }),
    );
  });

  test('shows a swap of any two entries', () => {
    fc.assert(
      fc.property(attempts(2), fc.nat(), fc.nat(), (all, one, other) => {
        const lines = chainOf(all).map(lineOf);
        const [a, b] = [one % lines.length, other % lines.length];
        fc.pre(a !== b);
        [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
        expect(verifyChain(lines)).toMatchObject({ index: Math.min(a, b), what: 'reordered' });
      }),
    );
  });

  test('shows an entry that was inserted, a copy or a forged one', () => {
    fc.assert(
      fc.property(attempts(2), fc.nat(), fc.boolean(), (all, some, isCopy) => {
        const entries = chainOf(all);
        const lines = entries.map(lineOf);
        const behind = some % (lines.length - 1);
        const last = entries[behind] ?? fail();
        lines.splice(behind + 1, 0, lineOf(isCopy ? last : chained(last, { ...ATTEMPT, at })));
        expect(verifyChain(lines)).toMatchObject({ index: isCopy ? behind + 1 : behind + 2, what: 'inserted' });
      }),
    );
  });

  test('tells what is wrong by numbers, and repeats no word of a forger', () => {
    const lines = linesOf(5);
    expect(verifyChain(lines.toSpliced(1, 2))?.words).toBe('entries 2 to 3 are missing');
    expect(verifyChain(lines.toSpliced(1, 1))?.words).toBe('entry 2 is missing');
    expect(verifyChain(lines.with(2, lines[2]?.replace('restart', 'EVIL') ?? ''))?.words).toBe(
      'entry 3 was changed: its hash is not the one of its words',
    );
  });
});

function fail(): never {
  throw new Error('there is one');
}
