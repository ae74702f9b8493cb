import fc from 'fast-check';
import { answer, text } from '../../src/chat/answer.js';
import { filtered, takeFilter } from '../../src/chat/filter.js';
import { request } from './requests.js';

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

describe('takeFilter', () => {
  const take = (text: string, more = {}) => {
    const { request: left, lines } = takeFilter(request(text, more), ['status', 'diagnose']);
    return [left.text, lines];
  };

  test('takes the word out, wherever it stands behind the command', () => {
    expect(take('status lab --filter tls')).toEqual(['status lab', 'tls']);
    expect(take('status --filter tls lab')).toEqual(['status lab', 'tls']);
    expect(take('STATUS —filter=“two words”')).toEqual(['STATUS', 'two words']);
  });

  test('a pasted log is left alone', () => {
    expect(take('docker ps --filter name=x: denied')).toEqual(['docker ps --filter name=x: denied', undefined]);
    const log = { kind: 'text', text: 'x', leaked: [] };
    expect(take('status --filter tls', { log })).toEqual(['status --filter tls', undefined]);
  });

  test('without a word, or with too long a one, the command says what it does not understand', () => {
    expect(take('status lab --filter')).toEqual(['status lab --filter', undefined]);
    expect(take(`status --filter ${'x'.repeat(101)}`)[1]).toBeUndefined();
  });

  test('no text makes it fail, and what is left holds nothing new', () => {
    fc.assert(
      fc.property(fc.string(), (words) => {
        const [left = ''] = take(`status ${words}`);
        expect(left.length).toBeLessThanOrEqual(`status ${words}`.length + words.length);
      }),
    );
  });
});
