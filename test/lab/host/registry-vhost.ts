import { registryAddr } from './registry-config.js';
import { asText, atLeast, isHash, type RbHash, type SettingsTree } from './settings-tree.js';

/** Where users reach the registry, and what Let's Encrypt has to do with it. */
export type Exposure = {
  scheme: 'http' | 'https';
  host: string;
  port: number;
  letsEncrypt: boolean;
  /** registry_external_url is set, so the exposure is not one that Let's Encrypt switched on by itself. */
  ownUrl: boolean;
  /** Host whose certificate the registry uses. */
  certificateHost: string;
};

const CIPHERS = [
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ...['DHE-RSA-AES128-GCM-SHA256', 'DHE-RSA-AES256-GCM-SHA384'],
].join(':');

const HEADER = `# This file is managed by gitlab-ctl. Manual changes will be
# erased! To change the contents below, edit /etc/gitlab/gitlab.rb
# and run \`sudo gitlab-ctl reconfigure\`.

## Lines starting with two hashes (##) are comments with information.
## Lines starting with one hash (#) are configuration parameters that can be uncommented.
##
###################################
##         configuration         ##
###################################
`.split('\n');

const TOKENS = "  server_tokens off; ## Don't show the nginx version number, a security best practice";

const ACME = ['  location /.well-known/acme-challenge/ {', '    root /var/opt/gitlab/nginx/www/;', '  }'];

/** The registry's nginx settings: before 19.2 only the old spelling is read, since then the new one wins per key. */
export const nginxSettings = (tree: SettingsTree, version: string): RbHash => ({
  ...tree.hash('registry_nginx'),
  ...(atLeast(version, '19.2') ? tree.hash('registry', 'nginx') : {}),
});

export const vhostPath = (version: string): string =>
  `/var/opt/gitlab/nginx/conf/${atLeast(version, '18.5') ? 'service_conf/' : ''}gitlab-registry.conf`;

/** The registry's vhost, line by line (blank ones too) as the package writes it. */
export const renderVhost = (tree: SettingsTree, version: string, exposure: Exposure): string => {
  const nginx = nginxSettings(tree, version);
  const https = truth(nginx, 'listen_https', exposure.scheme === 'https');
  const acme = exposure.letsEncrypt ? ACME : [];
  const redirect = https && truth(nginx, 'redirect_http_to_https', exposure.letsEncrypt && exposure.ownUrl);
  const lines = [
    ...HEADER,
    ...(redirect ? redirectServer(nginx, exposure, acme) : []),
    '',
    'server { ## HTTPS server',
    ...listens(nginx, asText(nginx.listen_port) ?? String(exposure.port), https ? tls(nginx, version) : ''),
    ...(atLeast(version, '16.0') ? [''] : []),
    `  server_name ${exposure.host};`,
    TOKENS,
    '',
    '  client_max_body_size 0;',
    '  chunked_transfer_encoding on;',
    '',
    ...(https ? tlsBlock(nginx, version, exposure) : []),
    '',
    '  ## Real IP Module Config',
    '  ## http://nginx.org/en/docs/http/ngx_http_realip_module.html',
    ...realIp(nginx),
    '',
    '  ## HSTS Config',
    '  ## https://www.nginx.com/blog/http-strict-transport-security-hsts-and-nginx/',
    ...hsts(nginx),
    '',
    ...logs(nginx),
    '',
    ...acme,
    '',
    '  location / {',
    '',
    ...headers(nginx, exposure),
    '',
    '    proxy_read_timeout                  900;',
    '    proxy_cache off;',
    '    proxy_buffering off;',
    '    proxy_request_buffering off;',
    '    proxy_http_version 1.1;',
    '',
    `    proxy_pass          http://${registryAddr(tree)};`,
    '  }',
    '',
    `  ${asText(nginx.custom_gitlab_server_config) ?? ''}`,
    '} ## end HTTPS server',
  ];
  return `${lines.join('\n')}\n`;
};

const truth = (nginx: RbHash, key: string, fallback: boolean): boolean => {
  const value = nginx[key];
  return value === undefined || value === null ? fallback : value !== false;
};

const tls = (nginx: RbHash, version: string): string =>
  truth(nginx, 'http2_enabled', false) && !atLeast(version, '16.0') ? ' ssl http2' : ' ssl';

const listens = (nginx: RbHash, port: string, suffix: string): string[] => {
  const given = nginx.listen_addresses;
  const addresses = Array.isArray(given) ? given : ['*'];
  const proxy = truth(nginx, 'proxy_protocol', false) ? ' proxy_protocol' : '';
  return addresses.map((address) => `  listen ${asText(address) ?? '*'}:${port}${proxy}${suffix};`);
};

const logs = (nginx: RbHash): string[] => {
  const directory = asText(nginx.log_directory) ?? '/var/log/gitlab/nginx';
  return [
    `  access_log  ${directory}/gitlab_registry_access.log gitlab_access;`,
    `  error_log   ${directory}/gitlab_registry_error.log error;`,
  ];
};

const redirectServer = (nginx: RbHash, { host, port }: Exposure, acme: readonly string[]): string[] => [
  '## Redirects all HTTP traffic to the HTTPS host',
  'server { ## HTTPS redirect server',
  ...listens(nginx, asText(nginx.redirect_http_to_https_port) ?? '80', ''),
  '',
  `  server_name  ${host};`,
  TOKENS,
  '',
  ...acme,
  '',
  '  location / {',
  `    return 301 https://${host}${port === 443 ? '' : `:${port}`}$request_uri;`,
  '  }',
  '',
  ...logs(nginx),
  '} ## end HTTPS redirect server',
];

const tlsBlock = (nginx: RbHash, version: string, { certificateHost }: Exposure): string[] => [
  ...(truth(nginx, 'http2_enabled', false) && atLeast(version, '16.0') ? ['  http2 on;'] : []),
  '  ## Strong SSL Security',
  '  ## https://raymii.org/s/tutorials/Strong_SSL_Security_On_nginx.html & https://cipherli.st/',
  `  ssl_certificate ${asText(nginx.ssl_certificate) ?? `/etc/gitlab/ssl/${certificateHost}.crt`};`,
  `  ssl_certificate_key ${asText(nginx.ssl_certificate_key) ?? `/etc/gitlab/ssl/${certificateHost}.key`};`,
  '',
  `  ssl_ciphers '${asText(nginx.ssl_ciphers) ?? CIPHERS}';`,
  `  ssl_protocols  ${asText(nginx.ssl_protocols) ?? 'TLSv1.2 TLSv1.3'};`,
  `  ssl_prefer_server_ciphers ${asText(nginx.ssl_prefer_server_ciphers) ?? 'off'};`,
  `  ssl_session_cache  ${asText(nginx.ssl_session_cache) ?? 'shared:SSL:10m'};`,
  `  ssl_session_tickets ${asText(nginx.ssl_session_tickets) ?? 'off'};`,
  `  ssl_session_timeout  ${asText(nginx.ssl_session_timeout) ?? '1d'};`,
  ...Array<string>(atLeast(version, '18.5') ? 4 : 2).fill(''),
];

const realIp = (nginx: RbHash): string[] => {
  const header = truth(nginx, 'proxy_protocol', false) ? 'proxy_protocol' : asText(nginx.real_ip_header);
  const recursive = asText(nginx.real_ip_recursive);
  const trusted = nginx.real_ip_trusted_addresses;
  return [
    ...(header === undefined ? [] : [`  real_ip_header ${header};`]),
    ...(recursive === undefined ? [] : [`  real_ip_recursive ${recursive};`]),
    ...(Array.isArray(trusted) ? trusted.map((address) => `  set_real_ip_from ${asText(address) ?? ''};`) : []),
  ];
};

const hsts = (nginx: RbHash): string[] => {
  const age = Number(asText(nginx.hsts_max_age) ?? '63072000');
  const subdomains = truth(nginx, 'hsts_include_subdomains', false) ? '; includeSubDomains' : '';
  return age > 0 ? [`  add_header Strict-Transport-Security "max-age=${age}${subdomains}";`] : [];
};

const headers = (nginx: RbHash, { scheme }: Exposure): string[] => {
  const proxy = truth(nginx, 'proxy_protocol', false);
  const given = nginx.proxy_set_headers;
  const merged: RbHash = {
    Host: '$http_host',
    'X-Real-IP': proxy ? '$proxy_protocol_addr' : '$remote_addr',
    'X-Forwarded-For': proxy ? '$proxy_protocol_addr' : '$proxy_add_x_forwarded_for',
    'X-Forwarded-Proto': scheme,
    ...(scheme === 'https' ? { 'X-Forwarded-Ssl': 'on' } : {}),
    ...(isHash(given) ? given : {}),
  };
  return Object.entries(merged).flatMap(([name, value]) =>
    value === null ? [] : [`    proxy_set_header ${name} ${asText(value) ?? ''};`],
  );
};
