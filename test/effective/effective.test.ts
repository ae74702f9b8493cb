import { effectiveSettings } from '../../src/effective/effective.js';
import type { Files } from '../../src/host/drift.js';
import { parseGitlabRb } from '../../src/host/gitlab-rb.js';
import { generate } from '../../src/host/render/reconfigure.js';
import { eachSample, omnibusSamples } from '../host/samples.js';

const URLS = "external_url 'https://gitlab.example.com'\nregistry_external_url 'https://registry.example.com:5050'\n";

async function filesOf(source: string, change: (text: string) => string = (text) => text): Promise<Files> {
  const gitlabRb = await parseGitlabRb(source);
  const made = generate(gitlabRb.settings, { version: '19.3', httpSecret: 'a'.repeat(128) });
  if ('refused' in made) return { gitlabRb, version: '19.3', registryConfig: '', vhost: '' };
  const { registryConfig, vhost } = made;
  return {
    gitlabRb,
    version: '19.3',
    ...(registryConfig === undefined ? {} : { registryConfig: change(registryConfig.text) }),
    ...(vhost === undefined ? {} : { vhost: change(vhost.text) }),
  };
}

const shown = (files: Files) =>
  effectiveSettings(files).map(
    ({ setting, value, origin, expected }) =>
      `${setting}: ${value}${expected === undefined ? '' : ` → ${expected}`} ← ${origin?.line ?? origin?.setting}`,
  );

test('each setting with what decides it: a line of gitlab.rb, the package’s default, or its template', async () => {
  const source = `${URLS}registry['log_level'] = 'warn'\nregistry_nginx['ssl_certificate'] = '/a.crt'\n`;
  const rows = shown(await filesOf(source));
  for (const row of [
    "registry['enable']: true ← 2",
    'registry_external_url: https://registry.example.com:5050 ← 2',
    "registry['nginx']['listen_port']: *:5050 ssl ← 2",
    "registry_nginx['ssl_certificate']: /a.crt ← 4",
    "registry['nginx']['client_max_body_size']: 0, which is no limit ← the package’s template, which no setting changes",
    "registry['registry_http_addr']: 127.0.0.1:5000 ← the package’s default",
    "registry['storage_delete_enabled']: true ← the package’s default",
    "registry['storage']['maintenance']['readonly']['enabled']: off ← the package’s default",
    "registry['token_realm']: https://gitlab.example.com/jwt/auth ← 1",
    "registry['log_level']: warn ← 3",
    "registry['debug_addr']: off ← the package’s default",
  ])
    expect(rows).toContain(row);
});

test('what the file says now, its line, and what reconfigure would make of it', async () => {
  const files = await filesOf(URLS, (text) =>
    text.replace('level: info', 'level: debug').replace('X-Forwarded-Proto https', 'X-Forwarded-Proto http'),
  );
  expect(effectiveSettings(files).filter(({ expected }) => expected !== undefined)).toMatchObject([
    { setting: 'registry_external_url', value: 'http://registry.example.com:5050', file: 'vhost' },
    { setting: "registry['nginx']['proxy_set_headers']['X-Forwarded-Proto']", value: 'http', expected: 'https' },
    { setting: "registry['log_level']", value: 'debug', expected: 'info', file: 'registry-config', line: 3 },
  ]);
});

test('spelled otherwise is the same: no difference', async () => {
  const files = await filesOf(URLS, (text) =>
    text
      .replace('listen *:5050', 'listen 0.0.0.0:5050')
      .replace('enabled: true', 'enabled: yes')
      .replace('900;', '15m;'),
  );
  expect(shown(files).filter((row) => row.includes('→'))).toEqual([]);
});

test('what is missing, and what was added', async () => {
  const files = await filesOf(`${URLS}registry['debug_addr'] = 'r:5005'\n`, (text) =>
    text
      .replace(/ {2}debug:\n(?: {4}.*\n)+/, '')
      .replace('"cache":', '"maintenance":{"readonly":{"enabled":true}},"cache":'),
  );
  expect(shown(files).filter((row) => row.includes('→'))).toEqual([
    "registry['storage']['maintenance']['readonly']['enabled']: true → off ← the package’s default",
    "registry['debug_addr']: off → r:5005 ← 3",
  ]);
});

test('a switched-off registry leaves a config.yml behind, which proves nothing', async () => {
  const files = await filesOf(URLS);
  const gitlabRb = await parseGitlabRb(`${URLS}registry['enable'] = false\n`);
  expect(shown({ ...files, gitlabRb })).toEqual(["registry['enable']: false ← 3"]);
});

test.each([
  ['is no Ruby', `${URLS}if\n`],
  ['reconfigure refuses', "registry_external_url 'nonsense'\n"],
])('where gitlab.rb %s, what is in force is told, and nothing compared', async (_, source) => {
  const rows = effectiveSettings({ ...(await filesOf(URLS)), gitlabRb: await parseGitlabRb(source) });
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter(({ expected, origin }) => expected !== undefined || origin !== undefined)).toEqual([]);
});

test('a computed value agrees with whatever is there', async () => {
  const files = await filesOf(`${URLS}registry['registry_http_addr'] = 'r:5001'\n`);
  const gitlabRb = await parseGitlabRb(`${URLS}registry['registry_http_addr'] = ENV['ADDR']\n`);
  expect(shown({ ...files, gitlabRb })).toContain("registry['registry_http_addr']: r:5001 ← 3");
});

test('any text of the files is read without a fault', async () => {
  const gitlabRb = await parseGitlabRb(URLS);
  for (const text of ['', '{', 'a: [', 'http: {addr: [1]}', 'storage: 5', 'server { listen; }', '}', '\0'])
    expect(() => effectiveSettings({ gitlabRb, registryConfig: text, vhost: text })).not.toThrow();
});

const secrets = /07781a14|NotARealSecret|AKIAEXAMPLE|not-a-real|0123456789abcdef0123456789abcdef/;

eachSample('nothing differs from what its package made, and no secret is told', omnibusSamples(), (sample) =>
  parseGitlabRb(sample.gitlabRb).then((gitlabRb) => {
    const { registryConfig, vhost, version } = sample;
    const rows = effectiveSettings({ gitlabRb, registryConfig, version, ...(vhost === undefined ? {} : { vhost }) });
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ expected, value }) => expected !== undefined || value === undefined)).toEqual([]);
    expect(JSON.stringify(rows)).not.toMatch(secrets);
  }),
);
