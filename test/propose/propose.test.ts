import { applyPatch } from 'diff';
import { parseGitlabRb } from '../../src/host/gitlab-rb.js';
import { generate } from '../../src/host/render/reconfigure.js';
import { RULES } from '../../src/lint/rules/index.js';
import { URLS, WRONG } from '../lint/examples.js';
import { findingsOf, linted } from '../lint/linted.js';
import { changes, proposed } from './proposed.js';

const EXAMPLES = Object.entries(WRONG).flatMap(([id, examples]) =>
  examples.map(([source, , version]) => [id, source, { version }] as const),
);

/** Rules whose right line is never known for sure: a name, a port or an intention that only a person knows. */
const FOR_A_PERSON = [
  ...['ruby-syntax', 'files-syntax', 'local-variable', 'url-of-gitlab', 'advertised-port', 'too-new', 'drift'],
];

describe('of every example of every rule', () => {
  test.each(EXAMPLES)('%s, %j: the diff applies, and what it mends is gone', async (_, source, { version }) => {
    const gitlabRb = URLS + source;
    const { diff, mended, left } = await proposed({ gitlabRb, version });
    const before = (await linted({ gitlabRb, version })).findings;
    expect(mended.length + left.length).toBeGreaterThanOrEqual(before.length);
    if (diff === '') {
      expect(mended).toEqual([]);
      return;
    }
    expect(mended.filter(({ id }) => FOR_A_PERSON.includes(id))).toEqual([]);
    const corrected = applyPatch(gitlabRb, diff);
    if (corrected === false) throw new Error(diff);
    const after = (await linted({ gitlabRb: corrected, version })).findings;
    const what = (one: { id: string; key: string; actual: string | null }) => `${one.id} ${one.key} ${one.actual}`;
    for (const one of mended) expect(after.map(what)).not.toContain(what(one));
    // Whatever is wrong afterwards was told.
    expect(left.map(what)).toEqual(expect.arrayContaining(after.map(what)));
  });

  test('each rule that can be sure is, in one example at least', async () => {
    const sure = new Set<string>();
    for (const [id, source, { version }] of EXAMPLES)
      if ((await proposed({ gitlabRb: URLS + source, version })).mended.some((one) => one.id === id)) sure.add(id);
    expect([...sure].sort()).toEqual(
      RULES.map(({ id }) => id)
        .filter((id) => !FOR_A_PERSON.includes(id))
        .sort(),
    );
  });
});

describe('the lines', () => {
  test.each<[source: string, ...lines: string[]]>([
    [
      'registry[\'registry_http_addr\'] = "http://r:5001" # ours',
      '-registry[\'registry_http_addr\'] = "http://r:5001" # ours',
      '+registry[\'registry_http_addr\'] = "r:5001" # ours',
    ],
    // One correction shows the next.
    [
      "registry['registry_http_addr'] = 'http://r'",
      "-registry['registry_http_addr'] = 'http://r'",
      "+registry['registry_http_addr'] = 'r:5000'",
    ],
    [
      "registry['registy_http_addr'] = 5001",
      "-registry['registy_http_addr'] = 5001",
      "+registry['registry_http_addr'] = '127.0.0.1:5001'",
    ],
    ["registry['log_level'] = 'info'\nregistry['log_level'] = 'warn'", "-registry['log_level'] = 'info'"],
    [
      "registry['nginx']['gzip_types'] = [\n  'a', # ünïcode\n]",
      "-registry['nginx']['gzip_types'] = [",
      "-  'a', # ünïcode",
      '-]',
    ],
  ])('%j', async (source, ...lines) => {
    expect(changes(await proposed({ gitlabRb: `${URLS}${source}\n` }))).toEqual(lines);
  });

  test('without context: what stands around them is not shown', async () => {
    const { diff } = await proposed({
      gitlabRb: `${URLS}# a neighbour\nregistry['enable'] = 'true'\n# another\n`,
    });
    expect(diff).toBe(
      "--- gitlab.rb\n+++ gitlab.rb\n@@ -4,1 +4,1 @@\n-registry['enable'] = 'true'\n+registry['enable'] = true\n",
    );
  });
});

describe('left to a person is', () => {
  test.each([
    ['a line of which more hangs', "registry['log_level'] = 'info'; foo\nregistry['log_level'] = 'warn'"],
    ['a text that stands elsewhere', "registry['log_level'] = <<~A\n  info\nA\nregistry['log_level'] = 'warn'"],
    ['a name that is taken', "registry['log_levle'] = 'debug'\nregistry['log_level'] = 'warn'"],
    ['a name that no other is near', "registry['proxy'] = 'http://p'"],
    ['a port that may be taken', "registry['debug_addr'] = 'r'"],
    ['a masked secret', "registry['http_secret'] = '***'\nregistry['http_secret'] = '***'"],
    ['a secret', "registry['http_secret'] = 'hunter2'\nregistry['http_secret'] = 'hunter2'"],
    ['a line that names one', "registry['enable'] = 'true' # password: hunter2"],
    ['an address with a password', "registry['registry_http_addr'] = 'http://user:hunter2@r:5001'"],
    [
      'a key of a hash',
      "registry['nginx'] = { 'listen_addresses' => '*', 'gzip_enabled' => true }\nregistry['dir'] = 1 + 1",
    ],
  ])('%s', async (_, source) => {
    const gitlabRb = `${URLS}${source}\n`;
    const { diff, left, mended } = await proposed({ gitlabRb });
    expect({ diff, mended }).toEqual({ diff: '', mended: [] });
    expect(left).toEqual((await linted({ gitlabRb })).findings);
    expect(JSON.stringify(left)).not.toContain('hunter2');
  });
});

describe('an edit made by hand', () => {
  const made = async (source = '') => {
    const gitlabRb = URLS + source;
    const files = generate((await parseGitlabRb(gitlabRb)).settings, { version: '19.3', httpSecret: 'a'.repeat(128) });
    if ('refused' in files) throw new Error(files.refused);
    return { gitlabRb, registryConfig: files.registryConfig?.text ?? '', vhost: files.vhost?.text ?? '' };
  };

  test.each([
    ['registryConfig', '  level: info', '  level: debug', "registry['log_level'] = 'debug'"],
    ['registryConfig', 'addr: 127.0.0.1:5000', 'addr: 0.0.0.0:6000', "registry['registry_http_addr'] = '0.0.0.0:6000'"],
    [
      'registryConfig',
      '"delete":{"enabled":true}',
      '"delete":{"enabled":false}',
      "registry['storage_delete_enabled'] = false",
    ],
    [
      'registryConfig',
      'gitlab.example.com/jwt',
      'other.example.com/jwt',
      "registry['token_realm'] = 'https://other.example.com'",
    ],
    [
      'vhost',
      'X-Forwarded-Proto https',
      'X-Forwarded-Proto http',
      "registry['nginx']['proxy_set_headers']['X-Forwarded-Proto'] = 'http'",
    ],
    [
      'vhost',
      'ssl_protocols  TLSv1.2 TLSv1.3',
      'ssl_protocols TLSv1.3',
      "registry['nginx']['ssl_protocols'] = 'TLSv1.3'",
    ],
  ] as const)('in %s, %j to %j: %s would keep it', async (file, from, to, line) => {
    const texts = await made();
    const edited = { ...texts, [file]: texts[file].replace(from, to) };
    const { diff, choices, left } = await proposed(edited);
    expect({ diff, left }).toEqual({ diff: '', left: [] });
    expect(choices).toEqual([{ findings: expect.any(Array), line, instead: undefined }]);
    // And it does: nothing is left of the finding.
    const name = file === 'vhost' ? 'vhost' : 'config.yml';
    const after = await findingsOf({ ...edited, gitlabRb: `${edited.gitlabRb}${line}\n` });
    expect(after.filter((one) => one.startsWith(`${name}:`))).toEqual([]);
  });

  test('the line says where gitlab.rb says otherwise', async () => {
    const texts = await made("registry['log_level'] = 'info'\n");
    const registryConfig = texts.registryConfig.replace('level: info', 'level: debug');
    expect((await proposed({ ...texts, registryConfig })).choices).toMatchObject([{ instead: 3 }]);
  });

  test.each([
    ['registryConfig', '"cache":', '"maintenance":{"readonly":{"enabled":true}},"cache":'],
    ['registryConfig', /secret: ".*"/, 'secret: "hunter2hunter2"'],
    ['vhost', 'client_max_body_size 0', 'client_max_body_size 50m'],
  ] as const)('in %s, %s to %s: no setting makes that, so a person decides', async (file, from, to) => {
    const texts = await made();
    const edited = { ...texts, [file]: texts[file].replace(from, to) };
    const { diff, choices, left } = await proposed(edited);
    expect({ diff, choices }).toEqual({ diff: '', choices: [] });
    expect(left).toEqual((await linted(edited)).findings);
    expect(JSON.stringify(left)).not.toContain('hunter2');
  });

  test('is not what a wrong line of gitlab.rb made: the correction is no choice', async () => {
    const texts = await made("registry['registry_http_addr'] = 'http://r:5001'\n");
    const { mended, choices, left } = await proposed(texts);
    expect([mended.map(({ id }) => id), choices, left]).toEqual([['addr-with-scheme'], [], []]);
  });

  test('a correction that makes what the file says already leaves no choice', async () => {
    const texts = await made("registry['registry_http_addr'] = 'r:5001'\n");
    const gitlabRb = texts.gitlabRb.replace('r:5001', 'http://r:5001');
    const { mended, choices, left } = await proposed({ ...texts, gitlabRb });
    expect([mended.map(({ id }) => id).sort(), choices, left]).toEqual([
      ['addr-with-scheme', 'drift', 'drift'],
      [],
      [],
    ]);
  });
});

test('gitlab.rb that Ruby refuses is not touched', async () => {
  const { diff, left } = await proposed({ gitlabRb: `${URLS}registry['enable'] = 'true'\nif\n` });
  expect([diff, left.every(({ id }) => id === 'ruby-syntax')]).toEqual(['', true]);
});
