import fc from 'fast-check';
import { renderTerminal } from '../../../src/chat/terminal/render.js';
import { anyAnswer, anyTimeline, EVERYTHING, WORDS } from '../answers.js';

const plain = { color: false, width: 80 };

describe('renderTerminal', () => {
  test('draws every part of an answer', () => {
    const { text } = renderTerminal(EVERYTHING, { color: false, width: 300 });
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
        '  ■⚠–✘✘■',
        '  ▂█   ▂',
        '  2026-03-01 12:00 UTC to 2026-03-01 13:00 UTC',
        '  worked in 60 % of 5 slots; 2 broken, the last at 2026-03-01 12:40 UTC; 1 in',
        '  which nobody looked; answered in 120 ms (median), 800 ms at most',
        'because    nothing listens',
        'line 14    unauthorized: HTTP Basic: Access denied',
        '    gitlab-ctl status',
        '    gitlab-ctl tail registry',
        '  Sign in at GitLab: https://registrar.example.com/link/-o_-',
        '  ── rotation-1234.csv',
        '  kind,path',
        '  project,shop/api',
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

  test('draws a timeline in one line, in which the worst of what shares a sign wins', () => {
    const slots = Array.from({ length: 200 }, (_, at) => ({
      mark: at === 77 ? ('fail' as const) : ('pass' as const),
      ms: at,
    }));
    const part = { kind: 'timeline' as const, from: 0, to: 86_400_000, slots };
    const [, strip = '', latency = ''] = renderTerminal({ mark: 'info', title: 'x', parts: [part] }, plain).text.split(
      '\n',
    );
    expect(strip).toBe(`  ${'■'.repeat(30)}✘${'■'.repeat(47)}`);
    expect(latency).toHaveLength(80);
    expect(latency.endsWith('█')).toBe(true);
  });

  test('draws no timeline wider than the terminal', () => {
    fc.assert(
      fc.property(anyTimeline, fc.integer({ min: 40, max: 200 }), (part, width) => {
        const { text } = renderTerminal({ mark: 'info', title: 'x', parts: [part] }, { color: false, width });
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
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
