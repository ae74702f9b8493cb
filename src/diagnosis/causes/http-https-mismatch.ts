import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';
import { addressOf, elsewhere } from '../connection.js';
import type { Facts } from '../facts.js';

/**
 * One side speaks plain http, the other TLS.
 *
 * Source: Go's net/http and crypto/tls, OpenSSL ("wrong version number"), Java, nginx's page for code 497.
 */
export const httpHttpsMismatch = {
  id: 'http-https-mismatch',
  group: 'tls',
  title: 'The client and the registry do not agree on http or https',
  explain: (facts) => {
    const { name } = addressOf(facts);
    return wantsTls(facts.failure)
      ? `The client spoke TLS to ${name}, and plain http came back. Either the port is the one without TLS, or the registry has none and the client was not told so.`
      : `The client spoke plain http to ${name}, and that port expects TLS. The client was told that the registry is insecure, or the port belongs to https.`;
  },
  tell: (facts) => {
    const { authority } = addressOf(facts);
    return wantsTls(facts.failure)
      ? `curl -sSI http://${authority}/v2/ is answered, and the same with https:// fails in the handshake`
      : `curl -sSI https://${authority}/v2/ answers 401, and the same with http:// answers 400`;
  },
  signals: [
    // Lines of events and tables are cut: nobody else begins sentences so.
    { says: 'server gave HTTP res' },
    { says: 'first record does not look like' },
    { says: 'sent an HTTP request to an HTTPS server' },
    { says: 'plain HTTP request was sent to HTTPS port' },
    { matches: String.raw`malformed HTTP response "\\+x15\\+x03`, token: 'malformed http response' },
    { says: 'wrong version number' },
    { says: 'WRONG_VERSION_NUMBER' },
    { says: 'tls: oversized record received' },
    // .NET
    { says: 'cannot determine the frame size' },
    { matches: String.raw`Un(?:recognized|supported or unrecognized) SSL message`, token: 'recognized ssl message' },
    { says: 'because only secure connections are allowed', own: true },
    { says: 'RegistryCredentialsNotSentException', own: true },
    {
      matches: String.raw`credentials for \S+ were not sent because the connection was over HTTP`,
      token: 'were not sent because',
      own: true,
    },
    { says: 'please add `--insecure-registry', own: true },
    { says: 'please add --insecure-registry', own: true },
  ],
  fit(facts, { text }) {
    const other = elsewhere(facts);
    if (other !== undefined) return other;
    const { name } = addressOf(facts);
    if (/\b(?:patch|put)\b[^"]{0,20}"?https?:\/\/\S*\/blobs\/uploads\//i.test(text))
      return excluded('the upload began well and went on with another scheme');
    if (/plain HTTP request/.test(text) && (facts.operation === 'push' || /writing blob|uploading/.test(text)))
      return excluded('a push begins with https; it was the upload that went on with http');
    if (/EOF.*insecure-registry/.test(text))
      return conceivable('Docker says of every ping that fails that TLS may be the trouble');
    if (/x509|connection refused|timeout|no such host|EOF|Client\.Timeout/.test(text))
      return excluded('the line names another reason');
    if (/only secure connections/.test(text))
      return facts.near.some((line) => /PKIX|doesn't match any|No subject alternative/.test(line))
        ? excluded('Java says what it has against the certificate')
        : possible('Jib does not say whether the issuer, the name or the protocol was wrong');
    // The server's own log.
    if (/TLS handshake error from/.test(text))
      return [text, ...facts.near].some((line) => /registry|\/v2\//.test(line))
        ? likely('a client spoke plain http where TLS was expected')
        : excluded('the server is not named as a registry');
    if (/insecure-registry/.test(text) && !/TLS handshake|to HTTPS client|oversized record/.test(text))
      return possible('Docker does not say whether TLS or the authority was the trouble');
    return likely(
      wantsTls(text)
        ? `${name} answers plain http where TLS was spoken`
        : `${name} expects TLS and was spoken to in plain http`,
    );
  },
  fix(facts) {
    const { authority, host } = addressOf(facts);
    if (!wantsTls(facts.failure))
      return [
        `curl -sv https://${authority}/v2/ -o /dev/null   # 401 or 200: the port speaks TLS`,
        `# Then take ${authority} out of "insecure-registries" in /etc/docker/daemon.json, and every --plain-http, --insecure and http:// out of the commands`,
      ];
    return [
      `curl -sv http://${authority}/v2/ -o /dev/null   # 401 or 200: the port speaks plain http`,
      `# Best: end TLS in front of it. On the GitLab host, in /etc/gitlab/gitlab.rb: registry_external_url 'https://${host}', then gitlab-ctl reconfigure; use the port of that URL in image names`,
      ...insecure(facts, authority),
    ];
  },
  references: [
    'https://docs.docker.com/reference/cli/dockerd/#insecure-registries',
    'https://docs.gitlab.com/administration/packages/container_registry/',
    'https://distribution.github.io/distribution/about/insecure/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['server gave HTTP response'],
      log: `$ docker login -u ci --password-stdin registry.example.com:5000
Error response from daemon: Get "https://registry.example.com:5000/v2/": http: server gave HTTP response to HTTPS client`,
    },
    {
      is: 'likely',
      under: ['server gave HTTP response', '10.0.4.7:5000'],
      log: `#15 pushing layers
#15 pushing layers 0.1s done
#15 ERROR: failed to push 10.0.4.7:5000/shop/api:1: failed to do request: Head "https://10.0.4.7:5000/v2/shop/api/blobs/sha256:1234567890ab": http: server gave HTTP response to HTTPS client
ERROR: failed to solve: failed to push 10.0.4.7:5000/shop/api:1: failed to do request: Head "https://10.0.4.7:5000/v2/shop/api/blobs/sha256:1234567890ab": http: server gave HTTP response to HTTPS client`,
    },
    {
      is: 'likely',
      under: ['first record does not look like'],
      log: 'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com:80/shop/api:1": creating push check transport for registry.example.com:80 failed: Get "https://registry.example.com:80/v2/": tls: first record does not look like a TLS handshake',
    },
    {
      is: 'likely',
      under: ['to an HTTPS server'],
      log: `+ helm push api-0.1.0.tgz oci://registry.example.com/shop --plain-http
Error: failed to perform "Push" on destination: HEAD "http://registry.example.com/v2/shop/api/manifests/0.1.0": response status code 400: Bad Request: Client sent an HTTP request to an HTTPS server.`,
    },
    {
      is: 'likely',
      under: ['ErrImagePull'],
      log: `NAME    READY   STATUS         RESTARTS   AGE
Normal   BackOff  2m  kubelet  Back-off pulling image
Warning  Failed   2m  kubelet  Error: ErrImagePull: failed to pull and unpack image "reg.example.org:5000/a/b:1": failed to resolve reference "reg.example.org:5000/a/b:1": failed to do request: Head "https://reg.example.org:5000/v2/a/b/manifests/1": http: server gave HTTP response to HTTPS client`,
    },
    {
      is: 'likely',
      under: ['were not sent because the connection was over HTTP'],
      log: 'Caused by: com.google.cloud.tools.jib.registry.RegistryCredentialsNotSentException: Required credentials for registry.example.com:5000/shop/api were not sent because the connection was over HTTP',
    },
  ],
  lookalikes: [
    {
      instead: 'daemon-unreachable',
      log: '$ docker info\nError response from daemon: Client sent an HTTP request to an HTTPS server.\nERROR: Job failed: exit code 1',
    },
    {
      instead: 'client-proxy',
      log: '$ docker pull alpine:3\nError response from daemon: Get "https://registry-1.docker.io/v2/": proxyconnect tcp: tls: first record does not look like a TLS handshake',
    },
    {
      instead: 'wrong-forwarded-headers',
      log: `$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
error parsing HTTP 400 response body: invalid character '<' looking for beginning of value: "<html>\\r\\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>"`,
    },
  ],
} as const satisfies Cause;

/** Was it the client that spoke TLS? */
/** Did the client speak TLS, and get plain http? Else it was the other way round. */
export function wantsTls(text: string): boolean {
  return !/to an HTTPS server|plain HTTP request|malformed HTTP response/i.test(text);
}

function insecure({ client }: Facts, authority: string): string[] {
  switch (client?.name) {
    case 'kaniko':
      return ['/kaniko/executor --insecure --insecure-pull …'];
    case 'crane':
      return ['crane --insecure …'];
    case 'skopeo':
      return ['skopeo copy --src-tls-verify=false --dest-tls-verify=false …'];
    case 'podman':
    case 'buildah':
      return [`${client.name} push --tls-verify=false …`];
    case 'helm':
    case 'oras':
      return [`${client.name} push --plain-http …`];
    case 'buildx':
    case 'buildkit':
      return [
        `printf '[registry."${authority}"]\\n  http = true\\n' > buildkitd.toml`,
        'docker buildx create --use --buildkitd-config buildkitd.toml',
      ];
    case 'kubelet':
    case 'containerd':
    case 'nerdctl':
      return [
        `printf 'server = "http://${authority}"\\n[host."http://${authority}"]\\n' > /etc/containerd/certs.d/${authority}/hosts.toml`,
      ];
    default:
      return [
        `# Only in a closed network: {"insecure-registries": ["${authority}"]} in /etc/docker/daemon.json, then systemctl restart docker`,
        `# docker:dind as a service: command: ["--insecure-registry=${authority}"]`,
      ];
  }
}
