import { nginxSettings } from '../../host/render/exposure.js';
import { truth } from '../../host/render/settings.js';
import { rewritten, settled } from '../edit.js';
import type { Rule } from '../finding.js';

/**
 * nginx and the registry on one port: whichever starts second fails.
 *
 * Source: omnibus-samples 10, measured.
 */
export const portTakenTwice: Rule = {
  id: 'port-taken-twice',
  severity: 'error',
  find({ tree, drift, version, gitlabRb }) {
    const { exposure } = drift;
    const nginx = nginxSettings(tree, version);
    const withNginx = tree.truth(true, 'nginx', 'enable') && truth(nginx('enable').value, true);
    if (exposure?.scheme === undefined || !withNginx) return [];
    const address = tree.find('registry', 'registry_http_addr');
    const text = typeof address.value === 'string' ? address.value : '127.0.0.1:5000';
    const [, host = '', port] = /^(?:[a-z]+:\/\/)?(.*):(\d+)$/i.exec(text) ?? [];
    if (port === undefined || port !== exposure.listenPort) return [];
    const listens = nginx('listen_addresses').value;
    const addresses = Array.isArray(listens) ? listens.map(String) : ['*'];
    const everywhere = (one: string) => ['*', '', '0.0.0.0', '::', '[::]'].includes(one);
    if (!everywhere(host) && !addresses.some((one) => everywhere(one) || one === host)) return [];
    const origin = address.origin.line === undefined ? exposure.origin : address.origin;
    return [
      {
        line: origin.line ?? null,
        key: address.origin.line === undefined ? origin.setting : "registry['registry_http_addr']",
        expected: `another port than ${port}`,
        actual: address.origin.line === undefined ? `${exposure.host}:${port}` : text,
        why: `nginx and the registry (${text}${address.origin.line === undefined ? ', by default' : ''}) are both to listen on port ${port}: whichever starts second fails`,
        fix: `registry['registry_http_addr'] = "127.0.0.1:${port === '5000' ? 5001 : 5000}", or another port that is free`,
        // The package's own port is free when nothing else of the registry's has it; of others nobody knows here.
        ...(port === '5000' || /:5000$/.test(tree.text('registry', 'debug_addr') ?? '')
          ? {}
          : rewritten(gitlabRb, settled(gitlabRb, 'registry', 'registry_http_addr'), `${host}:5000`)),
      },
    ];
  },
};
