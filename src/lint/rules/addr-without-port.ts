import { type SettingsTree, UNKNOWN } from '../../host/render/settings.js';
import { rewritten, settled } from '../edit.js';
import type { Found, Rule } from '../finding.js';

/** Source: omnibus-samples, measured: `listen tcp: address 127.0.0.1: missing port in address`. */
export const addrWithoutPort: Rule = {
  id: 'addr-without-port',
  severity: 'error',
  find: ({ tree, drift, gitlabRb }) =>
    ['registry_http_addr', 'debug_addr'].flatMap((key): Found[] => {
      const { value, origin } = tree.find('registry', key);
      if (typeof value !== 'string' || value === '' || value.includes('://') || value.includes(UNKNOWN)) return [];
      const port = /^(?:\[[^\]]*\]|[^:]*):(\d+)$/.exec(value)?.[1];
      if (value === '***' || (port !== undefined && Number(port) <= 65535)) return [];
      const right = meant(key, value);
      return [
        {
          line: origin.line ?? null,
          key: `registry['${key}']`,
          expected: 'host:port',
          actual: value,
          why: 'the registry can listen on a host and a port only, and stops at once with anything else',
          fix: `registry['${key}'] = "${right}"`,
          ...(isSure(key, value, tree, drift.exposure?.listenPort)
            ? rewritten(gitlabRb, settled(gitlabRb, 'registry', key), right)
            : {}),
        },
      ];
    }),
};

const isPort = (value: string) => /^\d{1,5}$/.test(value) && Number(value) <= 65535;
const isHost = (value: string) => /^[A-Za-z0-9.-]+$/.test(value) && !/^\d+$/.test(value);

function meant(key: string, value: string): string {
  if (isPort(value)) return `127.0.0.1:${value}`;
  return `${isHost(value) ? value : '127.0.0.1'}:${key === 'debug_addr' ? 5001 : 5000}`;
}

/** A port alone lacks the package's host, and a host alone the package's port, where nothing else has that. */
function isSure(key: string, value: string, tree: SettingsTree, listenPort: string | undefined): boolean {
  if (isPort(value)) return true;
  const taken = listenPort === '5000' || /:5000$/.test(tree.text('registry', 'debug_addr') ?? '');
  return key === 'registry_http_addr' && isHost(value) && !taken;
}
