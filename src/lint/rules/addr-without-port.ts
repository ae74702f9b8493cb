import { UNKNOWN } from '../../host/render/settings.js';
import type { Found, Rule } from '../finding.js';

/** Source: omnibus-samples, measured: `listen tcp: address 127.0.0.1: missing port in address`. */
export const addrWithoutPort: Rule = {
  id: 'addr-without-port',
  severity: 'error',
  find: ({ tree }) =>
    ['registry_http_addr', 'debug_addr'].flatMap((key): Found[] => {
      const { value, origin } = tree.find('registry', key);
      if (typeof value !== 'string' || value === '' || value.includes('://') || value.includes(UNKNOWN)) return [];
      const port = /^(?:\[[^\]]*\]|[^:]*):(\d+)$/.exec(value)?.[1];
      if (value === '***' || (port !== undefined && Number(port) <= 65535)) return [];
      return [
        {
          line: origin.line ?? null,
          key: `registry['${key}']`,
          expected: 'host:port',
          actual: value,
          why: 'the registry can listen on a host and a port only, and stops at once with anything else',
          fix: `registry['${key}'] = "${/^[A-Za-z0-9.-]+$/.test(value) ? value : '127.0.0.1'}:${key === 'debug_addr' ? 5001 : 5000}"`,
        },
      ];
    }),
};
