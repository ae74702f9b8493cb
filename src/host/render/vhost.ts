import type { RbValue } from '../gitlab-rb.js';
import { type Exposure, nginxSettings } from './exposure.js';
import { fixed, type Line, line, type Rendered, rendered } from './lines.js';
import { registryAddr } from './registry-config.js';
import {
  asText,
  atLeast,
  FIXED,
  type Found,
  isHash,
  type RbHash,
  type SettingsTree,
  truth,
  UNKNOWN,
} from './settings.js';

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

type Nginx = (key: string) => Found;

export function vhostPath(version: string): string {
  return `/var/opt/gitlab/nginx/conf/${atLeast(version, '18.5') ? 'service_conf/' : ''}gitlab-registry.conf`;
}

/**
 * The registry's vhost, line by line (blank ones too) as the package writes it.
 *
 * Source: omnibus-gitlab's nginx-gitlab-registry.conf.erb, 15.11 to 19.3.
 */
export function renderVhost(tree: SettingsTree, version: string, exposure: Exposure): Rendered {
  const nginx = nginxSettings(tree, version);
  const https = truth(nginx('listen_https').value, exposure.scheme === 'https');
  const modern = atLeast(version, '17.11');
  const http2 = truth(nginx('http2_enabled').value, false);
  const custom = nginx('custom_gitlab_server_config');
  const dir = nginx('dir');
  const acme = exposure.letsEncrypt
    ? [
        ...fixed('  location /.well-known/acme-challenge/ {'),
        line(`    root ${asText(dir.value) ?? '/var/opt/gitlab/nginx'}/www/;`, dir.origin),
        ...fixed('  }'),
      ]
    : [];
  return rendered([
    ...fixed(...HEADER),
    ...(https && redirects(nginx, exposure) ? redirectServer(nginx, exposure, acme) : []),
    ...fixed('', 'server { ## HTTPS server'),
    ...listens(
      nginx,
      exposure.listenPort,
      port(nginx, exposure),
      https ? ` ssl${http2 && !modern ? ' http2' : ''}` : '',
    ),
    ...(modern ? fixed('') : []),
    line(`  server_name ${exposure.host};`, exposure.origin),
    ...fixed(TOKENS, '', '  client_max_body_size 0;', '  chunked_transfer_encoding on;', ''),
    ...(https ? tlsBlock(nginx, version, exposure) : []),
    ...fixed('', '  ## Real IP Module Config', '  ## http://nginx.org/en/docs/http/ngx_http_realip_module.html'),
    ...realIp(nginx),
    ...fixed('', '  ## HSTS Config'),
    ...fixed('  ## https://www.nginx.com/blog/http-strict-transport-security-hsts-and-nginx/'),
    ...hsts(nginx),
    ...fixed(''),
    ...logs(nginx),
    ...fixed(''),
    ...acme,
    ...fixed('', '  location / {', ''),
    ...headers(nginx, exposure),
    ...fixed('', '    proxy_read_timeout                  900;', '    proxy_cache off;', '    proxy_buffering off;'),
    ...fixed('    proxy_request_buffering off;', '    proxy_http_version 1.1;', ''),
    line(
      `    proxy_pass          http://${registryAddr(tree, exposure)};`,
      tree.origin('registry', 'registry_http_addr'),
    ),
    ...fixed('  }', ''),
    line(`  ${custom.value === UNKNOWN ? `${UNKNOWN};` : (asText(custom.value) ?? '')}`, custom.origin),
    ...fixed('} ## end HTTPS server'),
  ]);
}

/** With Let's Encrypt the package switches it on, or off where it switched the registry itself on. */
function redirects(nginx: Nginx, { scheme, letsEncrypt, ownUrl, sharesCertificate }: Exposure): boolean {
  if (letsEncrypt && !ownUrl && scheme !== undefined) return false;
  return truth(nginx('redirect_http_to_https').value, sharesCertificate);
}

function port(nginx: Nginx, exposure: Exposure): Found['origin'] {
  const { value, origin } = nginx('listen_port');
  return value === undefined || value === null ? exposure.origin : origin;
}

function listens(nginx: Nginx, port: string, portOrigin: Found['origin'], suffix: string): Line[] {
  const { value, origin } = nginx('listen_addresses');
  const addresses: RbValue[] = Array.isArray(value) ? value : [value ?? '*'];
  const proxy = truth(nginx('proxy_protocol').value, false) ? ' proxy_protocol' : '';
  const both = { ...portOrigin, setting: `${portOrigin.setting} with ${origin.setting}` };
  const from = origin.line === undefined ? portOrigin : portOrigin.line === undefined ? origin : both;
  return addresses.map((address) => line(`  listen ${asText(address) ?? '*'}:${port}${proxy}${suffix};`, from));
}

function logs(nginx: Nginx): Line[] {
  const { value, origin } = nginx('log_directory');
  const level = nginx('error_log_level');
  const directory = asText(value) ?? '/var/log/gitlab/nginx';
  return [
    line(`  access_log  ${directory}/gitlab_registry_access.log gitlab_access;`, origin),
    line(
      `  error_log   ${directory}/gitlab_registry_error.log ${asText(level.value) ?? 'error'};`,
      level.origin.line === undefined ? origin : level.origin,
    ),
  ];
}

function redirectServer(nginx: Nginx, exposure: Exposure, acme: readonly Line[]): Line[] {
  const { host, advertisedPort, origin } = exposure;
  const from = nginx('redirect_http_to_https_port');
  const to = advertisedPort === undefined ? host : `${host}:${advertisedPort}`;
  return [
    ...fixed('## Redirects all HTTP traffic to the HTTPS host', 'server { ## HTTPS redirect server'),
    ...listens(nginx, asText(from.value) ?? '80', from.origin, ''),
    ...fixed(''),
    line(`  server_name  ${host};`, origin),
    ...fixed(TOKENS, ''),
    ...acme,
    ...fixed('', '  location / {'),
    line(`    return 301 https://${to}$request_uri;`, origin),
    ...fixed('  }', ''),
    ...logs(nginx),
    ...fixed('} ## end HTTPS redirect server'),
  ];
}

function tlsBlock(nginx: Nginx, version: string, { certificateHost, sharesCertificate, origin }: Exposure): Line[] {
  const put = (before: string, key: string, fallback: string, after = ';'): Line => {
    const { value, origin } = nginx(key);
    return line(`  ${before}${asText(value) ?? fallback}${after}`, origin);
  };
  const optional = (directive: string, key: string, quote = ''): Line[] =>
    truth(nginx(key).value, false) ? [put(`${directive} ${quote}`, key, '', `${quote};`)] : [];
  const certificate = (directive: string, extension: string): Line => {
    const given = nginx(directive);
    const own = sharesCertificate ? undefined : asText(given.value);
    return line(
      `  ${directive} ${own ?? `/etc/gitlab/ssl/${certificateHost}.${extension}`};`,
      own === undefined ? origin : given.origin,
    );
  };
  const commands = nginx('ssl_conf_command');
  const list = Array.isArray(commands.value) ? commands.value : commands.value == null ? [] : [commands.value];
  return [
    ...(truth(nginx('http2_enabled').value, false) && atLeast(version, '17.11')
      ? [line('  http2 on;', nginx('http2_enabled').origin)]
      : []),
    ...fixed('  ## Strong SSL Security'),
    ...fixed('  ## https://raymii.org/s/tutorials/Strong_SSL_Security_On_nginx.html & https://cipherli.st/'),
    certificate('ssl_certificate', 'crt'),
    certificate('ssl_certificate_key', 'key'),
    ...optional('ssl_client_certificate', 'ssl_client_certificate'),
    ...optional('ssl_verify_client', 'ssl_verify_client'),
    ...(truth(nginx('ssl_verify_client').value, false) ? [put('ssl_verify_depth ', 'ssl_verify_depth', '1')] : []),
    ...fixed(''),
    put("ssl_ciphers '", 'ssl_ciphers', CIPHERS, "';"),
    put('ssl_protocols  ', 'ssl_protocols', 'TLSv1.2 TLSv1.3'),
    put('ssl_prefer_server_ciphers ', 'ssl_prefer_server_ciphers', 'off'),
    put('ssl_session_cache  ', 'ssl_session_cache', 'shared:SSL:10m'),
    put('ssl_session_tickets ', 'ssl_session_tickets', 'off'),
    put('ssl_session_timeout  ', 'ssl_session_timeout', '1d'),
    ...fixed(''),
    ...optional('ssl_dhparam', 'ssl_dhparam'),
    ...fixed(''),
    ...(atLeast(version, '18.10')
      ? [
          ...optional('ssl_ecdh_curve', 'ssl_ecdh_curve'),
          ...fixed(''),
          ...list.map((one) => line(`  ssl_conf_command ${asText(one) ?? ''};`, commands.origin)),
          ...fixed(''),
        ]
      : []),
    ...optional('ssl_password_file', 'ssl_password_file', "'"),
  ];
}

function realIp(nginx: Nginx): Line[] {
  const protocol = nginx('proxy_protocol');
  const header = nginx('real_ip_header');
  const recursive = nginx('real_ip_recursive');
  const trusted = nginx('real_ip_trusted_addresses');
  const addresses = Array.isArray(trusted.value) ? trusted.value : trusted.value == null ? [] : [trusted.value];
  return [
    ...(truth(header.value, false)
      ? [line(`  real_ip_header ${asText(header.value)};`, header.origin)]
      : truth(protocol.value, false)
        ? [line('  real_ip_header proxy_protocol;', protocol.origin)]
        : []),
    ...(truth(recursive.value, false)
      ? [line(`  real_ip_recursive ${asText(recursive.value)};`, recursive.origin)]
      : []),
    ...addresses.map((address) => line(`  set_real_ip_from ${asText(address) ?? ''};`, trusted.origin)),
  ];
}

function hsts(nginx: Nginx): Line[] {
  const { value, origin } = nginx('hsts_max_age');
  const age = asText(value) ?? '63072000';
  const subdomains = truth(nginx('hsts_include_subdomains').value, false) ? '; includeSubdomains' : '';
  if (Number(age) <= 0) return [];
  return [line(`  add_header Strict-Transport-Security "max-age=${age}${subdomains}";`, origin)];
}

function headers(nginx: Nginx, { scheme, origin }: Exposure): Line[] {
  const protocol = nginx('proxy_protocol');
  const proxy = truth(protocol.value, false);
  const given = nginx('proxy_set_headers');
  if (given.value === UNKNOWN) return [line(`    proxy_set_header ${UNKNOWN} ${UNKNOWN};`, given.origin)];
  const own: RbHash = isHash(given.value) ? given.value : {};
  const merged: RbHash = {
    Host: '$http_host',
    'X-Real-IP': proxy ? '$proxy_protocol_addr' : '$remote_addr',
    'X-Forwarded-For': proxy ? '$proxy_protocol_addr' : '$proxy_add_x_forwarded_for',
    'X-Forwarded-Proto': scheme ?? '$scheme',
    ...(scheme === 'https' ? { 'X-Forwarded-Ssl': 'on' } : {}),
    ...own,
  };
  return Object.entries(merged).flatMap(([name, value]) => {
    if (value === null) return [];
    const from = Object.hasOwn(own, name)
      ? given.origin
      : name === 'Host'
        ? FIXED
        : name.startsWith('X-Forwarded-') && !name.endsWith('For')
          ? origin
          : protocol.origin;
    return [line(`    proxy_set_header ${name} ${asText(value) ?? ''};`, from)];
  });
}
