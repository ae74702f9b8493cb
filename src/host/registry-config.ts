import { isMap, parseDocument } from 'yaml';
import { directives, parseNginx } from './nginx.js';
import type { HostFile } from './snapshot.js';

/** Is the registry in read-only mode, by its generated config.yml? Pure. */
export function isReadOnly(file: HostFile | undefined): boolean {
  if (file === undefined || !('text' in file)) return false;
  const { contents } = parseDocument(file.text);
  return isMap(contents) && contents.getIn(['storage', 'maintenance', 'readonly', 'enabled']) === true;
}

/** `client_max_body_size` of the registry's vhost; `undefined` where it is 0, which is no limit, or not seen. Pure. */
export function bodyLimit(file: HostFile | undefined): string | undefined {
  if (file === undefined || !('text' in file)) return undefined;
  const size = directives(parseNginx(file.text), 'client_max_body_size')[0]?.args[0];
  return size === undefined || /^0[kmg]?$/i.test(size) ? undefined : size;
}
