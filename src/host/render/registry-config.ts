import type { Exposure } from './exposure.js';
import { fixed, type Line, line, type Rendered, rendered } from './lines.js';
import { asText, atLeast, type Found, type SettingsTree, truth } from './settings.js';
import { databaseLine, notificationLines, optionalTree, redisLine, storageLine } from './trees.js';

export function registryDir(tree: SettingsTree): string {
  return tree.text('registry', 'dir') ?? '/var/opt/gitlab/registry';
}

/** The package knows an address by itself only where it knows a URL. */
export function registryAddr(tree: SettingsTree, exposure: Exposure): string {
  return tree.text('registry', 'registry_http_addr') ?? (exposure.scheme === undefined ? '' : '127.0.0.1:5000');
}

/**
 * The registry's config.yml, line by line as the package writes it.
 *
 * Source: omnibus-gitlab's registry-config.yml.erb, 15.11 to 19.3.
 */
export function renderRegistryConfig(
  tree: SettingsTree,
  version: string,
  exposure: Exposure,
  httpSecret: string,
): Rendered {
  const from = (key: string): Found => tree.find('registry', key);
  const put = (before: string, key: string, fallback: string): Line => {
    const { value, origin } = from(key);
    return line(`${before}${asText(value) ?? fallback}`, origin);
  };
  const realm = exposure.scheme !== undefined && tree.text('registry', 'token_realm') === undefined;
  const realmSetting = realm ? tree.find('external_url') : from('token_realm');
  const issuer = tree.find('gitlab_rails', 'registry_issuer');
  const debug = from('debug_addr');
  const validation = from('validation_enabled');
  const compatibility = from('compatibility_schema1_enabled');
  const secret = from('http_secret');
  return rendered([
    ...fixed('version: 0.1', 'log:'),
    put('  level: ', 'log_level', 'info'),
    put('  formatter: ', 'log_formatter', 'text'),
    ...fixed('  fields:', '    service: registry', '    environment: production'),
    storageLine(tree),
    ...optionalTree(tree, 'middleware'),
    ...fixed('http:'),
    line(`  addr: ${registryAddr(tree, exposure)}`, tree.origin('registry', 'registry_http_addr')),
    line(`  secret: "${asText(secret.value) ?? httpSecret}"`, secret.origin),
    ...fixed('  headers:', '    X-Content-Type-Options: [nosniff]'),
    ...(truth(debug.value, false)
      ? [
          line('  debug:', debug.origin),
          line(`    addr: ${asText(debug.value)}`, debug.origin),
          ...['    prometheus:', '      enabled: true', '      path: /metrics'].map((one) => line(one, debug.origin)),
        ]
      : []),
    ...(atLeast(version, '18.10') ? [put('  draintimeout: ', 'http_draintimeout', '0')] : []),
    ...fixed('health:', '  storagedriver:'),
    put('    enabled: ', 'health_storagedriver_enabled', 'true'),
    ...fixed('    interval: 10s', '    threshold: 3', 'auth:', '  token:'),
    line(`    realm: ${asText(realmSetting.value) ?? ''}/jwt/auth`, realmSetting.origin),
    ...fixed('    service: container_registry'),
    line(`    issuer: ${asText(issuer.value) ?? 'omnibus-gitlab-issuer'}`, issuer.origin),
    put('    rootcertbundle: ', 'rootcertbundle', `${registryDir(tree)}/gitlab-registry.crt`),
    put('    autoredirect: ', 'autoredirect', 'false'),
    ...fixed('validation:'),
    line(`  disabled: ${!truth(validation.value, false)}`, validation.origin),
    ...(truth(compatibility.value, false)
      ? ['compatibility:', '  schema1:', '    enabled: true'].map((one) => line(one, compatibility.origin))
      : []),
    ...notificationLines(tree, version),
    ...databaseLine(tree, version),
    ...(atLeast(version, '16.10') ? optionalTree(tree, 'gc') : []),
    ...redisLine(tree, version),
    ...(atLeast(version, '18.3') ? optionalTree(tree, 'reporting') : []),
  ]);
}
