import { type Cause, excluded, likely, possible } from '../cause.js';
import { addressOf, JIB, peerOf, proxyDialled, statusSignals } from '../connection.js';

/** Words of the pages that web filters answer with. */
const FILTER =
  'squid|zscaler|fortiguard|fortigate|blue ?coat|mcafee|websense|sophos|err_access_denied|err_cannot_forward|err_connect_fail|err_dns_fail|web filter|web gateway|proxy server';

/**
 * An HTTP(S)_PROXY on the client or its daemon is in the way.
 *
 * Go says `proxyconnect tcp` when it cannot reach the proxy, and gives nothing but the words of the status ("Forbidden",
 * "Bad Gateway") when the proxy refuses the CONNECT. A dialled port that is not the URL's is a proxy's.
 * Source: Go's net/http/transport.go.
 */
export const clientProxy = {
  id: 'client-proxy',
  group: 'network',
  title: 'A proxy between the client and the registry is in the way',
  explain: (facts) => {
    const proxy = proxyOf(facts.failure);
    return `The client (or its daemon) sends requests for ${addressOf(facts).name} through a proxy${proxy === undefined ? '' : ` (${proxy})`}, and it is there that they fail. An internal registry belongs into NO_PROXY; for an outside one the proxy’s address, credentials or rules have to be set right.`;
  },
  tell: (facts) => {
    const { host, authority } = addressOf(facts);
    return `docker info | grep -i proxy prints a proxy, and curl -sI --noproxy ${host} https://${authority}/v2/ answers 401 without it`;
  },
  signals: [
    { says: 'proxyconnect tcp' },
    { says: 'socks connect tcp' },
    { matches: String.raw`https?://\S+: dial tcp \S+:\d+: `, token: ': dial tcp ' },
    {
      matches: String.raw`https?://[^\s"]+/v2/[^\s"]*\\*"? ?: (?P<answer>[A-Z][A-Za-z-]+(?: [A-Z][A-Za-z-]+){0,3}|authenticationrequired|Unable to connect|[^:]{0,40}CONNECT[^:]{0,20})(?: \([a-z_]+\.go:\d+:\d+s?\))?[.\\"'\])}]*$`,
      token: '/v2/',
    },
    { says: 'Proxy Authentication Required' },
    ...statusSignals('407'),
    { says: 'Unable to tunnel through proxy' },
    { matches: String.raw`\bConnect to (?P<via>\S*proxy\S*:\d+|\S+:(?:3128|8888)) \[`, token: 'connect to ' },
    { matches: `${JIB}.*(?:Unable to tunnel|407 Proxy|roxy Authentication)`, token: 'jib', own: true },
    { says: 'Tunnel connection failed' },
    { says: 'Cannot connect to proxy' },
    { says: 'from proxy after CONNECT' },
    { says: 'CONNECT tunnel failed' },
    { says: 'could not resolve proxy' },
    { matches: `${JIB}.*Connect to (?P<via>\\S*proxy\\S*:\\d+|\\S+:(?:3128|8888))\\b`, token: 'jib', own: true },
    { matches: `response body.*(?:${FILTER})`, token: 'response body' },
    { matches: `unexpected status.*<.*(?:${FILTER})`, token: 'unexpected status' },
    {
      says: 'invalid proxy address',
    },
    { says: 'proxy: unknown scheme' },
    { says: 'http: invalid Proxy-Authenticate' },
  ],
  fit(facts, { text, groups }) {
    const peer = peerOf(facts);
    const { name } = addressOf(facts);
    if (/proxyconnect tcp|socks connect tcp/.test(text))
      return likely(`the proxy${named(text)} failed on the way to ${name}`);
    if (groups.via !== undefined) return likely(`${groups.via} was dialled for ${name}: a proxy, not the registry`);
    const dialled = proxyDialled(text);
    if (dialled !== undefined && peer === 'proxy')
      return likely(`${dialled} was dialled for ${name}: a proxy’s port, not the registry’s`);
    if (peer === 'other' || peer === 'daemon') return excluded('the line is not about a registry');
    if (/\bdial tcp\b/.test(text)) return excluded('the registry itself was dialled');
    if (groups.answer !== undefined) {
      if (!ANSWERS.test(groups.answer)) return excluded('no status of a proxy');
      return likely(`“${groups.answer}” without a number is a proxy’s answer to the client’s CONNECT`);
    }
    if (peer === 'realm') return possible('it was the token endpoint that the proxy stood in front of');
    return likely(`a proxy answered in place of ${name}`);
  },
  fix(facts) {
    const { host } = addressOf(facts);
    return [
      'docker info --format "{{.HTTPProxy}} {{.HTTPSProxy}} {{.NoProxy}}"; env | grep -i _proxy   # what do daemon and client use?',
      '# An internal registry goes around the proxy. For the daemon, in /etc/docker/daemon.json (http:// also for https-proxy):',
      `{"proxies": {"http-proxy": "http://PROXY:PORT", "https-proxy": "http://PROXY:PORT", "no-proxy": "localhost,127.0.0.1,docker,${host}"}}`,
      'systemctl restart docker',
      `# For a job (dind, kaniko, buildah, skopeo, crane): environment = ["NO_PROXY=localhost,127.0.0.1,docker,${host}"] under [[runners]] in /etc/gitlab-runner/config.toml`,
      `# For containerd: Environment="NO_PROXY=localhost,127.0.0.1,${host}" in /etc/systemd/system/containerd.service.d/proxy.conf, then systemctl daemon-reload && systemctl restart containerd`,
    ];
  },
  references: [
    'https://docs.docker.com/engine/daemon/proxy/',
    'https://docs.docker.com/engine/cli/proxy/',
    'https://docs.gitlab.com/runner/configuration/proxy/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['proxyconnect tcp'],
      log: `$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": proxyconnect tcp: dial tcp 10.0.0.3:3128: connect: connection refused`,
    },
    {
      is: 'likely',
      under: ['10.0.0.3:3128'],
      log: '#4 ERROR: failed to do request: Head "https://registry.example.com/v2/shop/base/manifests/1": dial tcp 10.0.0.3:3128: i/o timeout',
    },
    {
      is: 'likely',
      under: ['Forbidden'],
      log: `Running with gitlab-runner 16.0.2 (85586bd1)
WARNING: Failed to pull image with policy "always": Error response from daemon: Get "https://registry.example.com/v2/": Forbidden (manager.go:237:0s)
ERROR: Job failed: failed to pull image "registry.example.com/ci/tools:1" with specified policies [always]: Error response from daemon: Get "https://registry.example.com/v2/": Forbidden (manager.go:237:0s)`,
    },
    {
      is: 'likely',
      under: ['Proxy Authentication Required'],
      log: 'error building image: Get "https://index.docker.io/v2/": Proxy Authentication Required',
    },
    {
      is: 'likely',
      under: ['Service Unavailable'],
      log: `+ docker pull alpine:3.19
Error response from daemon: Get https://registry-1.docker.io/v2/: Service Unavailable`,
    },
    {
      is: 'likely',
      under: ['proxy.example.com'],
      log: '  Warning  Failed  9s  kubelet  Failed to pull image "quay.io/a/b:1": failed to pull and unpack image "quay.io/a/b:1": failed to resolve reference "quay.io/a/b:1": failed to do request: Head "https://quay.io/v2/a/b/manifests/1": proxyconnect tcp: dial tcp: lookup proxy.example.com on 10.0.0.2:53: no such host',
    },
    {
      is: 'likely',
      under: ['CONNECT tunnel failed'],
      log: '$ curl -sS https://registry.example.com/v2/\ncurl: (56) CONNECT tunnel failed, response 403',
    },
    {
      is: 'likely',
      under: ['Forbidden'],
      log: 'com.github.dockerjava.api.exception.InternalServerErrorException: {"message":"Get https://quay.example.com/v2/: Forbidden"}',
    },
  ],
  lookalikes: [
    {
      instead: 'gateway-error',
      log: '$ docker pull registry.example.com/a/b:1\nError response from daemon: received unexpected HTTP status: 503 Service Unavailable',
    },
    {
      instead: 'connection-refused',
      log: '$ docker pull registry.example.com:8080/a/b:1\nError response from daemon: Get "https://registry.example.com:8080/v2/": dial tcp 10.0.0.5:8080: connect: connection refused',
    },
    {
      instead: 'not-registry',
      log: "$ pip install -r requirements.txt\nWARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden'))': /simple/requests/\nERROR: Could not find a version that satisfies the requirement requests (from versions: none)\nERROR: No matching distribution found for requests",
    },
  ],
} as const satisfies Cause;

/** The words of a status, as a proxy gives them. */
const ANSWERS =
  /^(?:Forbidden|.*\bCONNECT\b.*|Proxy Auth\w+ Required|authenticationrequired|AuthorizedOnly|Bad Gateway|Service Unavailable|Gateway Time-?out|Bad Request|(?:Method )?Not Allowed|Access Denied|URL ?Blocked|Blocked|Internal Server Error|Unable to connect|Host Unreachable|Connection Refused|Request Denied|Network Error)$/i;

function proxyOf(failure: string): string | undefined {
  return (
    proxyDialled(failure) ??
    /(?:proxyconnect|socks connect) tcp: dial tcp(?:: lookup)? (\S+?)(?=[: ]*\s)/.exec(failure)?.[1]
  );
}

function named(failure: string): string {
  const proxy = proxyOf(failure);
  return proxy === undefined ? '' : ` ${proxy}`;
}
