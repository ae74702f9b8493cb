import fc from 'fast-check';
import { findDrift } from '../../src/host/drift.js';
import { parseGitlabRb } from '../../src/host/gitlab-rb.js';
import { generate } from '../../src/host/render/reconfigure.js';

const SECRET = 'ab'.repeat(64);

/** Settings that may be mixed in any way; each line stands for itself. */
const SETTINGS = [
  "registry['registry_http_addr'] = '127.0.0.1:5001'",
  "registry['log_level'] = 'debug'",
  "registry['debug_addr'] = 'localhost:5002'",
  "registry['storage'] = { 's3_v2' => { 'bucket' => 'b', 'pathstyle' => true }, 'redirect' => { 'disable' => true } }",
  "registry['storage_delete_enabled'] = false",
  "registry['notifications'] = [{ 'name' => 'n', 'url' => 'https://n/', 'headers' => { 'A' => ['b'] } }]",
  "registry['database'] = { 'enabled' => true, 'host' => 'db' }",
  "registry['redis'] = { 'cache' => { 'enabled' => true, 'addr' => 'r:6379' } }",
  "registry['gc'] = { 'disabled' => true }",
  "postgresql['enable'] = false",
  "gitlab_rails['registry_issuer'] = 'own'",
  "registry_nginx['listen_port'] = 8443",
  "registry_nginx['listen_addresses'] = ['10.0.0.5', '[::1]']",
  "registry_nginx['redirect_http_to_https'] = true",
  "registry_nginx['http2_enabled'] = true",
  "registry_nginx['proxy_protocol'] = true",
  "registry_nginx['real_ip_trusted_addresses'] = ['10.0.0.0/8', '192.168.2.1']",
  "registry_nginx['hsts_include_subdomains'] = true",
  "registry_nginx['ssl_verify_client'] = 'on'",
  "registry_nginx['ssl_client_certificate'] = '/etc/gitlab/ssl/ca.crt'",
  "registry_nginx['proxy_set_headers'] = { 'X-Forwarded-Port' => '443', 'X-Forwarded-Ssl' => nil }",
  "registry_nginx['custom_gitlab_server_config'] = 'location /healthz { return 204; }'",
  "letsencrypt['enable'] = true",
];
const VERSIONS = ['15.11', '16.4', '17.11', '18.4', '18.11', '19.0', '19.3'];

const URLS = (scheme: string) =>
  `external_url 'https://gitlab.example.com'\nregistry_external_url '${scheme}://registry.example.com:5050'\n`;

const situation = fc.record({
  source: fc
    .tuple(fc.constantFrom('http', 'https'), fc.subarray(SETTINGS))
    .map(([scheme, more]) => `${URLS(scheme)}${more.join('\n')}\n`),
  version: fc.constantFrom(...VERSIONS),
});

async function rendered(source: string, version: string) {
  const gitlabRb = await parseGitlabRb(source);
  const made = generate(gitlabRb.settings, { version, httpSecret: SECRET });
  if ('refused' in made) throw new Error(made.refused);
  return { gitlabRb, registryConfig: made.registryConfig?.text ?? '', vhost: made.vhost?.text ?? '' };
}

const keys = (drift: ReturnType<typeof findDrift>) => drift.differences.map(({ key }) => key);
const lines = (text: string) => text.trimEnd().split('\n');

describe('what the package renders, from any mixture of settings', () => {
  test('differs in nothing, by its version and without one', async () => {
    await fc.assert(
      fc.asyncProperty(situation, async ({ source, version }) => {
        const files = await rendered(source, version);
        expect(findDrift({ ...files, version })).toMatchObject({ differences: [], syntax: [] });
        expect(findDrift(files)).toMatchObject({ differences: [], syntax: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('a change of layout, of comments and of order means nothing', async () => {
    await fc.assert(
      fc.asyncProperty(situation, fc.infiniteStream(fc.nat(5)), async ({ source, version }, dice) => {
        const files = await rendered(source, version);
        const roll = () => dice.next().value as number;
        const vhost = lines(files.vhost)
          .flatMap((line) => [roll() === 0 ? '' : undefined, roll() === 0 ? '  # { a comment; }' : undefined, line])
          .filter((line) => line !== undefined)
          .map((line) => (roll() === 0 ? `\t ${line.trim()}  ` : line))
          .map((line) =>
            line.replace(/^( *\w+ +)([a-z0-9]+);/, (all, name, word) => (roll() === 0 ? `${name}"${word}";` : all)),
          )
          .join('\n');
        // Whole sections of config.yml, the other way round.
        const sections = files.registryConfig.split(/^(?=\w)/m).reverse();
        const registryConfig = sections.map((text) => `# a comment\n\n${text}`).join('');
        expect(findDrift({ ...files, vhost, registryConfig, version })).toMatchObject({ differences: [], syntax: [] });
      }),
      { numRuns: 40 },
    );
  });

  test('a directive that is deleted or added is the one difference, at its line', async () => {
    await fc.assert(
      fc.asyncProperty(situation, fc.nat(), async ({ source, version }, pick) => {
        const files = await rendered(source, version);
        const all = lines(files.vhost);
        const simple = all.flatMap((line, i) => (/^\s+[a-z_0-9]+ .*;/.test(line) && !/[{}]/.test(line) ? [i] : []));
        const at = simple[pick % simple.length] ?? 0;
        const without = all.toSpliced(at, 1).join('\n');
        const gone = findDrift({ ...files, vhost: without, version });
        expect(gone.differences).toEqual([expect.objectContaining({ file: 'vhost', actual: undefined })]);
        const more = all.toSpliced(at, 0, '  added_by_hand 1;').join('\n');
        const added = findDrift({ ...files, vhost: more, version });
        expect(added.differences).toEqual([
          expect.objectContaining({ key: expect.stringContaining('added_by_hand'), expected: undefined, line: at + 1 }),
        ]);
      }),
      { numRuns: 60 },
    );
  });

  test('a value of config.yml that is changed is the one difference, at its line', async () => {
    await fc.assert(
      fc.asyncProperty(situation, fc.nat(), async ({ source, version }, pick) => {
        const files = await rendered(source, version);
        const all = lines(files.registryConfig);
        const values = all.flatMap((line, i) => (/^ +\w+: [^[{]/.test(line) ? [i] : []));
        const at = values[pick % values.length] ?? 0;
        const registryConfig = all.with(at, (all[at] ?? '').replace(/: .*/, ': by hand')).join('\n');
        const { differences } = findDrift({ ...files, registryConfig, version });
        expect(differences).toEqual([expect.objectContaining({ file: 'registry-config', line: at + 1 })]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('findDrift', () => {
  test('says which setting a value comes from', async () => {
    const source = `${URLS('https')}registry['registry_http_addr'] = 'r:5001'\n`;
    const { registryConfig } = await rendered(URLS('https'), '19.3');
    const { differences } = findDrift({ gitlabRb: await parseGitlabRb(source), registryConfig, version: '19.3' });
    expect(differences).toEqual([
      {
        file: 'registry-config',
        key: 'http.addr',
        expected: '"r:5001"',
        actual: '"127.0.0.1:5000"',
        line: 10,
        expectedLine: 10,
        origin: { setting: "registry['registry_http_addr']", line: 3 },
      },
    ]);
  });

  test('a key of a tree is told by itself, with what decides it', async () => {
    const files = await rendered(`${URLS('https')}postgresql['listen_address'] = 'db'\n`, '19.3');
    const registryConfig = files.registryConfig.replace('"host":"db"', '"host":"other"').replace('5432', '"5432"');
    expect(findDrift({ ...files, registryConfig, version: '19.3' }).differences).toMatchObject([
      { key: 'database.port', expected: '5432', actual: '"5432"' },
      { key: 'database.host', origin: { setting: "postgresql['listen_address']", line: 3 } },
    ]);
  });

  test.each([
    ["registry['registry_http_addr'] = ENV['A']", 'addr: 127.0.0.1:5000', 'addr: r:1'],
    ["registry['storage'] = storage", '"cache"', '"other"'],
    [
      "registry['debug_addr'] = ENV['D']",
      '  headers:',
      '  debug:\n    addr: x:1\n    prometheus:\n      enabled: true\n      path: /metrics\n  headers:',
    ],
  ])('what %s may be is no difference', async (setting, from, to) => {
    const files = await rendered(URLS('https'), '19.3');
    const gitlabRb = await parseGitlabRb(`${URLS('https')}${setting}\n`);
    const changed = { gitlabRb, registryConfig: files.registryConfig.replace(from, to), version: '19.3' };
    expect(findDrift(changed).differences).toEqual([]);
    const other = { ...changed, registryConfig: changed.registryConfig.replace('level: info', 'level: warn') };
    expect(keys(findDrift(other))).toEqual(['log.level']);
  });

  test('a masked value is no difference', async () => {
    const files = await rendered(URLS('https'), '19.3');
    const registryConfig = files.registryConfig.replace(SECRET, '***').replace(/"dbname":"\w+"/, '"dbname":"***"');
    expect(findDrift({ ...files, registryConfig, version: '19.3' }).differences).toEqual([]);
  });

  test('a secret of the package has a shape', async () => {
    const files = await rendered(URLS('https'), '19.3');
    const registryConfig = files.registryConfig.replace(SECRET, 'mine');
    expect(keys(findDrift({ ...files, registryConfig, version: '19.3' }))).toEqual(['http.secret']);
  });

  test('the order counts where nginx goes by it', async () => {
    const custom = 'registry_nginx[\'custom_gitlab_server_config\'] = "allow 10.0.0.1;\\n  deny all;"\n';
    const files = await rendered(URLS('https') + custom, '19.3');
    const vhost = files.vhost.replace(/( +allow.*\n)( +deny.*\n)/, '$2$1');
    expect(vhost).not.toBe(files.vhost);
    expect(keys(findDrift({ ...files, vhost, version: '19.3' }))).toEqual(['allow']);
  });

  test('a registry that is switched off has no vhost; its old config.yml stays behind', async () => {
    const files = await rendered(URLS('https'), '19.3');
    const gitlabRb = await parseGitlabRb(`${URLS('https')}registry['enable'] = false\n`);
    expect(findDrift({ ...files, gitlabRb }).differences).toMatchObject([{ file: 'vhost', key: 'server' }]);
  });

  test('an older version that the files show is taken, and told', async () => {
    const files = await rendered(URLS('https'), '18.4');
    expect(findDrift(files)).toMatchObject({ differences: [], assumed: [expect.stringContaining('18.')] });
  });

  test.each([
    ['', ''],
    ['a: [', 'server { listen 1'],
    ['a: &a [*a, *a]', '}}}{{{;;;'],
    ['['.repeat(50_000), '{'.repeat(50_000)],
    ['x\n'.repeat(100_000), 'x;\n'.repeat(100_000)],
    [Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n'), 'listen 1;'.repeat(60_000)],
    [`a: &a0 x\n${Array.from({ length: 30 }, (_, i) => `b${i}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`, '"'],
    ['!!binary x', '"a\\'],
  ])('never throws, whatever stands in the files', async (registryConfig, vhost) => {
    const gitlabRb = await parseGitlabRb(URLS('https'));
    const { differences, syntax } = findDrift({ gitlabRb, registryConfig, vhost });
    expect(differences.length + syntax.length).toBeGreaterThan(0);
  });
});
