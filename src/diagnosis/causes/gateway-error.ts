import { type Cause, excluded, likely } from '../cause.js';
import { accessLog, addressOf, forTheHost, peerOf, statusSignals } from '../connection.js';
import type { Facts } from '../facts.js';

/**
 * A reverse proxy answers 502, 503 or 504 in place of the registry (Cloudflare: 520 to 530).
 *
 * Source: RFC 9110 for the codes; how moby, containerd, containers/image and go-containerregistry print a status.
 */
export const gatewayError = {
  id: 'gateway-error',
  group: 'proxy',
  title: 'The proxy in front of the registry gets no answer from it',
  explain: (facts) => {
    const { name } = addressOf(facts);
    const code = codeOf(facts);
    return `The proxy in front of ${name} answered ${code ?? 'a gateway error'}: ${
      code === 504 || code === 524
        ? 'what is behind it took too long'
        : code === 503
          ? 'what is behind it is not available'
          : 'it could not reach what is behind it, or got nonsense from it'
    }. The registry (or GitLab, for logins) is down, restarting or overloaded; the client and its credentials are not the reason.`;
  },
  tell: (facts) => {
    const realm = peerOf(facts) === 'realm';
    const url = `${addressOf(facts).authority}/${realm ? 'jwt/auth?service=container_registry' : 'v2/'}`;
    return `curl -s -o /dev/null -w '%{http_code}' "https://${url}" prints 502, 503 or 504, where ${realm ? 'GitLab itself answers 403' : 'the registry itself answers 401'}`;
  },
  signals: [
    ...statusSignals('5(?:0[234]|2[0-7]|30)'),
    accessLog('50[234]'),
    { matches: String.raw`\b502:? ?\(?Bad Gateway`, token: 'bad gateway' },
    { matches: String.raw`\b503:? ?\(?Service Unavailable`, token: 'service unavailable' },
    { matches: String.raw`\b503:? ?\(?Service Temporarily Unavailable`, token: 'service temporarily unavailable' },
    { matches: String.raw`\b504:? ?\(?Gateway Time-?out`, token: 'gateway time' },
    // Apache, Varnish, Envoy, HAProxy, ingresses
    { matches: String.raw`\b502:? ?\(?Proxy Error`, token: 'proxy error' },
    { says: 'backend fetch failed' },
    { says: 'upstream connect error or disconnect/reset before headers' },
    { says: 'no healthy upstream' },
    { says: 'no server is available to handle this request' },
    { says: 'while connecting to upstream' },
    { says: 'while reading response header from upstream' },
    { says: 'upstream timed out' },
    { says: 'upstream prematurely closed connection' },
    { says: 'no live upstreams' },
    { says: 'GitLab is not responding' },
    { says: 'GitLab is taking too much time to respond' },
  ],
  fit(facts) {
    const peer = peerOf(facts);
    if (peer === 'other' || peer === 'daemon') return excluded('the line is not about a registry');
    if (peer === 'proxy') return excluded('it was the client’s own proxy that failed');
    if (peer === 'storage') return excluded('it was the object store that answered');
    if (/\bread[- ]?only\b|maintenance mode/i.test(facts.failure))
      return excluded('the registry answered, and says why');
    const code = codeOf(facts);
    const who = peer === 'realm' ? 'the token endpoint' : addressOf(facts).name;
    return likely(`a proxy answered ${code ?? 'a gateway error'} in place of ${who}`);
  },
  fix(facts) {
    const { authority } = addressOf(facts);
    const slow = [504, 524].includes(codeOf(facts) ?? 0);
    return forTheHost(facts, [
      'gitlab-ctl status registry nginx puma   # on the GitLab host; start what is down: gitlab-ctl start registry',
      'gitlab-ctl tail registry   # does it crash, or wait for its storage?',
      'tail -n 50 /var/log/gitlab/nginx/gitlab_registry_error.log   # "connect() failed", "upstream timed out"? An address that does not fit: compare registry[\'registry_http_addr\'] with proxy_pass',
      ...(slow
        ? ['# Another proxy in front, with a shorter time-out: proxy_read_timeout 900s; proxy_send_timeout 900s;']
        : []),
      `curl -sS -o /dev/null -w '%{http_code}\\n' https://${authority}/v2/   # 401: it is back, try the job again`,
    ]);
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
    'https://docs.gitlab.com/omnibus/settings/nginx/',
    'https://www.rfc-editor.org/rfc/rfc9110#name-server-error-5xx',
  ],
  examples: [
    {
      is: 'likely',
      under: ['502 Bad Gateway'],
      log: `$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Retrying in 1 second
received unexpected HTTP status: 502 Bad Gateway`,
    },
    {
      is: 'likely',
      under: ['503 Service Unavailable', 'HEAD'],
      log: '#14 ERROR: failed to push registry.example.com/shop/api:1: unexpected status from HEAD request to https://registry.example.com/v2/shop/api/blobs/sha256:ab: 503 Service Unavailable',
    },
    {
      is: 'likely',
      under: ['invalid status code from registry 504'],
      log: '+ skopeo inspect docker://registry.example.org/shop/api:1\ntime="2024-01-01T00:00:00Z" level=fatal msg="Error parsing image name \\"docker://registry.example.org/shop/api:1\\": reading manifest 1 in registry.example.org/shop/api: invalid status code from registry 504 (Gateway Timeout)"',
    },
    {
      is: 'likely',
      under: ['unexpected status code 502 Bad Gateway'],
      log: `error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com/shop/api:1": POST https://registry.example.com/v2/shop/api/blobs/uploads/: unexpected status code 502 Bad Gateway: <html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx</center>`,
    },
    {
      is: 'likely',
      under: ['failed with status: 503'],
      log: `2024-02-01T11:02:03.4560000Z ##[group]Run docker/login-action@v3
2024-02-01T11:02:04.4560000Z Logging into registry.example.com...
2024-02-01T11:02:05.4560000Z ##[error]Error response from daemon: login attempt to https://registry.example.com/v2/ failed with status: 503 Service Unavailable`,
    },
    {
      is: 'likely',
      under: ['response status code 502'],
      log: 'Error: failed to perform "Push" on destination: HEAD "https://registry.example.com/v2/shop/chart/manifests/1": response status code 502: Bad Gateway',
    },
    {
      is: 'likely',
      under: ['no healthy upstream'],
      log: 'Error: GET https://registry.example.com/v2/: unexpected status code 503 Service Unavailable: no healthy upstream',
    },
    {
      is: 'likely',
      under: ['HTTP/1.1" 502'],
      log: '10.0.0.2 - - [01/May/2024:10:00:00 +0000] "GET /v2/shop/api/manifests/1 HTTP/1.1" 502 552 "-" "docker/26.1.0 go/go1.21"',
    },
  ],
  lookalikes: [
    {
      instead: 'registry-read-only',
      log: `Error: writing blob: initiating layer upload to /v2/shop/api/blobs/uploads/ in quay.example.com: received unexpected HTTP status: 503 Service Unavailable: System is currently read-only. Pulls will succeed but all write operations are currently suspended.`,
    },
    {
      instead: 'client-proxy',
      log: '$ docker pull registry.example.com/a/b:1\nError response from daemon: Get "https://registry.example.com/v2/": Bad Gateway',
    },
    {
      instead: 'not-registry',
      log: '$ curl -fsS https://api.example.com/health\ncurl: (22) The requested URL returned error: 503 Service Unavailable',
    },
    {
      instead: 'not-registry',
      log: '$ npm ci\nnpm ERR! 502 Bad Gateway - GET https://registry.npmjs.org/left-pad',
    },
  ],
} as const satisfies Cause;

function codeOf({ failure }: Facts): number | undefined {
  const found = /\b(5(?:0[234]|2\d|30))\b/.exec(failure)?.[1];
  return found === undefined ? undefined : Number(found);
}
