import { PassThrough } from 'node:stream';
import { Screen } from '../../../src/chat/terminal/screen.js';

function screen(live: boolean) {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { columns: 20 });
  const written: string[] = [];
  output.on('data', (text: string) => written.push(text));
  return { screen: new Screen(output, live), written };
}

describe('a terminal', () => {
  test('shows the next state of a message in place of the former one', () => {
    const { screen: shown, written } = screen(true);
    shown.show('a', 'looking', true);
    shown.show('a', 'done', false);
    expect(written).toEqual(['looking\n⠋\n', '\u001b[2A\u001b[0J', 'done\n\n']);
    shown.close();
  });

  test('counts the rows that a long line takes', () => {
    const { screen: shown, written } = screen(true);
    shown.show('a', 'x'.repeat(41), true);
    shown.show('a', 'done', false);
    expect(written[1]).toBe('\u001b[4A\u001b[0J');
    shown.close();
  });

  test('erases nothing that somebody else printed since', () => {
    const { screen: shown, written } = screen(true);
    shown.show('a', 'looking', true);
    shown.moved();
    shown.show('a', 'done', false);
    shown.show('b', 'other', false);
    expect(written.join('')).not.toContain('\u001b');
    shown.close();
  });
});

describe('a pipe', () => {
  test('gets final states only, and no escape sequence', () => {
    const { screen: shown, written } = screen(false);
    shown.show('a', 'looking', true);
    shown.show('a', 'done', false);
    expect(written).toEqual(['done\n\n']);
    expect(shown.width).toBe(20);
  });
});
