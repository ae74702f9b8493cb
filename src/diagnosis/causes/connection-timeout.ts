import { type Cause, excluded, likely, possible } from '../cause.js';
import { addressOf, elsewhere, firstTry, forTheHost, JIB, peerOf } from '../connection.js';

/**
 * Packets are dropped on the way, there is no way, or the other side is too slow to answer.
 *
 * Source: Go's net and net/http (dial, TLS handshake, response headers), ETIMEDOUT and EHOSTUNREACH elsewhere.
 */
export const connectionTimeout = {
  id: 'connection-timeout',
  group: 'network',
  title: 'The registry did not answer in time',
  explain: (facts) => {
    const { name } = addressOf(facts);
    return /awaiting (?:response )?headers|deadline exceeded|Read timed out/i.test(facts.failure)
      ? `${name} did not answer before the client gave up waiting. Either a firewall or a wrong route drops the packets, or the registry (or what is in front of it) is overloaded.`
      : `The client could not get through to ${name}: its packets were not answered. A firewall, a security group or a route between the two drops them, or the address is wrong.`;
  },
  tell: (facts) =>
    `curl -sSI -m 20 https://${addressOf(facts).authority}/v2/ says "timed out" after its 20 seconds; a closed port refuses at once, a broken proxy prints 5xx`,
  signals: [
    { says: 'i/o timeout' },
    { says: 'TLS handshake timeout' },
    { says: 'Client.Timeout exceeded' },
    { says: 'request canceled while waiting for connection' },
    { says: 'timeout awaiting response headers' },
    { says: 'context deadline exceeded' },
    { says: 'dial tcp timeout' },
    // The one who asked gave up: kubelet's and containerd's limits on a pull without progress end in these words.
    { matches: String.raw`https?://\S+/v2/\S+: context canceled`, token: ': context canceled', own: true },
    { says: 'connection timed out' },
    { says: 'operation timed out' },
    { says: 'connect timed out' },
    { says: 'did not properly respond after a period of time' },
    { says: 'no route to host' },
    { says: 'network is unreachable' },
    { says: 'cannot assign requested address' },
    { says: 'host is unreachable' },
    { says: 'ETIMEDOUT' },
    {
      matches: String.raw`HTTPSConnectionPool\(host='(?P<host>[^']+)'.*(?:timed out|Timeout)`,
      token: 'httpsconnectionpool',
    },
    { matches: `${JIB}.*(?:timed out|No route to host|Network is unreachable)`, token: 'jib', own: true },
  ],
  fit(facts, { text }) {
    const other = elsewhere(facts);
    if (other !== undefined) return other;
    if (firstTry(text) !== text && !/time|exceeded|no route|unreachable/i.test(firstTry(text)))
      return excluded('that was only the second try, with plain http');
    if (/\blookup \S+/.test(text)) return excluded('the name server did not answer, not the registry');
    if (/Connect to (?:\S*proxy\S*:\d+|\S+:(?:3128|8888))\b/.test(text))
      return excluded('it was a proxy that did not answer');
    const { name } = addressOf(facts);
    const peer = peerOf(facts);
    if (peer === 'realm') return possible('it was the token endpoint that did not answer');
    if (peer === 'storage') return possible('it was the place where the layers are stored that did not answer');
    if (/context deadline exceeded/.test(text) && !/https?:\/\/|Client\.Timeout|dial tcp/.test(text))
      return possible('the client ran out of time, and does not say on what');
    if (/context canceled/.test(text)) return possible(`the request to ${name} was given up before it was answered`);
    return likely(
      /no route|unreachable|cannot assign/i.test(text)
        ? `there is no way to ${name}`
        : `${name} did not answer in time`,
    );
  },
  fix(facts) {
    const { host, port, authority } = addressOf(facts);
    return forTheHost(facts, [
      `nc -vz -w 5 ${host} ${port}   # from the machine that printed the error: no answer means a firewall or a route`,
      `curl -sS -o /dev/null -w '%{http_code} connect=%{time_connect} tls=%{time_appconnect} total=%{time_total}\\n' https://${authority}/v2/   # 401 is good; where does the time go?`,
      '# Behind a proxy? The daemon needs it too: {"proxies": {"http-proxy": "http://PROXY:PORT", "https-proxy": "http://PROXY:PORT"}} in /etc/docker/daemon.json',
      '# Hangs only in containers (dind, VPN, overlay)? Try a smaller MTU: dockerd --mtu 1400',
      'gitlab-ctl tail registry nginx   # on the GitLab host, while you try again: does the request arrive?',
    ]);
  },
  references: [
    'https://docs.docker.com/engine/daemon/proxy/',
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
    'https://docs.docker.com/reference/cli/dockerd/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['i/o timeout'],
      log: `===> ANALYZING
ERROR: failed to initialize analyzer: validating registry write access: ensure registry read/write access to registry.example.com/shop/api:1: validating registry write access: Get "https://registry.example.com/v2/": dial tcp 192.0.2.7:443: i/o timeout`,
    },
    {
      is: 'likely',
      under: ['dial tcp 192.0.2.7:443: i/o timeout'],
      log: `$ docker pull registry.example.com/shop/api:1
Error response from daemon: Get "https://registry.example.com/v2/": dial tcp 192.0.2.7:443: i/o timeout`,
    },
    {
      is: 'likely',
      under: ['Client.Timeout exceeded'],
      log: `2024-02-01T11:02:03.456Z 00O $ docker login -u gitlab-ci-token --password-stdin registry.example.com
2024-02-01T11:02:18.456Z 00E Error response from daemon: Get "https://registry.example.com/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)
2024-02-01T11:02:18.900Z 00O ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['TLS handshake timeout'],
      log: '  Warning  Failed  3m  kubelet  Failed to pull image "registry.example.org/shop/api:7": rpc error: code = Unknown desc = failed to pull and unpack image "registry.example.org/shop/api:7": failed to resolve reference "registry.example.org/shop/api:7": failed to do request: Head "https://registry.example.org/v2/shop/api/manifests/7": net/http: TLS handshake timeout',
    },
    {
      is: 'likely',
      under: ['no route to host'],
      log: `+ helm pull oci://registry.example.com/charts/api --version 1.2.3
Error: failed to do request: Head "https://registry.example.com/v2/charts/api/manifests/1.2.3": dial tcp 10.9.8.7:443: connect: no route to host
Exited with code exit status 1`,
    },
    {
      is: 'likely',
      under: ['awaiting response headers'],
      log: 'error pushing image: failed to push to destination registry.example.com/shop/api:1: Put "https://registry.example.com/v2/shop/api/blobs/uploads/77?digest=sha256%3Aab": net/http: timeout awaiting response headers',
    },
    {
      is: 'possible',
      under: ['context canceled'],
      log: '  Warning  Failed  4m  kubelet  Failed to pull image "registry.example.com/shop/api:8": rpc error: code = Canceled desc = failed to pull and unpack image "registry.example.com/shop/api:8": failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://registry.example.com/v2/shop/api/blobs/sha256:0a1b": context canceled',
    },
  ],
  lookalikes: [
    {
      instead: 'dns-failure',
      log: '$ docker pull registry.example.com/a/b:1\nError response from daemon: Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com on 10.96.0.10:53: read udp 10.1.0.5:44321->10.96.0.10:53: i/o timeout',
    },
    {
      instead: 'client-proxy',
      log: '#4 ERROR: failed to do request: Head "https://registry.example.com/v2/a/b/manifests/1": dial tcp 10.0.0.3:3128: i/o timeout',
    },
    {
      instead: 'gateway-error',
      log: '$ docker push registry.example.com/a/b:1\nThe push refers to repository [registry.example.com/a/b]\nreceived unexpected HTTP status: 504 Gateway Time-out',
    },
    {
      instead: 'not-registry',
      log: '$ helm upgrade --install api ./chart --wait\nError: UPGRADE FAILED: context deadline exceeded',
    },
  ],
} as const satisfies Cause;
