import fc from 'fast-check';
import { cut, escaped, fenced, inlineCode } from '../../../src/chat/mattermost/escape.js';
import { foreign } from '../answers.js';

describe('foreign words', () => {
  test.each([
    [
      'a name of ours that can be copied',
      'registry.example.com:5050/shop/api:1.2',
      'registry.example.com:5050/shop/api:1.2',
    ],
    ['bold', '**now**', '\\*\\*now\\*\\*'],
    ['a variable', 'REGISTRY_PASSWORD', 'REGISTRY\\_PASSWORD'],
    ['everybody', 'ping @channel', 'ping @\u200bchannel'],
    ['a channel', '~town-square', '\\~town-square'],
    ['a hashtag', '#incident', '\\#incident'],
    ['a link', '[GitLab](https://evil.example.com)', '\\[GitLab\\](https://evil.example.com)'],
    ['a picture', '![x](https://evil.example.com/x.png)', '\\!\\[x\\](https://evil.example.com/x.png)'],
    ['a list', '- one', '\\- one'],
    ['a numbered list', '1. one', '1\\. one'],
    ['a quote', '> said', '\\> said'],
    ['a table', '| a | b |', '\\| a \\| b \\|'],
    ['an emoji', ':rotating_light:', ':\u200brotating\\_light:'],
    ['a name that runs the other way', 'gpj.\u202eexe', 'gpj.exe'],
  ])('%s', (_, text, shown) => {
    expect(escaped(text)).toBe(shown);
  });

  test('lose no sign that can be seen', () => {
    fc.assert(
      fc.property(foreign, (words) => {
        const seen = (text: string) =>
          text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\\]/g, '');
        expect(seen(escaped(words))).toBe(seen(words));
      }),
    );
  });

  test('leave no sign of Markdown alone', () => {
    fc.assert(fc.property(foreign, (words) => expect(escaped(words)).not.toMatch(/(?:^|[^\\])(?:\\\\)*[*_~`#|[\]<>]/)));
  });

  test('mention nobody', () => {
    fc.assert(fc.property(foreign, (words) => expect(escaped(words)).not.toMatch(/@[a-z]/i)));
  });
});

describe('quoted lines', () => {
  test('end no fence, however many backticks there are', () => {
    fc.assert(
      fc.property(foreign, fc.nat(9), (words, count) => {
        const [first = '', ...rest] = fenced(`${words}\n${'`'.repeat(count)}`).split('\n');
        expect(rest.filter((line) => line.trim().startsWith(first))).toHaveLength(1);
      }),
    );
  });

  test('a command stays on its line', () => {
    expect(inlineCode(' sudo `x`\nreboot ')).toBe("`sudo 'x' reboot`");
  });
});

test('characters are counted as the server does, and none is halved', () => {
  expect(cut('🟩🟩🟩', 3)).toBe('🟩🟩🟩');
  expect(cut('🟩🟩🟩🟩', 3)).toBe('🟩🟩…');
});
