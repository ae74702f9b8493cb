import { type Cause, excluded, likely, possible } from '../cause.js';

/**
 * GitLab bans the address for a while after repeated refused logins, or an address list keeps it out.
 *
 * Source: Rack::Attack's plain-text 403, which docker 28 reports as "error parsing HTTP 403 response body"; newer GitLab
 * versions answer in JSON ("Access denied: too many failed authentication attempts from this network").
 */
export const addressBanned = {
  id: 'address-banned',
  group: 'authorization',
  title: 'The address is banned for a while',
  explain: ({ registry = 'The registry', failure }) =>
    /distinct sources|end of JSON/i.test(failure)
      ? `GitLab refuses this user for a while, because the account is used from too many addresses. The credentials themselves may be right.`
      : /too many/i.test(failure)
        ? 'GitLab refuses everything from this address for a while, because too many logins from it failed. Behind a balancer or NAT that hits everybody who shares the address, with right credentials too.'
        : `${registry} answers this address with a bare 403 before anybody looks at the credentials. A ban after failed logins, a list of allowed addresses or a firewall in front does that.`,
  tell: ({ registry, image, failure }) =>
    /client with IP|failed with status|StatusCode|status code/i.test(failure)
      ? `curl -sI https://${registry ?? image?.host ?? 'REGISTRY'}/v2/ prints 403 here, without any credentials, and 401 from another address`
      : 'curl -s "https://GITLAB/jwt/auth?service=container_registry" tells of too many attempts here (or is no JSON), and "access forbidden" from another address',
  signals: [
    { says: 'too many failed authentication attempts', own: true },
    { says: 'too many distinct sources for this account', own: true },
    { says: 'your IP has been blocked' },
    // Docker Hub, Artifactory, Quay
    { says: 'too many failed login attempts' },
    { says: 'blocked due to recurrent login failures' },
    { matches: 'too many failed log ?ins?\\b', token: 'too many failed' },
    { says: 'too many invalid username or password attempts' },
    // GitLab's own log (auth_json.log) of the addresses that it keeps out
    { matches: 'rack_attack\\W{1,4}(?:env\\W{1,4})?blocklist', token: 'rack_attack', own: true },
    { matches: String.raw`client with IP ['"\w.:]+ is not allowed access`, token: 'client with ip', own: true },
    { says: 'error parsing HTTP 403 response body', own: true },
    // What a banned address is answered, and others are, too
    { matches: String.raw`/jwt/auth\S*:? .*403 forbidden`, token: '403 forbidden', own: true },
    { says: 'invalid status code from registry 403', own: true },
    { matches: String.raw`login attempt to .* failed with status: 403`, token: 'failed with status: 403', own: true },
    { matches: String.raw`unexpected status code 403 forbidden: (?:too many|forbidden|<)`, token: '403 forbidden: ' },
    { matches: String.raw`StatusCode: 403, "?\\?"?(?:too many|forbidden|<)`, token: 'statuscode: 403' },
  ],
  fit(facts, { text }) {
    if (
      /branch|^remote: |git (?:clone|fetch|push)/i.test(`${text} ${facts.command?.text ?? ''}`) &&
      !/403|Rack/.test(text)
    )
      return excluded('it was git that was refused');
    if (/recurrent login|too many (?:failed|invalid|distinct)/i.test(text))
      return likely('GitLab says that too many logins failed or came from too many addresses');
    if (/client with IP/i.test(text)) return likely('the registry lets only listed addresses in');
    if (/Rack_Attack/.test(text)) return likely('GitLab keeps the address out, says its own log');
    if (facts.aside?.banned !== undefined)
      return likely('GitLab keeps the address out, by its own log or after several refused logins');
    if (
      /\/jwt\/auth|invalid status code from registry/.test(text) &&
      !/403 forbidden: (?:too many|forbidden|<)/i.test(text)
    )
      return excluded('nothing shows that logins were refused before');
    if (/cloudflare|proxy|squid|zscaler|fortigate/i.test(text)) return excluded('a proxy in between answered');
    if (/unexpected end of JSON/.test(text) && facts.near.some((line) => /\b(?:minio|s3|ceph|bucket)\b/i.test(line)))
      return excluded('an object store is spoken of beside it');
    return possible('a 403 without a reason: not the registry, but something in front of it refuses');
  },
  fix: () => [
    'Wait (an hour by default), and stop the job or host that logs in with wrong credentials first: each try prolongs the ban',
    'On the GitLab host: grep -E "Rack_Attack|blocklist" /var/log/gitlab/gitlab-rails/auth_json.log | tail   # which address, which user',
    "Behind a balancer let GitLab see the real addresses, in /etc/gitlab/gitlab.rb: nginx['real_ip_trusted_addresses'] = ['BALANCER_IP']; nginx['real_ip_header'] = 'X-Forwarded-For'",
    "gitlab_rails['rack_attack_git_basic_auth'] = { 'enabled' => true, 'ip_whitelist' => ['127.0.0.1', 'RUNNER_IP'], 'maxretry' => 30, 'findtime' => 180, 'bantime' => 3600 }",
    'gitlab-ctl reconfigure',
    '/opt/gitlab/embedded/bin/redis-cli -s /var/opt/gitlab/redis/redis.socket del cache:gitlab:rack::attack:allow2ban:ban:CLIENT_IP   # lifts the ban at once; with a Redis of its own for rate limits, there',
  ],
  references: [
    'https://docs.gitlab.com/security/rate_limits/#failed-authentication-ban-for-git-and-container-registry',
    'https://docs.gitlab.com/administration/settings/protected_paths/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['account=pier'],
      log: `Failed to pull image "registry.example.com/quay/dock:1": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?account=old-buoy&scope=repository%3Aquay%2Fdock%3Apull&service=container_registry: 401 Unauthorized
Failed to pull image "registry.example.com/pier/gate:1": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?account=pier&scope=repository%3Apier%2Fgate%3Apull&service=container_registry: 403 Forbidden`,
    },
    {
      is: 'likely',
      under: ['Too many failed authentication attempts'],
      log: `$ docker login -u gitlab+deploy-token-7 --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": error parsing HTTP 403 response body: invalid character 'T' looking for beginning of value: "Too many failed authentication attempts from this IP"
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['too many failed authentication attempts from this network'],
      log: `+ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
5f70bf18a086: Preparing
denied: Access denied: too many failed authentication attempts from this network`,
    },
    {
      is: 'likely',
      under: ['jwt/auth', 'unexpected status code'],
      log: 'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com/shop/api:1": creating push check transport for registry.example.com failed: GET https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apush%2Cpull&service=container_registry: unexpected status code 403 Forbidden: Too many failed authentication attempts from this IP',
    },
    {
      is: 'likely',
      under: ['Rack_Attack'],
      log: `Every job gets a 403 since noon. On the GitLab host, auth_json.log:
{"severity":"ERROR","time":"2025-01-11T14:19:58.310Z","message":"Rack_Attack","env":"blocklist","remote_ip":"192.0.2.8","request_method":"GET","path":"/jwt/auth?service=container_registry"}`,
    },
    {
      is: 'likely',
      under: ['error parsing HTTP 403', 'Forbidden'],
      log: `$ ./login.sh
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied
retry
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied
retry
Error response from daemon: Get "https://registry.example.com/v2/": error parsing HTTP 403 response body: invalid character 'F' looking for beginning of value: "Forbidden\\n"`,
    },
    {
      is: 'likely',
      under: ['recurrent login failures'],
      log: `$ docker login -u ci --password-stdin images.example.com
Error response from daemon: Get "https://images.example.com/v2/": unknown: This request is blocked due to recurrent login failures, please try again in 20 seconds`,
    },
    {
      is: 'possible',
      under: ['error parsing HTTP 403 response body'],
      log: `2025-06-01T10:00:00.1234567Z ##[group]Run docker pull registry.example.com/shop/api:1
2025-06-01T10:00:00.2234567Z ##[endgroup]
2025-06-01T10:00:01.1234567Z Error response from daemon: error parsing HTTP 403 response body: unexpected end of JSON input: ""
2025-06-01T10:00:01.2234567Z ##[error]Process completed with exit code 1.`,
    },
  ],
  lookalikes: [
    {
      instead: 'rate-limited',
      log: `+ docker login -u ban --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": error parsing HTTP 429 response body: invalid character 'R' looking for beginning of value: "Retry later\\n"`,
    },
    {
      instead: 'insufficient-rights',
      log: `+ docker login -u ci --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": denied: access forbidden
Finished: FAILURE`,
    },
  ],
} as const satisfies Cause;
