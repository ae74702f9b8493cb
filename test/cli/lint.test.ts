import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintCommand } from '../../src/cli/lint.js';
import { parseGitlabRb } from '../../src/host/gitlab-rb.js';
import { generate } from '../../src/host/render/reconfigure.js';

const SOURCE = "external_url 'https://gitlab.example.com'\nregistry_external_url 'https://r.example.com:5050'\n";
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lint-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, content: string | Buffer) => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};

async function run(options: Parameters<typeof lintCommand>[0]) {
  const said = { out: '', err: '' };
  const into = (what: 'out' | 'err') => (text: string | Uint8Array) => {
    said[what] += String(text);
    return true;
  };
  const { stdout, stderr } = process;
  const [out, err] = [stdout.write, stderr.write];
  Object.assign(stdout, { write: into('out') });
  Object.assign(stderr, { write: into('err') });
  try {
    return { code: await lintCommand(options), ...said };
  } finally {
    Object.assign(stdout, { write: out });
    Object.assign(stderr, { write: err });
  }
}

test('nothing wrong: exit 0, and an empty list', async () => {
  const gitlabRb = file('right.rb', SOURCE);
  expect(await run({ gitlabRb, json: true })).toEqual({ code: 0, out: '{"findings":[],"notes":[]}\n', err: '' });
  expect((await run({ gitlabRb })).out).toBe('✔ nothing is wrong\n');
});

test('findings: exit 1, with file and line', async () => {
  const gitlabRb = file('wrong.rb', `${SOURCE}registry['registry_http_addr'] = 'http://r:5001'\n`);
  const { code, out } = await run({ gitlabRb, json: true });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    findings: [
      {
        id: 'addr-with-scheme',
        severity: 'error',
        file: gitlabRb,
        line: 3,
        key: "registry['registry_http_addr']",
        expected: 'r:5001',
        actual: 'http://r:5001',
        why: expect.stringContaining('scheme'),
        fix: 'registry[\'registry_http_addr\'] = "r:5001"',
      },
    ],
    notes: [],
  });
  expect((await run({ gitlabRb })).out).toContain(`${gitlabRb}:3 error addr-with-scheme`);
});

describe('--propose', () => {
  test('prints a diff, below it as comments what a person decides; exit 1', async () => {
    const gitlabRb = file('wrong.rb', `${SOURCE}registry['enable'] = 'true'\nregistry['proxy'] = 'http://p'\n`);
    const { code, out } = await run({ gitlabRb, propose: true });
    expect(code).toBe(1);
    expect(out).toBe(
      [
        `--- ${gitlabRb}`,
        `+++ ${gitlabRb}`,
        '@@ -3,1 +3,1 @@',
        "-registry['enable'] = 'true'",
        "+registry['enable'] = true",
        `# for a person: ${gitlabRb}:4 registry['proxy'] is http://p: the package has no setting registry['proxy']: it is ignored without a word`,
        '# → delete line 4',
        '',
      ].join('\n'),
    );
  });

  test('an edit made by hand is a choice, in words', async () => {
    const gitlabRb = file('right.rb', SOURCE);
    const { settings } = await parseGitlabRb(SOURCE);
    const made = generate(settings, { version: '19.3', httpSecret: 'a'.repeat(128) });
    const text = 'refused' in made ? '' : (made.registryConfig?.text ?? '');
    const registryConfig = file('config.yml', text.replace('level: info', 'level: debug'));
    const { code, out } = await run({ gitlabRb, registryConfig, propose: true });
    expect([code, out]).toEqual([
      1,
      `# ${registryConfig}:3 log.level is "debug"\n# → keep the edit: add registry['log_level'] = 'debug' to gitlab.rb; drop it: gitlab-ctl reconfigure\n`,
    ]);
  });

  test('nothing wrong: exit 0, and nothing for patch to do', async () => {
    expect(await run({ gitlabRb: file('right.rb', SOURCE), propose: true })).toEqual({
      code: 0,
      out: '# nothing is wrong\n',
      err: '',
    });
  });

  test('a file with twenty thousand mistakes', async () => {
    const text = `${SOURCE}${"registry['log_level'] = 'info' # and more\n".repeat(20_000)}`;
    const { code, out } = await run({ gitlabRb: file('big.rb', text), propose: true });
    expect([code, out.length < 1_000_000]).toEqual([1, true]);
  }, 120_000);
});

test('a file that can’t be read: exit 2, one line', async () => {
  const right = file('right.rb', SOURCE);
  for (const [registryConfig, why] of [
    [join(dir, 'none'), 'no such file'],
    [dir, 'directory'],
    [file('latin1', Buffer.from([0xff, 0xfe, 0x41])), 'not UTF-8'],
    [file('binary', 'a\0b'), 'no text'],
  ] as const) {
    const { code, out, err } = await run({ gitlabRb: right, registryConfig, json: true });
    expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
    expect(err).toContain(why);
  }
});

test('a version that is none: exit 2', async () => {
  expect(await run({ gitlabRb: file('right.rb', SOURCE), gitlabVersion: 'new' })).toMatchObject({ code: 2, out: '' });
});

test.each([
  ['empty', '', 0],
  ['cut off', `${SOURCE}registry['storage'] = { 's3' => {`, 1],
  ['of 5 MB', `${SOURCE}${"registry['log_level'] = 'info' # and more\n".repeat(120_000)}`, 1],
  ['of 5 MB in one text', `${SOURCE}registry['log_level'] = '${'x'.repeat(5_000_000)}'\n`, 0],
])(
  'a gitlab.rb that is %s',
  async (_, text, code) => {
    expect(await run({ gitlabRb: file('big.rb', text), json: true })).toMatchObject({ code, err: '' });
  },
  120_000,
);

test('generated files of 5 MB', async () => {
  const gitlabRb = file('right.rb', SOURCE);
  const registryConfig = file('big.yml', `${'a: [1, 2, {b: "c"}]\n'.repeat(250_000)}`);
  const nginxConf = file('big.conf', `server { ${'listen 1; location / { a b; }\n'.repeat(160_000)}}`);
  const { code, out } = await run({ gitlabRb, registryConfig, nginxConf, json: true });
  expect(code).toBe(1);
  expect(out.length).toBeLessThan(1_000_000);
}, 120_000);
