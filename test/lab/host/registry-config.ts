import { atLeast, isHash, type RbHash, type RbValue, type SettingsTree } from './settings-tree.js';

export const registryDir = (tree: SettingsTree): string => tree.text('registry', 'dir') ?? '/var/opt/gitlab/registry';

export const registryAddr = (tree: SettingsTree): string =>
  tree.text('registry', 'registry_http_addr') ?? '127.0.0.1:5000';

/** The registry's config.yml, line by line as the package writes it. */
export const renderRegistryConfig = (tree: SettingsTree, version: string, httpSecret: string): string => {
  const set = (key: string, fallback: string): string => tree.text('registry', key) ?? fallback;
  const realm = set('token_realm', tree.text('external_url') ?? '');
  const debugAddr = tree.text('registry', 'debug_addr');
  const lines = [
    'version: 0.1',
    'log:',
    `  level: ${set('log_level', 'info')}`,
    `  formatter: ${set('log_formatter', 'text')}`,
    '  fields:',
    '    service: registry',
    '    environment: production',
    `storage: ${JSON.stringify(storage(tree))}`,
    ...json('middleware', tree.get('registry', 'middleware')),
    'http:',
    `  addr: ${registryAddr(tree)}`,
    `  secret: ${JSON.stringify(set('http_secret', httpSecret))}`,
    '  headers:',
    '    X-Content-Type-Options: [nosniff]',
    ...(debugAddr === undefined
      ? []
      : ['  debug:', `    addr: ${debugAddr}`, '    prometheus:', '      enabled: true', '      path: /metrics']),
    ...(atLeast(version, '18.10') ? [`  draintimeout: ${set('http_draintimeout', '0')}`] : []),
    'health:',
    '  storagedriver:',
    `    enabled: ${tree.truth(true, 'registry', 'health_storagedriver_enabled')}`,
    '    interval: 10s',
    '    threshold: 3',
    'auth:',
    '  token:',
    `    realm: ${realm}/jwt/auth`,
    '    service: container_registry',
    `    issuer: ${tree.text('gitlab_rails', 'registry_issuer') ?? 'omnibus-gitlab-issuer'}`,
    `    rootcertbundle: ${set('rootcertbundle', `${registryDir(tree)}/gitlab-registry.crt`)}`,
    `    autoredirect: ${tree.truth(false, 'registry', 'autoredirect')}`,
    'validation:',
    `  disabled: ${!tree.truth(false, 'registry', 'validation_enabled')}`,
    ...(tree.truth(false, 'registry', 'compatibility_schema1_enabled')
      ? ['compatibility:', '  schema1:', '    enabled: true']
      : []),
    ...notifications(tree),
    ...json('database', database(tree, version)),
    ...json('gc', tree.get('registry', 'gc')),
    ...json('redis', redis(tree)),
    ...json('reporting', tree.get('registry', 'reporting')),
  ];
  return `${lines.join('\n')}\n`;
};

const json = (name: string, value: RbValue | undefined): string[] =>
  value === undefined || value === null ? [] : [`${name}: ${JSON.stringify(value)}`];

const storage = (tree: SettingsTree): RbHash => {
  const given = tree.get('registry', 'storage');
  const shared = tree.text('gitlab_rails', 'shared_path') ?? '/var/opt/gitlab/gitlab-rails/shared';
  const path = tree.text('gitlab_rails', 'registry_path') ?? `${shared}/registry`;
  return {
    ...(isHash(given) ? given : { filesystem: { rootdirectory: path } }),
    cache: { blobdescriptor: 'inmemory' },
    delete: { enabled: tree.truth(true, 'registry', 'storage_delete_enabled') },
  };
};

const notifications = (tree: SettingsTree): string[] => {
  const given = tree.get('registry', 'notifications');
  if (!Array.isArray(given)) return [];
  const fallback = (key: string, value: RbValue): RbValue =>
    tree.get('registry', `default_notifications_${key}`) ?? value;
  const endpoints = given.filter(isHash).map((endpoint) => {
    const defaults: RbHash = {
      timeout: fallback('timeout', '500ms'),
      ...('threshold' in endpoint ? {} : { maxretries: fallback('maxretries', 5) }),
      backoff: fallback('backoff', '1s'),
      headers: fallback('headers', {}),
    };
    const missing = Object.entries(defaults).filter(([key]) => !(key in endpoint));
    return { ...endpoint, ...Object.fromEntries(missing) };
  });
  return ['notifications:', `  endpoints: ${JSON.stringify(endpoints)}`];
};

const database = (tree: SettingsTree, version: string): RbHash | undefined => {
  const given = tree.get('registry', 'database');
  if (!atLeast(version, '16.4')) return undefined;
  if (!atLeast(version, '18.3')) return isHash(given) ? given : undefined;
  const bundled = tree.truth(true, 'postgresql', 'enable');
  const defaults: RbHash = {
    enabled: databaseDefault(version, bundled),
    user: 'registry',
    dbname: 'registry',
    port: 5432,
    sslmode: 'prefer',
    host: tree.text('postgresql', 'unix_socket_directory') ?? '/var/opt/gitlab/postgresql',
  };
  const own = isHash(given) ? given : {};
  const overridden = atLeast(version, '19.0') && !bundled && !('enabled' in own);
  return { ...defaults, ...own, ...(overridden ? { _prefer_mode_overridden: true } : {}) };
};

const databaseDefault = (version: string, bundled: boolean): RbValue => {
  if (atLeast(version, '19.0')) return bundled ? 'prefer' : 'false';
  return atLeast(version, '18.7') ? 'false' : false;
};

const redis = (tree: SettingsTree): RbHash | undefined => {
  const given = tree.hash('registry', 'redis');
  const enabled = Object.values(given).some((part) => isHash(part) && part.enabled === true);
  return enabled ? { loadbalancing: { enabled: false }, ...given } : undefined;
};
