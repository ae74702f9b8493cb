import { readdirSync } from 'node:fs';
import { RULES } from '../../src/lint/rules/index.js';
import { URLS, WRONG } from './examples.js';
import { findingsOf, linted } from './linted.js';

test('the index lists every file, and each file is named after its id', () => {
  const files = readdirSync(new URL('../../src/lint/rules/', import.meta.url))
    .filter((name) => name !== 'index.ts')
    .map((name) => name.replace(/\.ts$/, ''));
  expect(RULES.map(({ id }) => id).sort()).toEqual(files.sort());
});

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
