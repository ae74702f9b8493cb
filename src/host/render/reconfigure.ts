import type { Setting } from '../gitlab-rb.js';
import { type Exposure, findExposure, type HostFacts, nginxSettings, type Refused } from './exposure.js';
import type { Rendered } from './lines.js';
import { registryDir, renderRegistryConfig } from './registry-config.js';
import { type Assume, SettingsTree, truth } from './settings.js';
import { renderVhost, vhostPath } from './vhost.js';

export interface Generated {
  /** Is the registry switched on? Off, neither file is written; a vhost is deleted. */
  enabled: boolean;
  exposure: Exposure | undefined;
  registryConfig: Rendered | undefined;
  registryConfigPath: string;
  registryDir: string;
  vhost: Rendered | undefined;
  vhostPath: string;
}

export interface Circumstances {
  /** Of the package: "18.11", "18.11.2". */
  version: string;
  /** registry['http_secret'] of gitlab-secrets.json. */
  httpSecret: string;
  facts?: HostFacts;
  assume?: Assume;
}

const ALL_THERE: HostFacts = { gitlabCertificate: () => true, registryCertificate: () => true };

/** What `gitlab-ctl reconfigure` of one package version writes for the registry, or why it stops. Pure. */
export function generate(
  settings: readonly Setting[],
  { version, httpSecret, facts = ALL_THERE, assume }: Circumstances,
): Generated | Refused {
  const tree = new SettingsTree(settings, assume);
  const exposure = findExposure(tree, version, facts);
  if (exposure !== undefined && 'refused' in exposure) return exposure;
  const withVhost = tree.truth(true, 'nginx', 'enable') && truth(nginxSettings(tree, version)('enable').value, true);
  const dir = registryDir(tree);
  return {
    enabled: exposure !== undefined,
    exposure,
    registryConfig: exposure && renderRegistryConfig(tree, version, exposure, httpSecret),
    registryConfigPath: `${dir}/config.yml`,
    registryDir: dir,
    vhost: exposure !== undefined && withVhost ? renderVhost(tree, version, exposure) : undefined,
    vhostPath: vhostPath(version),
  };
}
