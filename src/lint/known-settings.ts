/** What a setting takes. `flag` is tested for truth only, so that the text `"false"` is true. */
export type Kind = 'text' | 'number' | 'flag' | 'list' | 'hash' | 'any';

/** `registry['…']`. Source: omnibus-gitlab's attributes/default.rb and libraries, 15.11 to 19.3. */
export const REGISTRY: Record<string, Kind> = {
  enable: 'flag',
  username: 'text',
  group: 'text',
  uid: 'any',
  gid: 'any',
  dir: 'text',
  shell: 'text',
  registry_http_addr: 'text',
  debug_addr: 'text',
  log_directory: 'text',
  log_group: 'any',
  env_directory: 'text',
  env: 'hash',
  log_level: 'text',
  log_formatter: 'text',
  rootcertbundle: 'text',
  health_storagedriver_enabled: 'flag',
  storage_delete_enabled: 'flag',
  storage: 'hash',
  middleware: 'hash',
  validation_enabled: 'flag',
  autoredirect: 'flag',
  compatibility_schema1_enabled: 'flag',
  database: 'hash',
  auto_migrate: 'flag',
  gc: 'hash',
  redis: 'hash',
  reporting: 'hash',
  http_draintimeout: 'any',
  http_secret: 'text',
  token_realm: 'text',
  internal_key: 'text',
  internal_certificate: 'text',
  notifications: 'list',
  default_notifications_timeout: 'text',
  default_notifications_threshold: 'number',
  default_notifications_maxretries: 'number',
  default_notifications_backoff: 'text',
  default_notifications_headers: 'hash',
  nginx: 'hash',
  ...logging(),
};

/** `registry['nginx']['…']`, before 19.2 `registry_nginx['…']`. Source: nginx_helper.rb. */
export const NGINX: Record<string, Kind> = {
  enable: 'flag',
  https: 'flag',
  fqdn: 'text',
  dir: 'text',
  log_directory: 'text',
  log_group: 'any',
  error_log_level: 'text',
  client_max_body_size: 'any',
  custom_gitlab_server_config: 'text',
  hsts_include_subdomains: 'flag',
  hsts_max_age: 'number',
  http2_enabled: 'flag',
  listen_addresses: 'list',
  listen_https: 'flag',
  listen_port: 'any',
  proxy_cache: 'text',
  proxy_connect_timeout: 'any',
  proxy_custom_buffer_size: 'any',
  proxy_protocol: 'flag',
  proxy_read_timeout: 'any',
  proxy_set_headers: 'hash',
  real_ip_header: 'text',
  real_ip_recursive: 'text',
  real_ip_trusted_addresses: 'list',
  redirect_http_to_https: 'flag',
  redirect_http_to_https_port: 'any',
  referrer_policy: 'any',
  request_buffering_off_path_regex: 'text',
  ssl_certificate: 'text',
  ssl_certificate_key: 'text',
  ssl_ciphers: 'text',
  ssl_client_certificate: 'text',
  ssl_conf_command: 'any',
  ssl_dhparam: 'text',
  ssl_ecdh_curve: 'text',
  ssl_password_file: 'text',
  ssl_prefer_server_ciphers: 'text',
  ssl_protocols: 'text',
  ssl_session_cache: 'text',
  ssl_session_tickets: 'text',
  ssl_session_timeout: 'any',
  ssl_verify_client: 'text',
  ssl_verify_depth: 'any',
  gzip_comp_level: 'any',
  gzip_enabled: 'flag',
  gzip_http_version: 'text',
  gzip_proxied: 'text',
  gzip_types: 'list',
};

/** `gitlab_rails['registry_…']`. Source: gitlab.rb.template. */
export const RAILS: Record<string, Kind> = {
  registry_enabled: 'flag',
  registry_host: 'text',
  registry_port: 'any',
  registry_path: 'text',
  registry_api_url: 'text',
  registry_key_path: 'text',
  registry_issuer: 'text',
  registry_notification_secret: 'text',
};

/** In both spellings of the registry's nginx settings: the registry's vhost reads none of them. */
export const WITHOUT_EFFECT: Record<string, string> = {
  client_max_body_size: '0 (no limit)',
  proxy_read_timeout: '900',
  ...Object.fromEntries(
    [
      ...['proxy_connect_timeout', 'proxy_custom_buffer_size', 'proxy_cache', 'referrer_policy', 'gzip_enabled'],
      ...['gzip_comp_level', 'gzip_http_version', 'gzip_proxied', 'gzip_types', 'request_buffering_off_path_regex'],
    ].map((key) => [key, 'nothing of the kind']),
  ),
};

function logging(): Record<string, Kind> {
  const keys = ['svlogd_size', 'svlogd_num', 'svlogd_timeout', 'svlogd_filter', 'svlogd_udp', 'svlogd_prefix'];
  const logrotate = ['frequency', 'maxsize', 'size', 'rotate', 'compress', 'method', 'postrotate', 'dateformat'];
  const udp = ['udp_log_shipping_host', 'udp_log_shipping_hostname', 'udp_log_shipping_port'];
  return Object.fromEntries(
    [...keys, ...logrotate.map((key) => `logrotate_${key}`), ...udp].map((key) => [key, 'any']),
  );
}
