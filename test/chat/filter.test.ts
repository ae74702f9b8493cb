import fc from 'fast-check';
import { answer, text } from '../../src/chat/answer.js';
import { filtered } from '../../src/chat/filter.js';

const LONG = answer(
  'warn',
  'lab',
  text('It says this'),
  {
    kind: 'rows',
    rows: [
      { mark: 'fail', name: 'TLS', text: 'expired', fix: 'renew the certificate' },
      { mark: 'pass', name: 'disk', text: '40 % free' },
    ],
  },
  { kind: 'facts', facts: [{ label: 'registry', text: 'https://registry.lab' }] },
  { kind: 'file', name: 'all.csv', text: 'name,state\ntls,expired\ndisk,free\n' },
);

test('only lines that hold the word stay, in any case, and it is told how many', () => {
  expect(filtered(LONG, 'TLS').parts).toEqual([
    text('2 of 5 lines hold “TLS”'),
    text('It says this'),
    { kind: 'rows', rows: [{ mark: 'fail', name: 'TLS', text: 'expired', fix: 'renew the certificate' }] },
    { kind: 'file', name: 'all.csv', text: 'name,state\ntls,expired\n' },
  ]);
});

test('a word of the way to mend it counts', () => {
  expect(JSON.stringify(filtered(LONG, 'certificate'))).toContain('1 of 5 lines');
});

test('without a word, and while it is under way, the answer is as it was', () => {
  expect(filtered(LONG, undefined)).toBe(LONG);
  const running = { ...LONG, mark: 'running' as const };
  expect(filtered(running, 'TLS')).toBe(running);
});

test('any word is looked for as it is: it is no pattern, and adds no line', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (word) => {
      const rows = filtered(LONG, word).parts.flatMap((part) => (part.kind === 'rows' ? part.rows : []));
      for (const row of rows)
        expect(`${row.name}\n${row.text}\n${row.fix ?? ''}`.toLowerCase()).toContain(word.toLowerCase());
    }),
  );
});
