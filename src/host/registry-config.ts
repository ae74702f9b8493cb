import { isMap, parseDocument } from 'yaml';
import { directives, parseNginx } from './nginx.js';
import type { HostFile } from './snapshot.js';

/** A value of config.yml as text, by its keys; `undefined` where it is not there or no text. Pure. */
export function textIn(file: HostFile | undefined, ...keys: string[]): string | undefined {
  const value = valueIn(file, keys);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Keys of config.yml's storage: the driver, and what is said of it. Pure. */
export function storageDriver(file: HostFile | undefined): string | undefined {
  const value = valueIn(file, ['storage']);
  const besides = ['delete', 'cache', 'maintenance', 'redirect'];
  return isMap(value) ? value.items.map(({ key }) => String(key)).find((key) => !besides.includes(key)) : undefined;
}

function valueIn(file: HostFile | undefined, keys: readonly string[]): unknown {
  if (file === undefined || !('text' in file)) return undefined;
  const { contents } = parseDocument(file.text);
  return isMap(contents) ? contents.getIn(keys) : undefined;
}

/** Is the registry in read-only mode, by its generated config.yml? Pure. */
export function isReadOnly(file: HostFile | undefined): boolean {
  return valueIn(file, ['storage', 'maintenance', 'readonly', 'enabled']) === true;
}

/** `client_max_body_size` of the registry's vhost; `undefined` where it is 0, which is no limit, or not seen. Pure. */
export function bodyLimit(file: HostFile | undefined): string | undefined {
  if (file === undefined || !('text' in file)) return undefined;
  const size = directives(parseNginx(file.text), 'client_max_body_size')[0]?.args[0];
  return size === undefined || /^0[kmg]?$/i.test(size) ? undefined : size;
}
