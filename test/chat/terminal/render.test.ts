import fc from 'fast-check';
import { renderTerminal } from '../../../src/chat/terminal/render.js';
import { anyAnswer, EVERYTHING, WORDS } from '../answers.js';

const plain = { color: false, width: 80 };

describe('renderTerminal', () => {
  test('draws every part of an answer', () => {
    const { text } = renderTerminal(EVERYTHING, plain);
    for (const words of WORDS) expect(text).toContain(words);
  });

  test('looks like this', () => {
    expect(renderTerminal(EVERYTHING, plain).text).toBe(
      [
        '✘ lab: the registry is down',
        '  first line',
        '  second line',
        '  client ✔ → DNS ✔ → registry ✘ → storage –',
        '✘ service registry is stopped',
        '          → gitlab-ctl start registry',
        '⚠ storage 93 % full',
        '· realm   as configured',
        'because    nothing listens',
        'line 14    unauthorized: HTTP Basic: Access denied',
        '    gitlab-ctl status',
        '    gitlab-ctl tail registry',
        '   1  Re-check    2  Details',
        '  checked in 0.8 s',
      ].join('\n'),
    );
  });

  test('numbers the buttons, and says what each does', () => {
    expect(renderTerminal(EVERYTHING, plain).offers).toEqual([
      { label: 'Re-check', action: 'status-again', value: 'lab' },
      { label: 'Details', action: 'status-details', value: 'lab' },
    ]);
  });

  test('lets nothing foreign move the cursor, at any width', () => {
    fc.assert(
      fc.property(anyAnswer, fc.integer({ min: 40, max: 200 }), (any, width) => {
        const { text } = renderTerminal(any, { color: false, width });
        expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
      }),
    );
  });

  test('wraps long words and sentences below their beginning', () => {
    const rows = [{ mark: 'fail' as const, name: 'x', text: 'word '.repeat(40).trim() }];
    const { text } = renderTerminal({ mark: 'fail', title: 'x', parts: [{ kind: 'rows', rows }] }, plain);
    const [, first, second] = text.split('\n');
    expect(first?.indexOf('word')).toBe(second?.indexOf('word'));
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
