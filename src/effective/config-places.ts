import type { ReadYaml } from '../host/compare/yaml.js';
import type { RbValue } from '../host/gitlab-rb.js';
import { always, type Place, type Reading } from './place.js';

type Yaml = ReadYaml['tree'];

/** Of a storage driver's parameters those that say where the blobs are; keys are among the others. */
const WHERE = ['rootdirectory', 'bucket', 'container', 'region', 'regionendpoint', 'accountname'];
/** Of `storage`, what is no driver. */
const NO_DRIVERS = ['cache', 'delete', 'maintenance', 'redirect'];

/** What of config.yml an administrator wants to see, in the order in which it is told. */
export const CONFIG_PLACES: readonly Place<Yaml>[] = [
  scalar('http.addr', ['registry', 'registry_http_addr']),
  { setting: always('registry', 'storage'), at: 'storage', read: driver },
  scalar('storage.filesystem.rootdirectory', ['gitlab_rails', 'registry_path']),
  scalar('storage.delete.enabled', ['registry', 'storage_delete_enabled']),
  {
    ...scalar('storage.maintenance.readonly.enabled', ['registry', 'storage', 'maintenance', 'readonly', 'enabled']),
    absent: 'off',
  },
  // `/jwt/auth` is the package's.
  scalar('auth.token.realm', ['registry', 'token_realm'], (value) =>
    typeof value === 'string' && value.endsWith('/jwt/auth') ? value.slice(0, -'/jwt/auth'.length) : undefined,
  ),
  scalar('auth.token.issuer', ['gitlab_rails', 'registry_issuer']),
  scalar('auth.token.service', ['auth.token.service'], () => undefined),
  scalar('auth.token.rootcertbundle', ['registry', 'rootcertbundle']),
  scalar('auth.token.autoredirect', ['registry', 'autoredirect']),
  scalar('log.level', ['registry', 'log_level']),
  scalar('log.formatter', ['registry', 'log_formatter']),
  scalar('health.storagedriver.enabled', ['registry', 'health_storagedriver_enabled']),
  scalar('database.enabled', ['registry', 'database', 'enabled']),
  scalar('database.host', ['registry', 'database', 'host']),
  { setting: always('registry', 'redis'), at: 'redis', absent: 'off', read: redis },
  { ...scalar('http.debug.addr', ['registry', 'debug_addr']), absent: 'off' },
  scalar('http.draintimeout', ['registry', 'http_draintimeout']),
  { setting: always('registry', 'notifications'), at: 'notifications.endpoints', absent: 'none', read: endpoints },
];

function scalar(
  at: string,
  setting: string[],
  made: (value: RbValue) => RbValue | undefined = (value) => value,
): Place<Yaml> {
  const read = (file: Yaml): Reading | undefined => {
    const found = find(file, at);
    if (found === undefined || found.map !== undefined || found.list !== undefined) return undefined;
    const value = parsed(found.text);
    const maker = value === undefined || value === null ? undefined : made(value);
    return {
      text: worded(found.text, value),
      means: found.text,
      lines: linesOf(found),
      ...(maker === undefined ? {} : { made: maker }),
    };
  };
  return { setting: always(...setting), at, read };
}

function driver(file: Yaml): Reading | undefined {
  const storage = find(file, 'storage');
  const [name, own] = [...(storage?.map ?? [])].find(([key]) => !NO_DRIVERS.includes(key)) ?? [];
  if (storage === undefined || name === undefined) return undefined;
  // The folder of the package's own driver is a setting of its own.
  const where = name === 'filesystem' ? [] : WHERE;
  const parts = where.flatMap((key) => {
    const part = own?.map?.get(key);
    return part === undefined ? [] : [`${key} ${worded(part.text, parsed(part.text))}`];
  });
  return { text: [name, ...parts].join(', '), lines: linesOf(storage) };
}

function redis(file: Yaml): Reading | undefined {
  const found = find(file, 'redis');
  if (found === undefined) return undefined;
  const parts = [...(found.map ?? [])].flatMap(([name, part]) => {
    const addr = part.map?.get('addr');
    if (part.map?.get('enabled')?.text !== 'true') return [];
    return [addr === undefined ? name : `${name} ${worded(addr.text, parsed(addr.text))}`];
  });
  return { text: parts.join(', ') || 'off', lines: linesOf(found) };
}

/** Their names: an address may hold a password. */
function endpoints(file: Yaml): Reading | undefined {
  const found = find(file, 'notifications.endpoints');
  if (found?.list === undefined) return undefined;
  const names = found.list.map((one) => {
    const name = one.map?.get('name');
    return name === undefined ? 'one without a name' : worded(name.text, parsed(name.text));
  });
  return { text: names.join(', ') || 'none', lines: linesOf(found) };
}

function find(file: Yaml, at: string): Yaml | undefined {
  return at.split('.').reduce<Yaml | undefined>((tree, key) => tree?.map?.get(key), file);
}

function linesOf({ line }: Yaml): number[] {
  return line === undefined ? [] : [line];
}

function parsed(text: string): RbValue | undefined {
  return /^(?:"|true$|false$|null$|-?\d+(?:\.\d+)?$)/.test(text) ? (JSON.parse(text) as RbValue) : undefined;
}

/** Quotes only where the text would be taken for something else: `"false"` is not false. */
function worded(text: string, value: RbValue | undefined): string {
  return typeof value === 'string' && value !== '' && !/^(?:true|false|null|~|[\d.]+)$/.test(value) ? value : text;
}
