import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseGitlabRb } from '../../../src/host/gitlab-rb.js';
import { projectRoot } from './project.js';
import { generate, ReconfigureError } from './reconfigure.js';

const SAMPLES = path.join(path.dirname(projectRoot), 'shared', 'omnibus-samples');

/** Folders whose host has no certificate files, which is what switches Let's Encrypt on. */
const WITHOUT_CERTIFICATES = new Set(['08-lets-encrypt-switches-it-on', '09-lets-encrypt-own-host']);

const versionOf = (folder: string): string => {
  const [, major, minor] = /-on-(\d+)-(\d+)$/.exec(folder) ?? [];
  return major === undefined ? '19.3' : `${major}.${minor}`;
};

const readOrUndefined = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

const reconfigure = async (source: string, version: string, files = true) =>
  generate(
    (await parseGitlabRb(source)).settings,
    version,
    { registryHttpSecret: 'ab'.repeat(64) },
    { fileExists: () => files },
  );

if (existsSync(SAMPLES)) {
  const folders = readdirSync(SAMPLES).filter((name) => /^\d/.test(name));
  describe.each(folders)('sample %s, byte for byte', (folder) => {
    const at = (...names: string[]): string => path.join(SAMPLES, folder, ...names);
    const generated = async () => {
      const config = readFileSync(at('registry', 'config.yml'), 'utf8');
      const secret = /^ {2}secret: "(.*)"$/m.exec(config)?.[1] ?? '';
      const { settings } = await parseGitlabRb(readFileSync(at('gitlab.rb'), 'utf8'));
      const facts = { fileExists: () => !WITHOUT_CERTIFICATES.has(folder) };
      return generate(settings, versionOf(folder), { registryHttpSecret: secret }, facts);
    };

    test('registry/config.yml', async () => {
      expect((await generated()).registryConfig).toBe(readOrUndefined(at('registry', 'config.yml')));
    });

    test('nginx/gitlab-registry.conf', async () => {
      expect((await generated()).vhost).toBe(readOrUndefined(at('nginx', 'gitlab-registry.conf')));
    });
  });
} else {
  test.skip(`samples of a real package: none at ${SAMPLES}`, () => {});
  console.info(`skipped: the samples of a real package are not at ${SAMPLES}`);
}

describe('settings', () => {
  const URLS = "external_url 'https://gitlab.example.com'\nregistry_external_url 'https://registry.example.com:5050'\n";

  test('the vhost moves to service_conf with 18.5', async () => {
    expect((await reconfigure(URLS, '18.4')).vhostPath).toBe('/var/opt/gitlab/nginx/conf/gitlab-registry.conf');
    expect((await reconfigure(URLS, '18.5')).vhostPath).toBe(
      '/var/opt/gitlab/nginx/conf/service_conf/gitlab-registry.conf',
    );
  });

  test("registry['nginx'] is ignored before 19.2", async () => {
    const source = `${URLS}registry['nginx']['listen_port'] = 6000\n`;
    expect((await reconfigure(source, '19.1')).vhost).toContain('listen *:5050 ssl;');
    expect((await reconfigure(source, '19.2')).vhost).toContain('listen *:6000 ssl;');
  });

  test('a registry that is switched off has no files', async () => {
    const off = await reconfigure(`${URLS}registry['enable'] = false\n`, '18.11');
    expect(off).toMatchObject({ enabled: false, registryConfig: undefined, vhost: undefined });
  });

  test('without a URL the registry stays off where certificate files exist', async () => {
    expect((await reconfigure("external_url 'https://gitlab.example.com'\n", '18.11')).enabled).toBe(false);
  });

  test('folders of the settings are honoured', async () => {
    const paths = `
registry['dir'] = '/x/registry'
gitlab_rails['registry_path'] = '/x/storage'
registry_nginx['log_directory'] = '/x/log'
registry_nginx['listen_addresses'] = ['127.0.0.1']
`;
    const { registryConfig, registryConfigPath, vhost } = await reconfigure(URLS + paths, '18.11');
    expect(registryConfigPath).toBe('/x/registry/config.yml');
    expect(registryConfig).toContain('rootcertbundle: /x/registry/gitlab-registry.crt');
    expect(registryConfig).toContain('"rootdirectory":"/x/storage"');
    expect(vhost).toContain('error_log   /x/log/gitlab_registry_error.log error;');
    expect(vhost).toContain('listen 127.0.0.1:5050 ssl;');
  });

  test.each([
    ["registry_external_url 'registry.example.com'\n", 'must include a schema and FQDN'],
    ["registry_external_url 'https://registry.example.com/v2'\n", 'Unsupported GitLab Registry external URL path'],
    ["registry['registry_http_addr'] = ENV['ADDR']\n", 'line 1: registry.registry_http_addr is computed'],
  ])('%p does not reconfigure', async (source, message) => {
    await expect(reconfigure(source, '18.11')).rejects.toThrow(ReconfigureError);
    await expect(reconfigure(source, '18.11')).rejects.toThrow(message);
  });
});
