import fc from 'fast-check';
import { parseGitlabRb, type RbValue } from '../../src/host/gitlab-rb.js';
import { ruby } from '../../src/lint/ruby.js';

const read = async (text: string) => (await parseGitlabRb(`registry['a'] = ${text}\n`)).settings[0]?.value;

// Of these no line of a configuration has any.
const text = fc.string({ unit: 'grapheme' }).filter((one) => !/[\r\0]/.test(one));

test('what is written is read again as the same value', async () => {
  const { value } = fc.letrec<{ value: RbValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.constantFrom('#{x}', '\\', '\\n', "it's", '"', '127.0.0.1:5000'),
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(text, tie('value')),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(value, fc.boolean(), async (any, doubleQuoted) => {
      expect(await read(ruby(any, doubleQuoted))).toEqual(any);
    }),
    { numRuns: 200 },
  );
});

test('double quotes only where they change nothing', () => {
  expect(ruby('127.0.0.1:5000', true)).toBe('"127.0.0.1:5000"');
  expect(ruby('a#{b}', true)).toBe("'a#{b}'");
});
