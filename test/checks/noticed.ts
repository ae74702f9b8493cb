/** The checks that have to notice each fault of the lab, and what they say: `is: because → fix`. */
export const NOTICED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'registry-stopped': {
    running: /^fail: the registry is stopped: "down: registry: .*→ gitlab-ctl start registry$/,
    endpoint: /^fail: .*answers 502.*→ gitlab-ctl restart registry/,
  },
  'registry-disabled': {
    enabled: /^fail: .*switched off → set registry_external_url 'https:.*gitlab-ctl reconfigure$/,
    endpoint: /^fail: .*does not answer/,
  },
  'registry-crash-loop': {
    running: /^fail: the registry crashes.*→ gitlab-ctl tail registry/,
    drift: /^warn: registry\/config\.yml:\d+ http\.addr is "127\.0\.0\.1", should be .*→ .*gitlab-ctl reconfigure/,
  },
  'nginx-stopped': { nginx: /^fail: nginx is down.*→ gitlab-ctl start nginx/, endpoint: /^fail: .*does not answer/ },
  'nginx-emerg': {
    nginx: /^fail: .*it refuses: unknown directive "chunked_transfer_encodng" in .*→ mend that line/,
    endpoint: /^fail: .*does not answer/,
  },
  'config-edited-by-hand': {
    drift:
      /^warn: registry\/config\.yml:\d+ http\.addr is .*registry_http_addr'\] \(gitlab\.rb:\d+\) makes .*gitlab-ctl reconfigure/,
    endpoint: /^fail: .*answers 502.*→ .*proxy_pass/,
    backend: /^fail: .*answers 401 on the host, but through nginx comes 502/,
  },
  'storage-not-writable': {
    'storage-rights': /^fail: the user \S+ may not write to .*→ chown -R/,
    upload: /^fail: an upload to ops\/canary\/registrar-canary is answered 500/,
  },
  'vhost-edited-by-hand': {
    drift: /^warn: gitlab-registry\.conf:\d+ client_max_body_size is 10m, should be 0: .* → .*gitlab-ctl reconfigure/,
  },
  'reconfigure-forgotten': {
    drift:
      /^warn: gitlab-registry\.conf:\d+ listen is \S+ ssl, should be .*registry_external_url.*gitlab-ctl reconfigure/,
    settings: /^warn: gitlab\.rb exposes .*→ registry\.url: https:/,
  },
  'certificate-expired': { tls: /^fail: the certificate has expired.*→ put a certificate for 127\.0\.0\.1/ },
  'certificate-of-other-name': {
    tls: /^fail: the certificate is for other names .*other\.example\.com.*→ put a certificate/,
  },
  'host-key-changed': {
    host: /^fail: .*not the one that is pinned: REFUSED.*→ on the host’s own console: ssh-keygen -lf /,
  },
  'ssh-refused': { host: /^fail: .*can’t be reached by SSH.*→ try ssh -p / },
  'addr-with-scheme': {
    settings: /^fail: .*has a scheme.*→ registry\['registry_http_addr'\] = "127\.0\.0\.1:\d+"$/,
    endpoint: /^fail: .*answers 502/,
  },
  'port-taken': {
    sockets:
      /^fail: port \d+, which is registry's, is taken by ".+" \(127\.0\.0\.1:\d+\) → stop it, or give registry another port/,
    running: /^fail: the registry crashes.*address already in use/,
  },
  'backend-name-unknown': {
    'host-dns':
      /^fail: on the host registry\.invalid does not resolve, which registry_http_addr names.*→ getent hosts registry\.invalid/,
    running: /^fail: the registry crashes.*no such host/,
    nginx: /^warn: nginx runs with what it read before.*host not found in upstream "registry\.invalid"/,
  },
  'forwarded-proto-lost': {
    upload: /^fail: the registry sends an upload to \S+ on to http:\/\/\S+ instead of https:.*→ let the proxy set Host/,
    drift: /^warn: gitlab-registry\.conf:\d+ location \/: proxy_set_header X-Forwarded-Proto is missing/,
  },
  'certificate-missing': {
    certificate: /^fail: there is no \S+registry\.crt: nginx refuses to start → put the certificate there/,
    nginx: /^fail: nginx (?:dies|is down).*it refuses: cannot load certificate/,
  },
  'certificate-expires-soon': {
    tls: /^warn: the certificate expires in [45] days.*→ renew it, then gitlab-ctl hup nginx$/,
  },
  'certificate-not-reloaded': {
    certificate: /^warn: \S+registry\.crt is not the certificate that the registry shows.*→ gitlab-ctl hup nginx/,
  },
  'key-of-other-certificate': {
    certificate:
      /^warn: the key does not belong to the certificate \S+registry\.crt: nginx shows what it read before.*→ put/,
    nginx: /^warn: nginx runs with what it read before, and would not start again: .*key values mismatch/,
  },
  'tls-version-old': { 'tls-version': /^warn: .*takes TLSv1 and TLSv1\.1 → registry_nginx\['ssl_protocols'\] = / },
  'plain-http-served': {
    scheme:
      /^fail: \S+ speaks plain http: .*server gave HTTP response to HTTPS client.*→ compare registry_external_url/,
    drift: /^warn: gitlab-registry\.conf:\d+ listen is \S+, should be \S+ ssl/,
  },
  'realm-of-other-host': {
    realm: /^fail: the realm is at old\.example\.com, GitLab at \S+ → set external_url 'http:/,
    handshake: /^fail: .*which is not the configured GitLab/,
  },
  'realm-of-other-scheme': { realm: /^fail: the realm is https:\/\/, GitLab http:\/\/.*→ set external_url 'http:/ },
  'signing-key-changed': {
    'signing-key':
      /^fail: the registry refuses a token that GitLab just signed.*→ make the hosts share one gitlab-secrets\.json/,
  },
  'root-certificate-of-other-key': {
    'key-pair':
      /^fail: \S+gitlab-registry\.crt does not belong to the key that GitLab signs with → .*gitlab-secrets\.json/,
    'signing-key': /^fail: the registry refuses/,
  },
  'issuer-differs': {
    'key-pair':
      /^fail: GitLab signs as "omnibus-gitlab-issuer", the registry expects the issuer "gitlab-of-old" → set gitlab_rails/,
    drift: /^warn: registry\/config\.yml:\d+ auth\.token\.issuer is "gitlab-of-old"/,
  },
  'gitlab-down': {
    'realm-reach': /^fail: \S+ can't be reached \(ECONNREFUSED\) → gitlab-ctl status nginx puma/,
    web: /^fail: GitLab's page does not answer/,
    gitlab: /^fail: GitLab at .* does not answer.*→ look at gitlab-ctl status/,
  },
  'gitlab-web-502': {
    web: /^fail: GitLab's page answers 502.*→ gitlab-ctl status puma/,
    handshake: /^fail: GitLab answers 502/,
  },
  'registry-off-in-gitlab': {
    handshake: /^fail: GitLab answers 404: the registry is off.*→ gitlab_rails\['registry_enabled'\] = true/,
  },
  'clock-ahead': {
    'gitlab-clock': /^fail: GitLab's clock is 3\d\d\d s ahead of Registrar's → timedatectl set-ntp true/,
    'signing-key': /^fail: .*GitLab's clock is 3\d\d\d s ahead of the registry's → timedatectl set-ntp true/,
  },
  'tokens-short-lived': { 'gitlab-settings': /^warn: the registry's tokens live 1 minutes.*→ Admin → Settings/ },
  'canary-rights-lost': {
    rights: /^warn: GitLab granted nothing in \S+: pull and push is missing → give Registrar's user/,
  },
  'storage-full': {
    storage: /^fail: \S+ is (?:9[89]|100) % full.*→ gitlab-ctl registry-garbage-collect/,
    upload: /^fail: .* is answered 500/,
    image: /^fail: a tiny image can't be pushed/,
  },
  'storage-out-of-inodes': {
    storage: /^fail: \S+ has used 100 % of its inodes → gitlab-ctl registry-garbage-collect/,
    upload: /^fail: .* is answered 500/,
  },
  'storage-mounted-read-only': {
    'storage-rights': /^fail: \S+ is on a file system that is mounted read-only → dmesg shows why/,
    upload: /^fail: .* is answered 500/,
  },
  'registry-read-only': {
    'read-only': /^fail: the registry is in read-only mode.*→ take maintenance\.readonly out of registry\['storage'\]/,
    upload: /^fail: .* is answered 405/,
  },
  'database-not-imported': {
    database: /^fail: the database is switched on, but .* was not imported.*→ gitlab-ctl registry-database import/,
  },
  'object-store-unreachable': {
    'object-storage':
      /^fail: http:\/\/127\.0\.0\.1:\d+ does not answer on the host: curl: \(7\).*→ curl -I it on the host/,
  },
  'error-burst': {
    errors:
      /^warn: \d+ of \d+ requests failed in 1 minutes, \d+ errors logged; the registry's log: .*→ gitlab-ctl tail registry/,
  },
  'upgrade-half-done': {
    versions: /^warn: the host has GitLab 18\.12\.\d+, the API says 18\.11\.0.*→ gitlab-ctl reconfigure/,
  },
};
