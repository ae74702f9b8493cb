import { urlOf } from '../../host/render/exposure.js';
import { asText, spelled } from '../../host/render/settings.js';
import { removed, settled } from '../edit.js';
import { type Found, type LintInput, type Rule, shown } from '../finding.js';
import { WITHOUT_EFFECT } from '../known-settings.js';

/** What the template writes whatever the setting says; a setting that says the same misleads nobody. */
const AS_WRITTEN: Record<string, readonly string[]> = {
  client_max_body_size: ['0', '0k', '0m', '0g'],
  proxy_read_timeout: ['900', '900s', '15m'],
};

/**
 * A setting that the package reads and does not use.
 *
 * Source: omnibus-samples 05; nginx-gitlab-registry.conf.erb, which has none of these variables; registry.rb, which
 * takes host and port from registry_external_url.
 */
export const noEffect: Rule = {
  id: 'no-effect',
  severity: 'warning',
  find: (input) => [...ofNginx(input), ...ofRails(input), ...ofHttps(input)],
};

function ofNginx({ gitlabRb }: LintInput): Found[] {
  return gitlabRb.settings.flatMap((setting) => {
    const { path, value, line } = setting;
    const key = path[0] === 'registry' && path[1] === 'nginx' ? path[2] : path[0] === 'registry_nginx' ? path[1] : '';
    const written = key === undefined ? undefined : WITHOUT_EFFECT[key];
    if (key === undefined || written === undefined || value === null) return [];
    if (AS_WRITTEN[key]?.includes(asText(value) ?? '') === true) return [];
    return [
      {
        line,
        key: spelled(path),
        expected: null,
        actual: shown(key, value),
        why: `it has no effect: the registry's vhost always says ${written}`,
        fix: `delete line ${line}${key === 'client_max_body_size' ? '; a 413 comes from another proxy' : ''}`,
        ...removed(gitlabRb, setting),
      },
    ];
  });
}

/** Host and port come from the URL. */
function ofRails({ tree, gitlabRb }: LintInput): Found[] {
  const url = urlOf(tree.text('registry_external_url'));
  if (url === undefined || url === 'invalid') return [];
  const fixed: [string, string][] = [['registry_host', url.host]];
  if (url.port !== '80' && url.port !== '443') fixed.push(['registry_port', url.port]);
  return fixed.flatMap(([key, right]) => {
    const { value, origin } = tree.find('gitlab_rails', key);
    const text = asText(value);
    if (text === undefined || text === right) return [];
    return [
      {
        line: origin.line ?? null,
        key: `gitlab_rails['${key}']`,
        expected: right,
        actual: text,
        why: 'it has no effect: registry_external_url decides it',
        fix: `delete line ${origin.line ?? ''}, or mend registry_external_url`,
        ...removed(gitlabRb, settled(gitlabRb, 'gitlab_rails', key)),
      },
    ];
  });
}

function ofHttps({ tree, drift, gitlabRb }: LintInput): Found[] {
  if (drift.exposure?.scheme !== 'http') return [];
  return [['registry', 'nginx'] as const, ['registry_nginx'] as const].flatMap((at) => {
    const { value, origin } = tree.find(...at, 'redirect_http_to_https');
    if (value !== true || tree.truth(false, ...at, 'listen_https')) return [];
    return [
      {
        line: origin.line ?? null,
        key: spelled([...at, 'redirect_http_to_https']),
        expected: null,
        actual: 'true',
        why: 'it has no effect: registry_external_url is plain http, so there is nothing to redirect to',
        fix: `delete line ${origin.line ?? ''}, or make registry_external_url https`,
        ...removed(gitlabRb, settled(gitlabRb, ...at, 'redirect_http_to_https')),
      },
    ];
  });
}
