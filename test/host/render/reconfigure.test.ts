import { parseGitlabRb } from '../../../src/host/gitlab-rb.js';
import { type Generated, generate } from '../../../src/host/render/reconfigure.js';
import { eachSample, omnibusSamples, type Sample } from '../samples.js';

/** Folders whose host has no certificate files, which is what switches Let's Encrypt on. */
const WITHOUT_CERTIFICATES = new Set(['08-lets-encrypt-switches-it-on', '09-lets-encrypt-own-host']);

const reconfigure = async (source: string, version: string, files = true, httpSecret = 'ab'.repeat(64)) =>
  generate((await parseGitlabRb(source)).settings, {
    version,
    httpSecret,
    facts: { gitlabCertificate: () => files, registryCertificate: () => files },
  });

const generated = async (...args: Parameters<typeof reconfigure>): Promise<Generated> => {
  const made = await reconfigure(...args);
  if ('refused' in made) throw new Error(made.refused);
  return made;
};

const ofSample = ({ folder, gitlabRb, version, registryConfig }: Sample) => {
  const secret = /^ {2}secret: "(.*)"$/m.exec(registryConfig)?.[1] ?? '';
  return generated(gitlabRb, version, !WITHOUT_CERTIFICATES.has(folder), secret);
};

describe('byte for byte', () => {
  const samples = omnibusSamples();
  eachSample('registry/config.yml', samples, async (sample) => {
    expect((await ofSample(sample)).registryConfig?.text).toBe(sample.registryConfig);
  });
  eachSample('nginx/gitlab-registry.conf', samples, async (sample) => {
    expect((await ofSample(sample)).vhost?.text).toBe(sample.vhost);
  });
});

describe('settings', () => {
  const URLS = "external_url 'https://gitlab.example.com'\nregistry_external_url 'https://registry.example.com:5050'\n";

  test('the vhost moves to service_conf with 18.5', async () => {
    expect((await generated(URLS, '18.4')).vhostPath).toBe('/var/opt/gitlab/nginx/conf/gitlab-registry.conf');
    expect((await generated(URLS, '18.5')).vhostPath).toBe(
      '/var/opt/gitlab/nginx/conf/service_conf/gitlab-registry.conf',
    );
  });

  test("registry['nginx'] is ignored before 19.2", async () => {
    const source = `${URLS}registry['nginx']['listen_port'] = 6000\n`;
    expect((await generated(source, '19.1')).vhost?.text).toContain('listen *:5050 ssl;');
    expect((await generated(source, '19.2')).vhost?.text).toContain('listen *:6000 ssl;');
  });

  test('a registry that is switched off has no files', async () => {
    const off = await generated(`${URLS}registry['enable'] = false\n`, '18.11');
    expect(off).toMatchObject({ enabled: false, registryConfig: undefined, vhost: undefined });
  });

  test('without a URL the registry stays off where certificate files exist', async () => {
    expect((await generated("external_url 'https://gitlab.example.com'\n", '18.11')).enabled).toBe(false);
  });

  test('folders of the settings are honoured', async () => {
    const paths = `
registry['dir'] = '/x/registry'
gitlab_rails['registry_path'] = '/x/storage'
registry_nginx['log_directory'] = '/x/log'
registry_nginx['listen_addresses'] = ['127.0.0.1']
`;
    const { registryConfig, registryConfigPath, vhost } = await generated(URLS + paths, '18.11');
    expect(registryConfigPath).toBe('/x/registry/config.yml');
    expect(registryConfig?.text).toContain('rootcertbundle: /x/registry/gitlab-registry.crt');
    expect(registryConfig?.text).toContain('"rootdirectory":"/x/storage"');
    expect(vhost?.text).toContain('error_log   /x/log/gitlab_registry_error.log error;');
    expect(vhost?.text).toContain('listen 127.0.0.1:5050 ssl;');
  });

  test.each([
    ["registry_external_url 'registry.example.com'\n", 'must include a schema and FQDN'],
    ["registry_external_url 'https://registry.example.com/v2'\n", 'Unsupported GitLab Registry external URL path'],
  ])('%p does not reconfigure', async (source, message) => {
    expect(await reconfigure(source, '18.11')).toEqual({ refused: expect.stringContaining(message) });
  });
});
