import { registryDir, renderRegistryConfig } from './registry-config.js';
import { type Exposure, nginxSettings, renderVhost, vhostPath } from './registry-vhost.js';
import { ReconfigureError, type Setting, SettingsTree } from './settings-tree.js';

export { type RbValue, ReconfigureError, type Setting } from './settings-tree.js';

export type Secrets = { registryHttpSecret: string };

/** What the generator needs to know of the host: Let's Encrypt depends on certificate files being there. */
export type HostFacts = { fileExists: (path: string) => boolean };

export type Generated = {
  /** Is the registry switched on? Off, neither file is written. */
  enabled: boolean;
  registryConfig: string | undefined;
  registryConfigPath: string;
  registryDir: string;
  vhost: string | undefined;
  vhostPath: string;
};

const ALL_THERE: HostFacts = { fileExists: () => true };

/**
 * What `gitlab-ctl reconfigure` of one package version writes for the registry. Paths of the vhost are those of a
 * real host; a lab puts its root folder in front.
 */
export const generate = (
  settings: readonly Setting[],
  version: string,
  secrets: Secrets,
  facts: HostFacts = ALL_THERE,
): Generated => {
  const tree = new SettingsTree(settings);
  const exposure = findExposure(tree, facts);
  const enabled = tree.truth(exposure !== undefined, 'registry', 'enable');
  const withVhost = enabled && tree.truth(true, 'nginx', 'enable') && nginxSettings(tree, version).enable !== false;
  const dir = registryDir(tree);
  return {
    enabled,
    registryConfig: enabled ? renderRegistryConfig(tree, version, secrets.registryHttpSecret) : undefined,
    registryConfigPath: `${dir}/config.yml`,
    registryDir: dir,
    vhost: withVhost && exposure !== undefined ? renderVhost(tree, version, exposure) : undefined,
    vhostPath: vhostPath(version),
  };
};

const findExposure = (tree: SettingsTree, facts: HostFacts): Exposure | undefined => {
  const external = parse(tree.text('external_url'), 'GitLab');
  const letsEncrypt = usesLetsEncrypt(tree, external, facts);
  const own = parse(tree.text('registry_external_url'), 'GitLab Registry');
  if (own !== undefined) {
    if (own.pathname !== '/') {
      throw new ReconfigureError(`Unsupported GitLab Registry external URL path: ${own.pathname}`);
    }
    const host = own.hostname;
    const ownFile = facts.fileExists(`/etc/gitlab/ssl/${host}.crt`);
    const certificateHost = letsEncrypt && !ownFile && external !== undefined ? external.hostname : host;
    return { ...endpoint(own), letsEncrypt, ownUrl: true, certificateHost };
  }
  if (!letsEncrypt || external === undefined || external.pathname !== '/') return undefined;
  return { ...endpoint(external), port: 5050, letsEncrypt, ownUrl: false, certificateHost: external.hostname };
};

const endpoint = (url: URL): { scheme: 'http' | 'https'; host: string; port: number } => {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  return { scheme, host: url.hostname, port: url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port) };
};

const usesLetsEncrypt = (tree: SettingsTree, external: URL | undefined, facts: HostFacts): boolean => {
  const given = tree.get('letsencrypt', 'enable');
  if (given !== undefined && given !== null) return given !== false;
  if (external?.protocol !== 'https:') return false;
  return !facts.fileExists(tree.text('nginx', 'ssl_certificate') ?? `/etc/gitlab/ssl/${external.hostname}.crt`);
};

const parse = (value: string | undefined, what: string): URL | undefined => {
  if (value === undefined || value === '') return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || url.hostname === '') {
    const example = what === 'GitLab' ? 'http://gitlab.example.com/' : 'https://registry.example.com/';
    throw new ReconfigureError(`${what} external URL must include a schema and FQDN, e.g. ${example}`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ReconfigureError(`Unsupported ${what} external URL scheme: ${url.protocol.slice(0, -1)}`);
  }
  return url;
};
