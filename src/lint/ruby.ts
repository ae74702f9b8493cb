import type { RbValue } from '../host/gitlab-rb.js';

/** Of these signs none means anything to Ruby between double quotes. */
const PLAIN = /^[\w .,:;/@*+=~$%&()[\]{}<>-]*$/;

/** A value as gitlab.rb writes it; a text in single quotes, or in double quotes where they are the same and wanted. */
export function ruby(value: RbValue, doubleQuoted = false): string {
  if (Array.isArray(value)) return `[${value.map((one) => ruby(one)).join(', ')}]`;
  if (value === null) return 'nil';
  if (typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${ruby(key)} => ${ruby(one)}`)
      .join(', ')} }`;
  if (typeof value !== 'string') return String(value);
  return doubleQuoted && PLAIN.test(value) ? `"${value}"` : `'${value.replace(/[\\']/g, '\\$&')}'`;
}
