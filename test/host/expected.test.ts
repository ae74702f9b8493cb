import { intended, isAtLeast } from '../../src/host/expected.js';
import { parseGitlabRb } from '../../src/host/gitlab-rb.js';

const URLS = "external_url 'https://gitlab.example.com'\nregistry_external_url 'https://registry.example.com:5050'\n";
const wanted = async (source: string, version?: string) => intended(await parseGitlabRb(source), version);
const expectedAt = async (source: string, key: string, version?: string) =>
  (await wanted(source, version)).expected.find((one) => one.key === key)?.value;

describe('intended', () => {
  test('says where each value would come from', async () => {
    const { expected, enabled, externalUrl, registryUrl } = await wanted(
      `${URLS}registry['registry_http_addr'] = "r:5001"\n`,
    );
    expect({ enabled, externalUrl, registryUrl }).toEqual({
      enabled: true,
      externalUrl: 'https://gitlab.example.com',
      registryUrl: 'https://registry.example.com:5050',
    });
    expect(expected).toContainEqual({
      file: 'registry-config',
      key: 'http.addr',
      value: 'r:5001',
      from: "registry['registry_http_addr']",
      line: 3,
    });
    expect(expected).toContainEqual({
      file: 'vhost',
      key: 'proxy_pass',
      value: 'http://r:5001',
      from: "registry['registry_http_addr']",
      line: 3,
    });
    expect(expected).toContainEqual({
      file: 'registry-config',
      key: 'log.level',
      value: 'info',
      from: 'the package’s default',
    });
  });

  test.each([
    ["registry['enable'] = false\n", false],
    ["registry['enable'] = true\n", true],
    ['', true],
  ])('with %j it is enabled: %s', async (more, enabled) => {
    expect((await wanted(URLS + more)).enabled).toBe(enabled);
  });

  test('without a URL it is left to the package', async () => {
    const left = await wanted("external_url 'https://gitlab.example.com'\n");
    expect(left.enabled).toBeUndefined();
    expect(left.expected.some(({ file }) => file === 'vhost')).toBe(false);
  });

  test.each([
    ['https://r', '443'],
    ['http://r', '80'],
    ['https://r:5050', '5050'],
  ])('the port of %s is %s', async (url, port) => {
    expect(await expectedAt(`registry_external_url '${url}'\n`, 'listen port')).toBe(port);
  });

  test('the current spelling of the nginx settings counts since 19.2, the old one always', async () => {
    const source = `${URLS}registry_nginx['listen_port'] = 1\nregistry['nginx']['listen_port'] = 2\n`;
    expect(await expectedAt(source, 'listen port', '19.1.4')).toBe('1');
    expect(await expectedAt(source, 'listen port', '19.2.0')).toBe('2');
    expect(await expectedAt(source, 'listen port')).toBe('2');
  });

  test('what only Ruby can compute is named, and nothing is said about it', async () => {
    const { computed, expected } = await wanted(
      `${URLS}registry['registry_http_addr'] = ENV['ADDR']\nregistry['storage'] = x\n`,
    );
    expect(computed).toEqual([
      { path: "registry['registry_http_addr']", line: 3 },
      { path: "registry['storage']", line: 4 },
    ]);
    expect(expected.map(({ key }) => key)).not.toContain('http.addr');
    expect(expected.map(({ key }) => key).filter((key) => key.startsWith('storage'))).toEqual([]);
  });

  test('a computed address says nothing of proxy_pass either', async () => {
    expect(await expectedAt(`${URLS}registry['registry_http_addr'] = ENV['ADDR']\n`, 'proxy_pass')).toBeUndefined();
  });

  test('a computed external_url says nothing of the realm', async () => {
    const source = "external_url ENV['URL']\nregistry_external_url 'https://r'\n";
    expect(await expectedAt(source, 'auth.token.realm')).toBeUndefined();
    expect(await expectedAt(`${source}registry['token_realm'] = 'https://t'\n`, 'auth.token.realm')).toBe(
      'https://t/jwt/auth',
    );
  });

  test('masked values say nothing', async () => {
    const source = `${URLS}registry['storage'] = { 's3' => { 'accesskey' => '***', 'bucket' => 'b' } }\n`;
    const keys = (await wanted(source)).expected.map(({ key }) => key).filter((key) => key.startsWith('storage'));
    expect(keys).toEqual(['storage.s3.bucket']);
  });

  test('a text that is no URL does not stop it', async () => {
    expect((await wanted("registry_external_url 'registry.example.com'\n")).registryUrl).toBe('registry.example.com');
  });
});

test.each([
  [undefined, true],
  ['19.2.0', true],
  ['19.10.1', true],
  ['20.0.0', true],
  ['19.1.9', false],
  ['9.9.9', false],
])('%s is at least 19.2: %s', (version, is) => {
  expect(isAtLeast(version, [19, 2])).toBe(is);
});
