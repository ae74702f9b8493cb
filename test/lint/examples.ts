/** Stand before every example: two lines. */
export const URLS =
  "external_url 'https://gitlab.example.com'\nregistry_external_url 'https://registry.example.com:5050'\n";

/** What each rule finds in gitlab.rb, behind the two URLs: `LINE KEY: ACTUAL → EXPECTED`. */
export const WRONG: Record<string, [source: string, finding: string, version?: string][]> = {
  'ruby-syntax': [["registry['dir'] = [\n", '3 : null → null']],
  'url-invalid': [
    [
      "registry_external_url 'registry.example.com'",
      '3 registry_external_url: registry.example.com → https://HOST or https://HOST:PORT',
    ],
    ["registry_external_url 'https://r/v2'", '3 registry_external_url: https://r/v2 → https://r'],
  ],
  'local-variable': [
    [
      "registry_external_url = 'https://r'",
      "3 registry_external_url: registry_external_url = … → registry_external_url '…'",
    ],
  ],
  'addr-with-scheme': [
    ["registry['registry_http_addr'] = 'http://r:5001'", "3 registry['registry_http_addr']: http://r:5001 → r:5001"],
    ["registry['debug_addr'] = 'https://r:5001/x'", "3 registry['debug_addr']: https://r:5001/x → r:5001"],
    [
      "registry['debug_addr'] = 'https://user:hunter2@r:5001'",
      "3 registry['debug_addr']: https://user:[redacted]@r:5001 → r:5001",
    ],
  ],
  'addr-without-port': [
    ["registry['registry_http_addr'] = '127.0.0.1'", "3 registry['registry_http_addr']: 127.0.0.1 → host:port"],
    ["registry['registry_http_addr'] = 'r:99999'", "3 registry['registry_http_addr']: r:99999 → host:port"],
  ],
  'port-taken-twice': [
    [
      "registry['registry_http_addr'] = '127.0.0.1:5050'",
      "3 registry['registry_http_addr']: 127.0.0.1:5050 → another port than 5050",
    ],
    [
      "registry['nginx']['listen_port'] = 5000",
      '2 registry_external_url: registry.example.com:5000 → another port than 5000',
    ],
  ],
  'url-of-gitlab': [
    [
      "registry_external_url 'https://gitlab.example.com'",
      '3 registry_external_url: https://gitlab.example.com → another name or another port than external_url',
    ],
  ],
  'ignored-spelling': [
    [
      "registry['nginx']['listen_port'] = 1",
      "3 registry['nginx']['listen_port']: 1 → registry_nginx['listen_port']",
      '19.1.4',
    ],
  ],
  'overridden-spelling': [
    [
      "registry['nginx']['ssl_certificate'] = '/a'\nregistry_nginx['ssl_certificate'] = '/b'",
      "4 registry_nginx['ssl_certificate']: /b → /a",
    ],
  ],
  'too-new': [["registry['gc'] = { 'disabled' => true }", '3 registry[\'gc\']: {"disabled":true} → null', '16.9']],
  'unknown-setting': [
    ["registry['registy_http_addr'] = 'r:1'", "3 registry['registy_http_addr']: r:1 → registry['registry_http_addr']"],
    [
      "registry_nginx['ssl_certifcate'] = '/a'",
      "3 registry_nginx['ssl_certifcate']: /a → registry_nginx['ssl_certificate']",
    ],
    [
      "registry['nginx']['listen_prot'] = 1",
      "3 registry['nginx']['listen_prot']: 1 → registry['nginx']['listen_port']",
    ],
    ["gitlab_rails['registry_isuer'] = 'x'", "3 gitlab_rails['registry_isuer']: x → gitlab_rails['registry_issuer']"],
    ["registry_external_ulr 'https://r'", '3 registry_external_ulr: https://r → registry_external_url'],
    ["regisrty['enable'] = true", "3 regisrty['enable']: true → registry['enable']"],
    ["registry['proxy'] = 'http://p'", "3 registry['proxy']: http://p → null"],
  ],
  'wrong-type': [
    ["registry['enable'] = 'true'", "3 registry['enable']: true → true"],
    ["registry['nginx']['listen_addresses'] = '*'", "3 registry['nginx']['listen_addresses']: * → ['*']"],
    ["registry['registry_http_addr'] = 5001", "3 registry['registry_http_addr']: 5001 → '5001'"],
    ["registry_nginx['hsts_max_age'] = '0'", "3 registry_nginx['hsts_max_age']: 0 → 0"],
    ["registry['storage'] = 's3'", "3 registry['storage']: s3 → a hash"],
    ["registry['http_secret'] = 12345678", "3 registry['http_secret']: *** → a text"],
  ],
  'duplicate-key': [
    ["registry['log_level'] = 'info'\nregistry['log_level'] = 'warn'", "3 registry['log_level']: info → null"],
    ["registry['nginx']['dir'] = '/a'\nregistry['nginx'] = { 'dir' => '/b' }", "3 registry['nginx']['dir']: /a → null"],
  ],
  'no-effect': [
    ["registry_nginx['client_max_body_size'] = '1g'", "3 registry_nginx['client_max_body_size']: 1g → null"],
    ["registry['nginx']['gzip_enabled'] = false", "3 registry['nginx']['gzip_enabled']: false → null"],
    ["gitlab_rails['registry_host'] = 'other'", "3 gitlab_rails['registry_host']: other → registry.example.com"],
    [
      "registry_external_url 'http://r'\nregistry['nginx']['redirect_http_to_https'] = true",
      "4 registry['nginx']['redirect_http_to_https']: true → null",
    ],
  ],
  'advertised-port': [],
  'files-syntax': [],
  drift: [],
};
