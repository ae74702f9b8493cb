import fc from 'fast-check';
import { directives, parseNginx } from '../../src/host/nginx.js';

describe('parseNginx', () => {
  test('words, quotes, blocks, comments, with their lines', () => {
    expect(
      parseNginx(`# a comment; with { signs }
server {
  listen *:5050 ssl; # trailing
  add_header X "a \\"b\\"; {c}" always;
  location / { proxy_pass
    http://h:5000; }
}
`),
    ).toEqual([
      {
        name: 'server',
        args: [],
        line: 2,
        children: [
          { name: 'listen', args: ['*:5050', 'ssl'], line: 3 },
          { name: 'add_header', args: ['X', 'a "b"; {c}', 'always'], line: 4 },
          {
            name: 'location',
            args: ['/'],
            line: 5,
            children: [{ name: 'proxy_pass', args: ['http://h:5000'], line: 5 }],
          },
        ],
      },
    ]);
  });

  test('a variable in braces is part of its word', () => {
    expect(parseNginx('a $\x7bx}y;')).toEqual([{ name: 'a', args: ['$\x7bx}y'], line: 1 }]);
  });

  test('what is left open at the end is closed, and a brace too many is passed over', () => {
    expect(parseNginx('} server { listen 1; location / { a b;')).toEqual([
      {
        name: 'server',
        args: [],
        line: 1,
        children: [
          { name: 'listen', args: ['1'], line: 1 },
          { name: 'location', args: ['/'], line: 1, children: [{ name: 'a', args: ['b'], line: 1 }] },
        ],
      },
    ]);
  });

  test('never throws, and each line is one of the text', () => {
    const sign = fc.constantFrom(...'{};#"\'\\$', '${', '\n', ' ', 'server', 'é');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(sign).map((signs) => signs.join('')),
        ),
        (text) => {
          for (const { line } of directives(parseNginx(text), 'server'))
            expect(line).toBeLessThanOrEqual(text.split('\n').length);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('gives back the words that were written', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abc:/.*-_1'), minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.array(word, { minLength: 1, maxLength: 4 })), (lines) => {
        const text = lines.map((words) => `${words.join(' ')};\n`).join('');
        expect(parseNginx(text)).toEqual(lines.map(([name, ...args], i) => ({ name, args, line: i + 1 })));
      }),
    );
  });
});

test('directives are found in any depth, in the order of the file', () => {
  const tree = parseNginx('a 1; b { a 2; c { a 3; } } a 4;');
  expect(directives(tree, 'a').map(({ args }) => args[0])).toEqual(['1', '2', '3', '4']);
});
