import fc from 'fast-check';
import { parseGitlabRb, settingOfPath } from '../../src/host/gitlab-rb.js';

const valuesOf = async (source: string) =>
  (await parseGitlabRb(source)).settings.map(({ path, value, line }) => [line, path.join('.'), value]);

describe('parseGitlabRb', () => {
  test('reads calls and assignments of any depth, with their lines', async () => {
    expect(
      await valuesOf(`# ünïcode before
external_url 'https://gitlab.example.com'
registry_external_url("https://r.example.com")

registry['enable'] = true
registry[:nginx]['listen_port'] = 5050
registry['storage'] = {
  's3' => { 'bucket' => 'b', v: [1, 2.5, nil, false] }
}
registry['text'] = <<~EOS
  two
  lines
EOS
`),
    ).toEqual([
      [2, 'external_url', 'https://gitlab.example.com'],
      [3, 'registry_external_url', 'https://r.example.com'],
      [5, 'registry.enable', true],
      [6, 'registry.nginx.listen_port', 5050],
      [7, 'registry.storage', { s3: { bucket: 'b', v: [1, 2.5, null, false] } }],
      [10, 'registry.text', 'two\nlines\n'],
    ]);
  });

  test.each([
    "registry['a'] = ENV['A']",
    'registry[\'a\'] = "x#{y}"',
    "registry['a'] = `cat /x`",
    "registry['a'] ||= 'x'",
    "registry['a'] += 1",
    "if x\nregistry['a'] = 1\nend",
    "unless x then registry['a'] = 1 end",
    "[1].each { |i| registry['a'] = 1 }",
    "registry['a'] = 1 if File.exist?('/x')",
    "registry['a'] = { 'x' => y }",
    "registry['a'] = { **y }",
  ])('%j is a setting whose value only Ruby knows', async (source) => {
    expect((await parseGitlabRb(source)).settings).toContainEqual({
      path: ['registry', 'a'],
      value: undefined,
      line: expect.any(Number),
    });
  });

  test('begin and parentheses change nothing, .freeze neither', async () => {
    expect(await valuesOf("begin\n(registry['a'] = 'x'.freeze)\nend")).toEqual([[2, 'registry.a', 'x']]);
  });

  test('comments, strings and other Ruby are no settings', async () => {
    expect(
      await valuesOf(`# registry['a'] = 1
=begin
registry['a'] = 1
=end
x = "registry['a'] = 1"
external_url = 'sets a variable of Ruby, and nothing else'
registry[x] = 1
`),
    ).toEqual([]);
  });

  test('syntax errors are told with their lines, and the rest is read', async () => {
    const { errors, settings } = await parseGitlabRb(
      "external_url 'https://a'\nregistry['a'] = [1, 2\nregistry['b'] = 2\n",
    );
    // Ruby sees it where the bracket should have been closed.
    expect(errors[0]?.line).toBe(3);
    expect(errors[0]?.message).toMatch(/\w/);
    expect(settings[0]).toMatchObject({ path: ['external_url'], value: 'https://a' });
  });

  test('a later line wins', async () => {
    const file = await parseGitlabRb("registry['a'] = 1\nregistry['a'] = 2\nregistry['a']['b'] = 3\n");
    expect(settingOfPath(file, 'registry', 'a')).toEqual({ path: ['registry', 'a'], value: 2, line: 2 });
    expect(settingOfPath(file, 'registry', 'none')).toBeUndefined();
  });

  test('a key called __proto__ is a key', async () => {
    const { settings } = await parseGitlabRb("registry['a'] = { '__proto__' => { 'x' => 1 } }");
    expect(Object.keys(settings[0]?.value as object)).toEqual(['__proto__']);
  });

  test('never throws, and each line is one of the text', async () => {
    const piece = fc.constantFrom(
      ...[
        "registry['a']",
        ' = ',
        "'",
        '"',
        '#{',
        '{',
        '}',
        '[',
        ']',
        '(',
        ')',
        '\n',
        ' if x',
        'end',
        'do |x|',
        '<<~E',
        'E\n',
        '=begin\n',
        '1',
        ',',
        '=>',
        'é',
        '\0',
        'ENV',
      ],
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 20 }).map((all) => all.join('')),
        ),
        async (text) => {
          const { settings, errors } = await parseGitlabRb(text);
          for (const { line } of [...settings, ...errors]) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(text.split('\n').length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a string of any characters comes back as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const quoted = `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;
        expect((await parseGitlabRb(`registry['a'] = ${quoted}`)).settings[0]?.value).toBe(text);
      }),
    );
  });
});
