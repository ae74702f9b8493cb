import { type Cause, excluded, likely, possible } from '../cause.js';
import { addressOf, atRealm, elsewhere, firstTry, forTheHost, JIB, peerOf } from '../connection.js';

/**
 * The host answers, and nothing listens on that port (or a firewall rejects).
 *
 * Source: ECONNREFUSED in the words of Go (also on Windows), Java, Python and Node.
 */
export const connectionRefused = {
  id: 'connection-refused',
  group: 'network',
  title: 'Nothing listens on the registry’s host and port',
  explain: (facts) => {
    const { name } = addressOf(facts);
    const dialled = dialledIn(facts.failure);
    return `${name}${dialled === undefined ? '' : ` (dialled as ${dialled})`} refused the connection: the host is there, but nothing listens on that port. ${
      isLocal(dialled ?? name)
        ? 'The address is the client’s own machine: inside a job or a container, localhost is that container and not the GitLab host.'
        : 'The port in the image name is wrong, or the registry and the nginx in front of it are down.'
    }`;
  },
  tell: (facts) => {
    const { host, port } = addressOf(facts);
    return `nc -vz ${host} ${port} where the client runs says "refused" at once; a firewall lets it wait, and a wrong name does not resolve`;
  },
  signals: [
    { says: 'connection refused' },
    { says: 'actively refused it' },
    { says: 'ECONNREFUSED' },
    { matches: `${JIB}.*Connection refused`, token: 'jib', own: true },
  ],
  fit(facts, { text }) {
    const other = elsewhere(facts);
    if (other !== undefined) return other;
    if (!/refused|ECONN/i.test(firstTry(text))) return excluded('that was only the second try, with plain http');
    if (/\blookup \S+/.test(text)) return excluded('the name server refused, not the registry');
    const realm = atRealm(facts);
    if (realm !== undefined) return realm;
    if (/Connect to (?:\S*proxy\S*:\d+|\S+:(?:3128|8888))\b/.test(text)) return excluded('it was a proxy that refused');
    // podman, buildah: a name without a host is the local image's, and those have the host localhost.
    if (/pinging container registry localhost:? /.test(text) && facts.imageText?.startsWith('localhost') !== true)
      return possible('the name has no registry host, and localhost was taken for one');
    const dialled = dialledIn(text) ?? addressOf(facts).name;
    if (peerOf(facts) === 'storage') return possible(`${dialled}, where the layers are stored, refused the connection`);
    return likely(`${dialled} refused the connection`);
  },
  fix(facts) {
    const { host, port, authority } = addressOf(facts);
    const dialled = dialledIn(facts.failure) ?? authority;
    return forTheHost(facts, [
      ...(isLocal(dialled)
        ? ['# Use the registry’s name in the image, not localhost: in a job it is "$CI_REGISTRY_IMAGE"']
        : []),
      `nc -vz ${host} ${port}   # from the machine that printed the error`,
      'gitlab-ctl status registry nginx   # on the GitLab host; start what is down: gitlab-ctl start registry',
      `ss -ltnp | grep ':${port} '   # on the GitLab host: does anything listen there?`,
      `# The port of image names is the one of registry_external_url 'https://${host}${port === '443' ? '' : `:${port}`}' in /etc/gitlab/gitlab.rb; after a change: gitlab-ctl reconfigure`,
    ]);
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/',
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['192.0.2.7:5050', 'connection refused'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker push registry.example.com:5050/shop/api:1
The push refers to repository [registry.example.com:5050/shop/api]
Get "https://registry.example.com:5050/v2/": dial tcp 192.0.2.7:5050: connect: connection refused
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['[::1]:5000', 'refused'],
      log: 'ERROR: failed to solve: failed to push localhost:5000/api:dev: failed to do request: Head "http://localhost:5000/v2/api/blobs/sha256:0123456789abcdef": dial tcp [::1]:5000: connect: connection refused',
    },
    {
      is: 'likely',
      under: ['pinging container registry'],
      log: `[Pipeline] sh
+ buildah push --creds **** registry.example.org/shop/api:9
Getting image source signatures
Error: trying to reuse blob sha256:aa at destination: pinging container registry registry.example.org: Get "https://registry.example.org/v2/": dial tcp 10.2.3.4:443: connect: connection refused
[Pipeline] }
Finished: FAILURE`,
    },
    {
      is: 'likely',
      under: ['actively refused'],
      log: 'PS C:\\build> docker login registry.example.com:5050\nError response from daemon: Get "https://registry.example.com:5050/v2/": dial tcp 10.0.0.8:5050: connectex: No connection could be made because the target machine actively refused it.',
    },
    {
      is: 'likely',
      under: ['Connect to registry.example.com:5050'],
      log: "Execution failed for task ':jib'.\n> com.google.cloud.tools.jib.plugins.common.BuildStepsExecutionException: Connect to registry.example.com:5050 [registry.example.com/10.0.0.8] failed: Connection refused (Connection refused)",
    },
  ],
  lookalikes: [
    {
      instead: 'dns-failure',
      log: '$ docker pull registry.example.com/a/b:1\nError response from daemon: Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com on [::1]:53: read udp [::1]:41000->[::1]:53: read: connection refused',
    },
    {
      instead: 'client-proxy',
      log: '$ docker pull alpine:3\nError response from daemon: Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp 10.0.0.3:3128: connect: connection refused',
    },
    {
      instead: 'not-registry',
      log: '$ docker compose up --abort-on-container-exit\napi_1  | could not connect to server: Connection refused\napi_1  | \tIs the server running on host "db" (172.18.0.2) and accepting TCP/IP connections on port 5432?',
    },
    {
      instead: 'not-registry',
      log: '$ kubectl apply -f manifest.yaml\nThe connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?\nerror: unable to recognize "manifest.yaml": Get "https://10.0.0.1:6443/api?timeout=32s": dial tcp 10.0.0.1:6443: connect: connection refused',
    },
    {
      instead: 'wrong-registry',
      log: '$ podman push api:dev\nGetting image source signatures\nError: trying to reuse blob sha256:0a1b at destination: pinging container registry localhost: Get "https://localhost/v2/": dial tcp [::1]:443: connect: connection refused',
    },
  ],
} as const satisfies Cause;

function dialledIn(failure: string): string | undefined {
  return (
    /dial tcp (?:\S+->)?(\S+:\d+):/.exec(failure)?.[1] ?? /(?:Connect to|ECONNREFUSED) (\S+:\d+)/.exec(failure)?.[1]
  );
}

function isLocal(address: string): boolean {
  return /^(?:localhost|127\.|\[::1\])/.test(address);
}
