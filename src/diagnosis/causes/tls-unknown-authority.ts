import { type Cause, excluded, likely, possible } from '../cause.js';
import { addressOf, atRealm, elsewhere, JIB, peerOf } from '../connection.js';
import type { Facts } from '../facts.js';

/**
 * The client does not trust the issuer of the certificate: a private CA, a self-signed certificate, or a chain that
 * the server sends without its intermediate.
 *
 * Source: Go's crypto/x509 (UnknownAuthorityError), OpenSSL's, Java's and Node's words for the same.
 */
export const tlsUnknownAuthority = {
  id: 'tls-unknown-authority',
  group: 'tls',
  title: 'The registry’s certificate comes from an authority that the client does not trust',
  explain: (facts) =>
    `The certificate that ${addressOf(facts).name} shows was issued by an authority the client (or its daemon) does not know, as with a private CA or a self-signed certificate. Either give the client that CA, or let the server send its full chain.`,
  tell: (facts) => {
    const { host, port } = addressOf(facts);
    return `openssl s_client -connect ${host}:${port} -servername ${host} </dev/null | grep 'Verify return' prints 18, 19, 20 or 21`;
  },
  signals: [
    // Cut off, too: nobody else begins a sentence so.
    { says: 'x509: certificate signed by' },
    { says: 'signed by unknown authority' },
    { matches: String.raw`x509: .{0,200}certificate is not trusted`, token: 'certificate is not trusted' },
    // Apple's verifier, of the issuer's doing too.
    { says: 'certificate is not standards compliant' },
    { says: 'x509: certificate is not authorized to sign' },
    { says: 'x509: invalid signature: parent certificate cannot sign' },
    { matches: String.raw`self[- ]signed certificate`, token: 'signed certificate' },
    { says: 'certificate has unknown issuer' },
    { says: 'unknown certificate authority' },
    {
      matches: 'remote error: (?:tls: )?(?:bad certificate|certificate required|unknown certificate)',
      token: 'remote error: ',
    },
    { says: 'unable to get local issuer certificate' },
    { says: 'unable to verify the first certificate' },
    { matches: 'DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN', token: 'self_signed_cert' },
    { matches: 'UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)', token: 'unable_to_' },
    { says: 'certificate verify failed' },
    { says: 'CERTIFICATE_VERIFY_FAILED' },
    // Java, Rust, GnuTLS, Windows and .NET
    { says: 'unable to find valid certification path to requested target' },
    { says: 'PKIX path building failed' },
    { says: 'SunCertPathBuilderException' },
    { says: 'peer not authenticated' },
    { matches: 'invalid peer certificate: ?(?:UnknownIssuer|BadSignature)', token: 'invalid peer certificate' },
    { says: 'certificate issuer is unknown' },
    { says: 'issued by an authority that is not trusted' },
    { matches: 'SEC_E_UNTRUSTED_ROOT|CERT_TRUST_IS_UNTRUSTED_ROOT|UntrustedRoot', token: 'untrusted' },
    { says: 'remote certificate is invalid' },
    { matches: `${JIB}.*PKIX path building failed`, token: 'jib', own: true },
    // The server's own log, of a client that broke off.
    {
      matches: String.raw`TLS handshake error from \S+ remote error: tls: (?:bad certificate|unknown certificate)`,
      token: 'tls handshake error from',
      own: true,
    },
    {
      matches: String.raw`CA certificates (?:must|should) use the extension`,
      token: 'ca certificates ',
      own: true,
    },
    { says: 'because only secure connections are allowed', own: true },
  ],
  fit(facts, { text }) {
    const other = elsewhere(facts);
    if (other !== undefined) return other;
    if (peerOf(facts) === 'storage') return excluded('it is the object store behind the registry');
    if (/expired|not yet valid/.test(text)) return excluded('the certificate is out of its time');
    if (/only secure connections are allowed/.test(text)) {
      if (facts.near.some((line) => /doesn't match any|No subject alternative/.test(line)))
        return excluded('the certificate is for another name');
      if (facts.near.some((line) => /PKIX path building failed/.test(line)))
        return likely('Java does not trust the issuer of the certificate');
      return possible('Jib does not say whether the issuer, the name or the protocol was wrong');
    }
    if (/handshake error from/.test(text))
      return [text, ...facts.near].some((line) => /registry|\/v2\//.test(line))
        ? possible('a client broke off the handshake, as they do with an authority that they do not know')
        : excluded('the server is not named as a registry');
    const realm = atRealm(facts);
    if (realm !== undefined) return realm;
    const { name } = addressOf(facts);
    const said = [text, ...facts.near].join('\n');
    if (/remote error/.test(text))
      return possible(`${name} did not take the certificate of the client, or the client sent none`);
    // OpenSSL's headline of all that can be wrong with a certificate; the reason stands behind it, or beside it.
    if (/certificate verify failed|VERIFY_FAILED|remote certificate is invalid|peer not authenticated/i.test(text)) {
      if (/[Hh]ost ?name mismatch|doesn.t match|NameMismatch|IP address mismatch/.test(said))
        return excluded('the certificate is for another name');
      if (/has expired|validity check|NotTimeValid/.test(said)) return excluded('the certificate is out of its time');
      if (!/self[- ]signed|issuer|untrusted|unknown|PKIX|not trusted|partial ?chain/i.test(said))
        return possible(`the certificate of ${name} was not accepted, most often for its issuer`);
    }
    return likely(`the client does not trust the issuer of ${name}’s certificate`);
  },
  fix(facts) {
    const { host, port, authority } = addressOf(facts);
    return [
      `openssl s_client -connect ${host}:${port} -servername ${host} -showcerts </dev/null   # who issued it, and does the chain hold the intermediate?`,
      ...trust(facts, authority),
      `# The server sends no intermediate? On the GitLab host put certificate and intermediates into one file: cat ${host}.crt INTERMEDIATE.crt > /etc/gitlab/ssl/${host}.crt && gitlab-ctl hup nginx`,
    ];
  },
  references: [
    'https://docs.docker.com/engine/security/certificates/',
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
    'https://docs.gitlab.com/omnibus/settings/ssl/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['registry.example.com/v2/', 'unknown authority'],
      log: `Running with gitlab-runner 16.11.0 (91a27b2a)
Getting source from Git repository
Initialized empty Git repository in /builds/shop/api/.git/
$ echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin $CI_REGISTRY
Error response from daemon: Get "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority
Cleaning up project directory and file based variables
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['failed to do request', 'unknown authority'],
      log: `#8 ERROR: failed to push registry.example.com:5050/shop/api:1: failed to do request: Head "https://registry.example.com:5050/v2/shop/api/blobs/sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": tls: failed to verify certificate: x509: certificate signed by unknown authority
------
 > pushing registry.example.com:5050/shop/api:1 with docker:
------
ERROR: failed to solve: failed to push registry.example.com:5050/shop/api:1`,
    },
    {
      is: 'likely',
      under: ['self-signed certificate'],
      log: `[2024-05-02T09:11:05.201Z] + skopeo inspect docker://10.20.0.4:5000/shop/api:1
[2024-05-02T09:11:05.944Z] time="2024-05-02T09:11:05Z" level=fatal msg="Error parsing image name \\"docker://10.20.0.4:5000/shop/api:1\\": pinging container registry 10.20.0.4:5000: Get \\"https://10.20.0.4:5000/v2/\\": SSL: self-signed certificate"
Finished: FAILURE`,
    },
    {
      is: 'likely',
      under: ['unknown authority', 'Failed to pull image'],
      log: `  Warning  Failed     12s (x2 over 27s)  kubelet  Failed to pull image "registry.example.org/shop/api:7": failed to pull and unpack image "registry.example.org/shop/api:7": failed to resolve reference "registry.example.org/shop/api:7": failed to do request: Head "https://registry.example.org/v2/shop/api/manifests/7": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    },
    {
      is: 'likely',
      under: ['PKIX path building failed'],
      log: `[INFO] Using base image with digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
[ERROR] Failed to execute goal com.google.cloud.tools:jib-maven-plugin:3.4.0:build (default-cli) on project api: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target -> [Help 1]`,
    },
    {
      is: 'likely',
      under: ['unknown authority'],
      log: 'ERROR: failed to solve: failed to push registry.example.com/shop/api:1: failed to authorize: failed to fetch anonymous token: Get "https://registry.example.com/v2/token?scope=repository%3Ashop%2Fapi%3Apull%2Cpush&service=registry": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    },
    {
      is: 'possible',
      under: ['peer not authenticated'],
      log: `It happens when we try to push a Docker image to our Nexus
Caused by: javax.net.ssl.SSLPeerUnverifiedException: peer not authenticated
    at sun.security.ssl.SSLSessionImpl.getPeerCertificates (SSLSessionImpl.java:440)`,
    },
    {
      is: 'likely',
      under: ['PartialChain'],
      log: `error CONTAINER1013: Failed to push to the output registry: The SSL connection could not be established. The remote certificate is invalid because of errors in the certificate chain: PartialChain`,
    },
  ],
  lookalikes: [
    {
      instead: 'tls-expired',
      log: '$ docker pull registry.example.com/shop/api:1\nError response from daemon: Get "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2024-05-02T08:00:00Z is after 2024-05-01T00:00:00Z',
    },
    {
      instead: 'tls-name-mismatch',
      log: '$ docker login registry.example.com\nError response from daemon: Get "https://registry.example.com/v2/": x509: certificate is valid for gitlab.example.com, not registry.example.com',
    },
    {
      instead: 'client-proxy',
      log: '$ docker pull alpine:3\nError response from daemon: Get "https://registry-1.docker.io/v2/": proxyconnect tcp: x509: certificate signed by unknown authority',
    },
    {
      instead: 'not-registry',
      log: '$ npm ci\nnpm ERR! code SELF_SIGNED_CERT_IN_CHAIN\nnpm ERR! request to https://registry.npmjs.org/left-pad failed, reason: self-signed certificate in certificate chain',
    },
  ],
} as const satisfies Cause;

function trust({ client }: Facts, authority: string): string[] {
  switch (client?.name) {
    case 'kaniko':
      return [`/kaniko/executor --registry-certificate ${authority}=/kaniko/ssl/certs/CA.crt …`];
    case 'buildx':
    case 'buildkit':
      return [
        `printf '[registry."${authority}"]\\n  ca=["/etc/ssl/registry/CA.crt"]\\n' > buildkitd.toml`,
        'docker buildx create --use --buildkitd-config buildkitd.toml',
      ];
    case 'podman':
    case 'buildah':
    case 'skopeo':
    case 'containers/image':
      return [`install -D -m 644 CA.crt /etc/containers/certs.d/${authority}/ca.crt`];
    case 'kubelet':
    case 'containerd':
    case 'nerdctl':
      return [
        `install -D -m 644 CA.crt /etc/containerd/certs.d/${authority}/ca.crt   # on every node; config_path = "/etc/containerd/certs.d" in config.toml`,
        `printf 'server = "https://${authority}"\\n[host."https://${authority}"]\\n  ca = "ca.crt"\\n' > /etc/containerd/certs.d/${authority}/hosts.toml`,
      ];
    case 'helm':
    case 'oras':
      return [`${client.name} login --ca-file CA.crt ${authority}`.replace('helm login', 'helm registry login')];
    case 'crane':
    case 'ko':
      return [`SSL_CERT_FILE=CA.crt ${client.name} …`];
    default:
      return [
        `install -D -m 644 CA.crt /etc/docker/certs.d/${authority}/ca.crt   # where the daemon runs: inside the dind service, if there is one`,
      ];
  }
}
