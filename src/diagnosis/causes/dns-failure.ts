import { type Cause, excluded, likely, possible } from '../cause.js';
import { addressOf, elsewhere, forTheHost, JIB, peerOf } from '../connection.js';

/**
 * The name of the registry does not resolve where the client runs.
 *
 * `lookup X on R:53: i/o timeout` is this cause too: it was the resolver that did not answer.
 * Source: Go's net.DNSError, glibc's and musl's getaddrinfo, Java's UnknownHostException, Node's dns module.
 */
export const dnsFailure = {
  id: 'dns-failure',
  group: 'network',
  title: 'The registry’s host name does not resolve',
  explain: (facts) => {
    const { name = addressOf(facts).name, resolver } = lookedUp(facts.failure);
    return `${name} could not be resolved to an address${resolver === undefined ? '' : ` by ${resolver}`} where the client (or its daemon) runs. The name is misspelled, it is not in the DNS that this machine asks, or that DNS server does not answer.`;
  },
  tell: (facts) =>
    `getent hosts ${lookedUp(facts.failure).name ?? addressOf(facts).host} prints nothing where the client or its daemon runs; with an address it would be a port, a firewall or a proxy`,
  signals: [
    { says: 'no such host' },
    {
      matches: String.raw`lookup \S+(?: on \S+)?: (?:.*i/o timeout|server misbehaving|.*connection refused|.*network is unreachable|.*no route to host|Try again|Temporary failure|no data|no answer|.*operation not permitted|.*operation timed out)`,
      token: 'lookup ',
    },
    { says: 'server misbehaving' },
    { says: 'Temporary failure in name resolution' },
    { says: 'Name or service not known' },
    { says: 'No address associated with hostname' },
    { says: 'nodename nor servname provided' },
    { says: 'Could not resolve host' },
    { says: 'Failed to resolve' },
    { matches: String.raw`getaddrinfo (?:ENOTFOUND|EAI_AGAIN)`, token: 'getaddrinfo' },
    { says: 'UnknownHostException' },
    { says: 'DNS name does not exist' },
    {
      matches: `${JIB}.*(?:UnknownHost|nodename nor servname|Name or service not known|Name does not resolve)`,
      token: 'jib',
      own: true,
    },
  ],
  fit(facts, { text }) {
    const other = elsewhere(facts);
    if (other !== undefined) return other;
    if (/[Ff]ailed to resolve/.test(text) && !/Failed to resolve '/.test(text) && !/lookup |no such host/.test(text))
      return excluded('an image reference was to be resolved, not a name of a host');
    const { name = addressOf(facts).name } = lookedUp(text);
    if (peerOf(facts) === 'realm') return possible(`${name} of the token endpoint did not resolve`);
    if (peerOf(facts) === 'storage') return possible(`${name}, where the layers are stored, did not resolve`);
    return likely(`${name} did not resolve`);
  },
  fix(facts) {
    const { name = addressOf(facts).host, resolver } = lookedUp(facts.failure);
    return forTheHost(facts, [
      `getent hosts ${name}   # on the machine (or in the pod) that printed the error`,
      `nslookup ${name}${resolver === undefined ? '' : ` ${resolver.replace(/:53$/, '')}`}   # does this resolver know it?`,
      `# Is ${name} the name of the registry? On the GitLab host: grep registry_external_url /etc/gitlab/gitlab.rb`,
      '# For docker: {"dns": ["DNS_SERVER_IP"]} in /etc/docker/daemon.json, then systemctl restart docker',
      `# For a runner's jobs: extra_hosts = ["${name}:REGISTRY_IP"] or dns = ["DNS_SERVER_IP"] under [runners.docker] in /etc/gitlab-runner/config.toml`,
    ]);
  },
  references: [
    'https://docs.docker.com/engine/network/#dns-services',
    'https://docs.gitlab.com/runner/configuration/advanced-configuration/#the-runnersdocker-section',
    'https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['no such host'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com on 10.0.0.2:53: no such host
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['i/o timeout'],
      log: '#3 ERROR: failed to do request: Head "https://registry.example.com/v2/shop/base/manifests/1": dial tcp: lookup registry.example.com on 127.0.0.11:53: read udp 127.0.0.1:40023->127.0.0.11:53: i/o timeout',
    },
    {
      is: 'likely',
      under: ['server misbehaving', 'with policy'],
      log: `Running with gitlab-runner 17.2.0 (6428c288)
Preparing the "docker" executor
Pulling docker image registry.example.org/ci/tools:3 ...
WARNING: Failed to pull image with policy "always": Error response from daemon: Get "https://registry.example.org/v2/": dial tcp: lookup registry.example.org on 10.1.1.1:53: server misbehaving (manager.go:250:0s)
ERROR: Job failed: failed to pull image "registry.example.org/ci/tools:3" with specified policies [always]: Error response from daemon: Get "https://registry.example.org/v2/": dial tcp: lookup registry.example.org on 10.1.1.1:53: server misbehaving (manager.go:250:0s)`,
    },
    {
      is: 'likely',
      under: ['Temporary failure in name resolution'],
      log: `+ skopeo copy docker-archive:api.tar docker://reg.example.com/shop/api:1
FATA[0002] trying to reuse blob sha256:0000 at destination: pinging container registry reg.example.com: Get "https://reg.example.com/v2/": dial tcp: lookup reg.example.com: Temporary failure in name resolution`,
    },
    {
      is: 'likely',
      under: ['UnknownHostException'],
      log: '[ERROR] Failed to execute goal com.google.cloud.tools:jib-maven-plugin:3.4.1:build (default-cli) on project api: java.net.UnknownHostException: registry.example.com: Name or service not known -> [Help 1]',
    },
  ],
  lookalikes: [
    {
      instead: 'connection-timeout',
      log: '$ docker pull registry.example.com/a/b:1\nError response from daemon: Get "https://registry.example.com/v2/": dial tcp 192.0.2.7:443: i/o timeout',
    },
    {
      instead: 'daemon-unreachable',
      log: '$ docker info\nerror during connect: Get "http://docker:2375/v1.24/info": dial tcp: lookup docker on 10.0.0.2:53: no such host',
    },
    {
      instead: 'client-proxy',
      log: '$ docker pull alpine:3\nError response from daemon: Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp: lookup proxy.example.com on 10.0.0.2:53: no such host',
    },
    {
      instead: 'not-registry',
      log: '$ docker build .\nStep 4/9 : RUN go mod download\n ---> Running in 0123456789ab\ngo: golang.org/x/net@v0.1.0: Get "https://proxy.golang.org/golang.org/x/net/@v/v0.1.0.mod": dial tcp: lookup proxy.golang.org on 10.0.0.2:53: no such host',
    },
  ],
} as const satisfies Cause;

function lookedUp(failure: string): { name?: string; resolver?: string } {
  const found = /\blookup ([^\s:]+)(?: on ([^\s]+?))?:? /.exec(failure);
  const name =
    found?.[1] ??
    /(?:Could not resolve host: |getaddrinfo (?:ENOTFOUND|EAI_AGAIN) |UnknownHostException: |Failed to resolve ')([A-Za-z0-9.-]+)/.exec(
      failure,
    )?.[1];
  const resolver = found?.[2];
  return { ...(name === undefined ? {} : { name }), ...(resolver === undefined ? {} : { resolver }) };
}
