import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';

/** Of the places where a scanner looks for an image the registry comes last, and it answered. */
const REMOTE = /^\s*[*-] (?:remote error|oci-registry|registry): /m;

/**
 * The client found no Docker, Podman, BuildKit or containerd daemon to talk to, so no registry was ever asked.
 *
 * Source: the messages of docker/cli, moby/client, docker-py, buildkit, nerdctl, podman; docker 28 without a daemon.
 */
export const daemonUnreachable = {
  id: 'daemon-unreachable',
  group: 'client',
  title: 'The client cannot reach its container daemon',
  explain: ({ client }) =>
    `${client?.name ?? 'The client'} needs a daemon that does the work, and none answered at the address it was given. The registry was not asked, so its logins and rights do not matter yet.`,
  tell: ({ failure }) =>
    /failed to receive status|failed to solve/.test(failure)
      ? 'dmesg -T | grep -i "killed process" on the build host prints buildkitd or dockerd, at that minute'
      : /podman/i.test(failure)
        ? 'podman info fails in the same words, and asks no registry'
        : /containerd\.sock|buildkitd/i.test(failure)
          ? 'systemctl status containerd buildkit prints "inactive" or "failed" for one of them'
          : 'docker version prints a Client and, where the Server should be, that it cannot connect; it asks no registry',
  signals: [
    { says: 'cannot connect to the docker daemon', own: true },
    { says: 'is the docker daemon running', own: true },
    { says: 'the docker daemon is not running', own: true },
    { says: 'error during connect:', own: true },
    { says: 'trying to connect to the docker daemon socket', own: true },
    { says: 'trying to connect to the docker api', own: true },
    { says: 'failed to connect to the docker api', own: true },
    { says: "couldn't connect to docker daemon", own: true },
    { says: 'while fetching server api version', own: true },
    { says: 'cannot connect to podman', own: true },
    { says: 'unable to connect to podman', own: true },
    { says: 'unable to resolve docker endpoint', own: true },
    { says: 'could not find a valid docker environment', own: true },
    { says: 'build to docker daemon failed', own: true },
    // docker-compose 1 waits a minute for its daemon, and no longer.
    {
      matches: String.raw`UnixHTTPConnectionPool\(.*(?:timed out|refused|aborted)`,
      token: 'unixhttpconnectionpool(',
      own: true,
    },
    { says: 'connection to the docker daemon at', own: true },
    { says: 'cannot access containerd socket', own: true },
    // The daemon's own port, spoken to without TLS: the line names no registry URL.
    {
      matches: String.raw`from daemon: Client sent an HTTP request to an HTTPS server`,
      token: 'client sent an http request',
    },
    {
      matches: String.raw`(?:dial unix(?: |://)|connect to unix://|failed to dial "?|ECONNREFUSED |EACCES |ENOENT )\S*(?:docker|podman|buildkitd|containerd|crio)\S*\.sock`,
      token: '.sock',
      own: true,
    },
    // Java and Python: the error first, then the socket.
    {
      matches: String.raw`(?:permission denied|no such file|refused|does not exist|cannot connect|unable to connect|could not connect|failed to connect|(?:Socket|Connect|IO)Exception).{0,200}(?:docker|podman)\.sock\b`,
      token: '.sock',
      own: true,
    },
    {
      matches: String.raw`(?:docker|podman)\.sock\b.{0,40}(?:permission denied|no such file|refused|does not exist)`,
      token: '.sock',
      own: true,
    },
    { matches: String.raw`//(?:\./|/)?pipe/(?:docker|podman)\S*`, token: 'pipe/', own: true },
    { says: 'rootless containerd not running', own: true },
    // BuildKit's own connection to its daemon, in the middle of a build.
    {
      matches: String.raw`failed to receive status: .*(?:EOF|closing transport|transport is closing)`,
      token: 'failed to receive status',
      own: true,
    },
    {
      matches: String.raw`failed to solve: (?:rpc error: code = )?Unavailable\b`,
      token: 'failed to solve: ',
      own: true,
    },
    {
      matches: String.raw`\blookup (?:docker|dind|docker-dind|buildkitd?)\b[^/]*(?:no such host|misbehaving|try again)`,
      token: 'lookup ',
    },
    { matches: String.raw`tcp://[^\s"]*:237[56]\b.*(?:refused|timeout|timed out|no such host|reset)`, token: 'tcp://' },
    { matches: String.raw`\bConnect to \S+:237[56] .*(?:refused|timed out)`, token: ':237', own: true },
    { matches: String.raw`dial tcp [^\s"]*:237[56]: `, token: 'dial tcp ' },
  ],
  fit({ failure, near }, { text }) {
    if (
      /^(?:WARNING|level=warning|time=\S+ level=(?:warning|info|debug))/i.test(text) &&
      !/cannot connect|failed to/i.test(text)
    )
      return excluded('the line is a warning');
    if (/Get "?https?:\/\/(?!%2F|docker\b|dind\b)[^\s"/]+\/v2\//.test(failure))
      return excluded('a registry was asked, so a daemon was there');
    const all = near.join('\n');
    if (/client version [\d.]+ is too (?:old|new)/.test(`${failure}\n${all}`))
      return excluded('the daemon answered, and did not like the version of the client');
    if (/URL scheme http\+docker|unexpected keyword argument/.test(failure))
      return excluded('the library of the client is what failed');
    if (/^\s*[*-] (?:docker|containerd|podman)\b/.test(text) && (/errors? occurred/.test(all) || REMOTE.test(all)))
      return (REMOTE.test(all) ? conceivable : possible)(
        'a scanner found no daemon: one of several places where it looks for the image',
      );
    if (/failed to receive status|failed to solve/.test(text))
      return possible('the connection to BuildKit broke in the middle: its daemon may have been killed');
    if (/permission denied/i.test(failure)) return likely("the user may not open the daemon's socket");
    if (/(?:saving|storing) credentials/.test(all)) return possible('the store of credentials asks the daemon, too');
    if (/ca\.pem|certs\/client|x509|HTTPS? (?:server|client|request|response)|tls:/i.test(failure))
      return likely('client and daemon do not agree on TLS');
    if (/\b(?:lookup|no such host|name resolution)\b/i.test(failure))
      return likely('the name of the daemon does not resolve');
    if (/UnixHTTPConnectionPool.*timed out/i.test(failure))
      return possible('the daemon did not answer in time: it is busy, or what it waits for is');
    if (/too many|EOF|reset by peer/i.test(failure) && /#\d+ |pushed/i.test(all))
      return possible('the connection to the daemon broke in the middle: it may have been killed');
    return likely('no daemon answers at the address the client uses');
  },
  fix({ failure, near }) {
    const all = `${failure}\n${near.join('\n')}`;
    if (/permission denied/i.test(failure))
      return [
        'sudo usermod -aG docker USER   # for a shell runner: gitlab-runner',
        'sudo systemctl restart gitlab-runner   # or log in again, so that the group counts',
      ];
    if (/podman/i.test(failure))
      return ['systemctl --user enable --now podman.socket', 'podman system connection list'];
    if (/containerd\.sock|buildkitd/i.test(failure))
      return ['systemctl status containerd buildkit', 'systemctl start containerd buildkit'];
    if (/tcp:\/\/|lookup (?:docker|dind)|:237[56]|certs\/client|runner-|HTTPS server/i.test(all))
      return [
        'In .gitlab-ci.yml, in the job:  services: ["docker:28-dind"]',
        'variables: { DOCKER_HOST: "tcp://docker:2376", DOCKER_TLS_CERTDIR: "/certs", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs/client" }   # without TLS: tcp://docker:2375 and DOCKER_TLS_CERTDIR: ""',
        'In the runner\'s config.toml, [runners.docker]:  privileged = true  and  volumes = ["/certs/client", "/cache"]',
      ];
    return [
      'sudo systemctl start docker && sudo systemctl status docker',
      'docker context ls && echo "$DOCKER_HOST"   # is it the address you meant?',
    ];
  },
  references: [
    'https://docs.gitlab.com/ci/docker/using_docker_build/',
    'https://docs.gitlab.com/ci/docker/docker_build_troubleshooting/',
    'https://docs.docker.com/engine/daemon/troubleshoot/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['Cannot connect to the Docker daemon at tcp://docker:2375'],
      log: `Running with gitlab-runner 17.5.0 (66a723c3)
Using Docker executor with image docker:27 ...
Initialized empty Git repository in /builds/shop/api/.git/
$ docker build -t registry.example.com/shop/api:1 .
ERROR: Cannot connect to the Docker daemon at tcp://docker:2375. Is the docker daemon running?
Cleaning up project directory and file based variables
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['lookup docker on 10.96.0.10:53: no such host'],
      log: `$ docker login -u gitlab-ci-token --password-stdin registry.example.com
error during connect: Post "http://docker:2375/v1.24/auth": dial tcp: lookup docker on 10.96.0.10:53: no such host`,
    },
    {
      is: 'likely',
      under: ['permission denied while trying to connect'],
      log: `+ docker push registry.example.com/shop/api:42
permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/images/registry.example.com/shop/api/push?tag=42": dial unix /var/run/docker.sock: connect: permission denied
script returned exit code 1`,
    },
    {
      is: 'likely',
      under: ['failed to connect to the docker API'],
      log: 'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory',
    },
    {
      is: 'likely',
      under: ['unable to resolve docker endpoint'],
      log: `2025-02-03T09:12:44.100000Z 01O $ docker info
2025-02-03T09:12:44.300000Z 01E Failed to initialize: unable to resolve docker endpoint: open /certs/client/ca.pem: no such file or directory`,
    },
    {
      is: 'likely',
      under: ['Client sent an HTTP request to an HTTPS server'],
      log: '$ docker pull registry.example.com/shop/api:1\nError response from daemon: Client sent an HTTP request to an HTTPS server.',
    },
    {
      is: 'likely',
      under: ['Build to Docker daemon failed'],
      log: '[ERROR] Failed to execute goal com.google.cloud.tools:jib-maven-plugin:3.4.1:dockerBuild (default-cli) on project api: Build to Docker daemon failed, perhaps you should make sure Docker is installed and you have correct privileges to run it -> [Help 1]',
    },
    {
      is: 'likely',
      under: ['valid Docker environment'],
      log: '$ mvn -B verify\n[ERROR] ShopIT.initializationError: Could not find a valid Docker environment. Please see logs and check configuration\n[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0',
    },
    {
      is: 'likely',
      under: ['docker.sock'],
      log: `$ ./gradlew buildImage
Execution failed for task ':buildImage'.
> org.newsclub.net.unix.AFUNIXSocketException: Permission denied (socket: /var/run/docker.sock)`,
    },
  ],
  lookalikes: [
    {
      instead: 'manifest-unknown',
      log: `FATAL image scan error: unable to initialize an image scanner: 2 errors occurred:
	* docker error: unable to inspect the image (registry.example.com/shop/api:1): Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
	* remote error: GET https://registry.example.com/v2/shop/api/manifests/1: MANIFEST_UNKNOWN: manifest unknown; unknown tag=1`,
    },
    {
      instead: 'connection-refused',
      log: '$ docker login registry.example.com:5050\nError response from daemon: Get "https://registry.example.com:5050/v2/": dial tcp 192.0.2.7:5050: connect: connection refused',
    },
    {
      instead: 'http-https-mismatch',
      log: '$ docker login registry.example.com:5000\nError response from daemon: Get "https://registry.example.com:5000/v2/": http: server gave HTTP response to HTTPS client',
    },
  ],
} as const satisfies Cause;
