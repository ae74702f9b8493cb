import type { RbValue } from '../gitlab-rb.js';
import { type Line, line } from './lines.js';
import { asText, atLeast, isHash, type Origin, type RbHash, type SettingsTree, truth, UNKNOWN } from './settings.js';

/** The parts of config.yml that are whole trees, each as JSON on one line. Source: libraries/registry.rb of 15.11 to 19.3. */

/** A setting that is a tree of its own and has no default. */
export function optionalTree(tree: SettingsTree, name: string): Line[] {
  const { value, origin } = tree.find('registry', name);
  return truth(value, false) ? [line(`${name}: ${JSON.stringify(value)}`, origin)] : [];
}

export function storageLine(tree: SettingsTree): Line {
  const given = tree.find('registry', 'storage');
  const shared = tree.text('gitlab_rails', 'shared_path') ?? '/var/opt/gitlab/gitlab-rails/shared';
  const path = tree.text('gitlab_rails', 'registry_path');
  const filesystem = { filesystem: { rootdirectory: path ?? `${shared}/registry` } };
  const pathOrigin = tree.origin('gitlab_rails', path === undefined ? 'shared_path' : 'registry_path');
  if (given.value === UNKNOWN) return line(`storage: ${JSON.stringify(UNKNOWN)}`, given.origin);
  const own = isHash(given.value) ? given.value : undefined;
  const storage: RbHash = { ...(own ?? filesystem) };
  storage.cache = truth(storage.cache, false) ? (storage.cache as RbValue) : { blobdescriptor: 'inmemory' };
  if (!truth(storage.delete, false)) {
    storage.delete = { enabled: tree.get('registry', 'storage_delete_enabled') ?? true };
  }
  return line(`storage: ${JSON.stringify(storage)}`, given.origin, {
    ...(own === undefined ? { filesystem: pathOrigin } : {}),
    ...(own?.delete === undefined ? { delete: tree.origin('registry', 'storage_delete_enabled') } : {}),
  });
}

export function notificationLines(tree: SettingsTree, version: string): Line[] {
  const { value, origin } = tree.find('registry', 'notifications');
  if (!truth(value, false)) return [];
  const endpoints = Array.isArray(value)
    ? value.map((one) => (isHash(one) ? endpoint(tree, version, one) : one))
    : (value ?? null);
  return [line('notifications:', origin), line(`  endpoints: ${JSON.stringify(endpoints)}`, origin)];
}

/** What an endpoint leaves out has a default, which gitlab.rb may set for all. */
function endpoint(tree: SettingsTree, version: string, given: RbHash): RbHash {
  const fallback = (key: string, value: RbValue) => tree.get('registry', `default_notifications_${key}`) ?? value;
  const full: RbHash = { ...given };
  const fill = (key: string, value: RbValue) => {
    if (!truth(full[key], false)) full[key] = fallback(key, value);
  };
  fill('timeout', '500ms');
  if (!atLeast(version, '19.1')) fill('threshold', 5);
  if (atLeast(version, '19.1') ? !truth(full.threshold, false) : atLeast(version, '17.1')) fill('maxretries', 5);
  fill('backoff', '1s');
  const headers = fallback('headers', {});
  full.headers = isHash(headers) ? { ...headers, ...(isHash(given.headers) ? given.headers : {}) } : headers;
  return full;
}

export function databaseLine(tree: SettingsTree, version: string): Line[] {
  const given = tree.find('registry', 'database');
  if (!atLeast(version, '16.4')) return [];
  if (given.value === UNKNOWN) return [line(`database: ${JSON.stringify(UNKNOWN)}`, given.origin)];
  if (!atLeast(version, '18.3')) return optionalTree(tree, 'database');
  const own = isHash(given.value) ? given.value : {};
  const listen = tree.text('postgresql', 'listen_address');
  const host = asText(own.host) ?? listen ?? tree.text('postgresql', 'dir') ?? '/var/opt/gitlab/postgresql';
  const port = atLeast(version, '19.1') ? tree.get('postgresql', 'port') : undefined;
  const database: RbHash = {
    enabled: databaseDefault(version),
    user: 'registry',
    dbname: 'registry',
    port: port ?? 5432,
    sslmode: 'prefer',
    host: '',
    ...own,
  };
  database.host = host.split(',')[0] ?? '';
  if (own.enabled === null) database.enabled = databaseDefault(version);
  // "prefer" is safe only with the bundled PostgreSQL, where the package makes the database.
  if (atLeast(version, '18.7') && database.enabled === 'prefer' && !tree.truth(true, 'postgresql', 'enable')) {
    database.enabled = 'false';
    database._prefer_mode_overridden = true;
  }
  const within: Record<string, Origin> = {
    ...(own.host === undefined
      ? { host: tree.origin('postgresql', listen === undefined ? 'dir' : 'listen_address') }
      : {}),
    ...(own.port === undefined && port !== undefined ? { port: tree.origin('postgresql', 'port') } : {}),
    ...(database._prefer_mode_overridden === true ? { enabled: tree.origin('postgresql', 'enable') } : {}),
  };
  return [line(`database: ${JSON.stringify(database)}`, given.origin, within)];
}

function databaseDefault(version: string): RbValue {
  if (atLeast(version, '19.0')) return 'prefer';
  return atLeast(version, '18.7') ? 'false' : false;
}

export function redisLine(tree: SettingsTree, version: string): Line[] {
  const { value, origin } = tree.find('registry', 'redis');
  if (!atLeast(version, '18.3')) return [];
  if (value === UNKNOWN) return [line(`redis: ${JSON.stringify(UNKNOWN)}`, origin)];
  const defaults: RbHash = {
    loadbalancing: { enabled: false },
    ...(atLeast(version, '18.11') ? { cache: { enabled: false } } : {}),
  };
  const redis = merged(defaults, isHash(value) ? value : {});
  const enabled = Object.values(redis).some((part) => isHash(part) && truth(part.enabled, false));
  return enabled ? [line(`redis: ${JSON.stringify(redis)}`, origin)] : [];
}

/** As Chef merges attributes: hashes key by key, everything else as a whole. */
function merged(below: RbHash, above: RbHash): RbHash {
  const result: RbHash = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const other = result[key];
    result[key] = isHash(other) && isHash(value) ? merged(other, value) : value;
  }
  return result;
}
