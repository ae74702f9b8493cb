import { readdirSync } from 'node:fs';
import { RULES } from '../../src/lint/rules/index.js';
import { findingsOf, linted } from './linted.js';

const URLS = "external_url 'https://gitlab.example.com'\nregistry_external_url 'https://registry.example.com:5050'\n";

test('the index lists every file, and each file is named after its id', () => {
  const files = readdirSync(new URL('../../src/lint/rules/', import.meta.url))
    .filter((name) => name !== 'index.ts')
    .map((name) => name.replace(/\.ts$/, ''));
  expect(RULES.map(({ id }) => id).sort()).toEqual(files.sort());
});

/** What each rule finds in gitlab.rb, behind the two URLs: `LINE KEY: ACTUAL → EXPECTED`. */
const WRONG: Record<string, [source: string, finding: string, version?: string][]> = {
  'ruby-syntax': [["registry['dir'] = [\n", '3 : null → null']],
  'url-invalid': [
    [
      "registry_external_url 'registry.example.com'",
      '3 registry_external_url: registry.example.com → https://HOST or https://HOST:PORT',
    ],
    ["registry_external_url 'https://r/v2'", '3 registry_external_url: https://r/v2 → https://r'],
  ],
  'local-variable': [
    [
      "registry_external_url = 'https://r'",
      "3 registry_external_url: registry_external_url = … → registry_external_url '…'",
    ],
  ],
  'addr-with-scheme': [
    ["registry['registry_http_addr'] = 'http://r:5001'", "3 registry['registry_http_addr']: http://r:5001 → r:5001"],
    ["registry['debug_addr'] = 'https://r:5001/x'", "3 registry['debug_addr']: https://r:5001/x → r:5001"],
  ],
  'addr-without-port': [
    ["registry['registry_http_addr'] = '127.0.0.1'", "3 registry['registry_http_addr']: 127.0.0.1 → host:port"],
    ["registry['registry_http_addr'] = 'r:99999'", "3 registry['registry_http_addr']: r:99999 → host:port"],
  ],
  'port-taken-twice': [
    [
      "registry['registry_http_addr'] = '127.0.0.1:5050'",
      "3 registry['registry_http_addr']: 127.0.0.1:5050 → another port than 5050",
    ],
    [
      "registry['nginx']['listen_port'] = 5000",
      '2 registry_external_url: registry.example.com:5000 → another port than 5000',
    ],
  ],
  'url-of-gitlab': [
    [
      "registry_external_url 'https://gitlab.example.com'",
      '3 registry_external_url: https://gitlab.example.com → another name or another port than external_url',
    ],
  ],
  'ignored-spelling': [
    [
      "registry['nginx']['listen_port'] = 1",
      "3 registry['nginx']['listen_port']: 1 → registry_nginx['listen_port']",
      '19.1.4',
    ],
  ],
  'overridden-spelling': [
    [
      "registry['nginx']['ssl_certificate'] = '/a'\nregistry_nginx['ssl_certificate'] = '/b'",
      "4 registry_nginx['ssl_certificate']: /b → /a",
    ],
  ],
  'too-new': [["registry['gc'] = { 'disabled' => true }", '3 registry[\'gc\']: {"disabled":true} → null', '16.9']],
  'unknown-setting': [
    ["registry['registy_http_addr'] = 'r:1'", "3 registry['registy_http_addr']: r:1 → registry['registry_http_addr']"],
    [
      "registry_nginx['ssl_certifcate'] = '/a'",
      "3 registry_nginx['ssl_certifcate']: /a → registry_nginx['ssl_certificate']",
    ],
    [
      "registry['nginx']['listen_prot'] = 1",
      "3 registry['nginx']['listen_prot']: 1 → registry['nginx']['listen_port']",
    ],
    ["gitlab_rails['registry_isuer'] = 'x'", "3 gitlab_rails['registry_isuer']: x → gitlab_rails['registry_issuer']"],
    ["registry_external_ulr 'https://r'", '3 registry_external_ulr: https://r → registry_external_url'],
    ["regisrty['enable'] = true", "3 regisrty['enable']: true → registry['enable']"],
    ["registry['proxy'] = 'http://p'", "3 registry['proxy']: http://p → null"],
  ],
  'wrong-type': [
    ["registry['enable'] = 'true'", "3 registry['enable']: true → true"],
    ["registry['nginx']['listen_addresses'] = '*'", "3 registry['nginx']['listen_addresses']: * → ['*']"],
    ["registry['registry_http_addr'] = 5001", "3 registry['registry_http_addr']: 5001 → '5001'"],
    ["registry_nginx['hsts_max_age'] = '0'", "3 registry_nginx['hsts_max_age']: 0 → 0"],
    ["registry['storage'] = 's3'", "3 registry['storage']: s3 → a hash"],
    ["registry['http_secret'] = 12345678", "3 registry['http_secret']: *** → a text"],
  ],
  'duplicate-key': [
    ["registry['log_level'] = 'info'\nregistry['log_level'] = 'warn'", "3 registry['log_level']: info → null"],
    ["registry['nginx']['dir'] = '/a'\nregistry['nginx'] = { 'dir' => '/b' }", "3 registry['nginx']['dir']: /a → null"],
  ],
  'no-effect': [
    ["registry_nginx['client_max_body_size'] = '1g'", "3 registry_nginx['client_max_body_size']: 1g → null"],
    ["registry['nginx']['gzip_enabled'] = false", "3 registry['nginx']['gzip_enabled']: false → null"],
    ["gitlab_rails['registry_host'] = 'other'", "3 gitlab_rails['registry_host']: other → registry.example.com"],
    [
      "registry_external_url 'http://r'\nregistry['nginx']['redirect_http_to_https'] = true",
      "4 registry['nginx']['redirect_http_to_https']: true → null",
    ],
  ],
  'advertised-port': [],
  'files-syntax': [],
  drift: [],
};

test('each rule has examples here, or in the tests of the drift and the samples', () => {
  expect(Object.keys(WRONG).sort()).toEqual(RULES.map(({ id }) => id).sort());
});

describe.each(Object.entries(WRONG))('%s', (id, examples) => {
  if (examples.length > 0)
    test.each(examples.map(([source, finding, version]) => [source, finding, { version }] as const))(
      '%j: %s',
      async (source, finding, { version }) => {
        const found = await findingsOf({ gitlabRb: URLS + source, version });
        const [line, ...rest] = finding.split(' ');
        expect(found).toContain(`gitlab.rb:${line} ${id} ${rest.join(' ')}`);
        // Where an example sets a URL again, that is told as well.
        expect(
          found.filter((one) => !one.includes(` ${id} `) && !one.includes('duplicate-key registry_external_url')),
        ).toEqual([]);
      },
    );
  else test('has its examples elsewhere', () => expect(RULES.map((rule) => rule.id)).toContain(id));
});

test.each([
  "registry['registry_http_addr'] = '0.0.0.0:5001'",
  "registry['registry_http_addr'] = '[::1]:5001'",
  "registry['registry_http_addr'] = '127.0.0.1:5050'\nregistry['nginx']['listen_addresses'] = ['10.0.0.5']",
  "registry['registry_http_addr'] = '0.0.0.0:5050'\nregistry['nginx']['enable'] = false",
  "registry['nginx']['client_max_body_size'] = 0",
  "registry['database'] = { 'enabled' => 'prefer' }",
  "registry['log_level'] = 'info' if x\nregistry['log_level'] = 'warn'",
  "registry['registry_http_addr'] = ENV['ADDR']",
  "registry['env'] = { 'A' => 'b' }",
  "gitlab_rails['registry_enabled'] = true",
  "registry['http_secret'] = '***'",
  "# registry['enabel'] = 1",
  "roles ['registry_role']",
])('nothing is wrong with %j', async (source) => {
  expect(await findingsOf({ gitlabRb: `${URLS}${source}\n` })).toEqual([]);
});

test('a key that stands in a hash twice', async () => {
  const source = `${URLS}registry['storage'] = {\n  's3' => {},\n  's3' => {}\n}\n`;
  expect(await findingsOf({ gitlabRb: source })).toEqual(['gitlab.rb:4 duplicate-key "s3": null → null']);
});

test('computed settings are told in notes, with their lines', async () => {
  const { notes } = await linted({ gitlabRb: `${URLS}registry['debug_addr'] = ENV['A']\nfoo['bar'] = ENV['B']\n` });
  expect(notes).toEqual(["gitlab.rb:3 registry['debug_addr'] is computed: what depends on it can't be known"]);
});

test('no secret is told, wherever it stands', async () => {
  const secret = 'k7Qz-very-secret-Zq7k';
  const source = `${URLS}registry['storage'] = { 's3' => { 'secretkey' => '${secret}' } }
registry['http_secret'] = '${secret}'\nregistry['http_secret'] = '${secret}'\n`;
  const registryConfig = `http: {secret: "${secret}x", secrex: "${secret}"}\nstorage: {"s3": {"secrettkey": "${secret}", "sekretkey": "${secret}"}}\n`;
  const { findings } = await linted({ gitlabRb: source, registryConfig });
  expect(findings.length).toBeGreaterThan(3);
  expect(JSON.stringify(findings)).not.toContain(secret);
});
