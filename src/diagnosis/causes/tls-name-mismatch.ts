import { type Cause, excluded, likely, possible } from '../cause.js';
import { addressOf, atRealm, elsewhere, JIB, peerOf } from '../connection.js';

/**
 * The certificate does not cover the host that the client asked for, or has no subject alternative name at all.
 *
 * Source: Go's crypto/x509 (HostnameError; since Go 1.15 the common name no longer counts), OpenSSL, Java, Node.
 */
export const tlsNameMismatch = {
  id: 'tls-name-mismatch',
  group: 'tls',
  title: 'The certificate is for another host name',
  explain: (facts) =>
    `The server at ${addressOf(facts).name} shows a certificate whose subject alternative names do not hold that name. Either the name in the image is not the registry’s, or the certificate has to be issued for it (a proxy or ingress may be showing its default one).`,
  tell: (facts) => {
    const { host, port } = addressOf(facts);
    return `openssl s_client -connect ${host}:${port} </dev/null | openssl x509 -noout -ext subjectAltName prints names without ${host}`;
  },
  signals: [
    {
      matches: String.raw`certificate is valid for (?P<names>.{1,300}), not (?P<host>[^\s"]+)`,
      token: 'certificate is valid for',
    },
    { says: 'certificate is not valid for any names' },
    { says: 'certificate relies on legacy Common Name field' },
    {
      matches: String.raw`cannot validate certificate for +(?P<host>\S+) +because it doesn.t contain any IP SANs`,
      token: 'cannot validate certificate',
    },
    { says: 'certificate name does not match input' },
    { says: 'no alternative certificate subject name matches' },
    { matches: String.raw`certificate subject name .{0,200} does not match`, token: 'certificate subject name' },
    { says: 'SSLPeerUnverifiedException' },
    { says: 'because only secure connections are allowed', own: true },
    { matches: String.raw`No subject alternative (?:DNS |IP |names?)`, token: 'subject alternative' },
    { matches: String.raw`No name matching \S+ found`, token: 'no name matching' },
    { matches: String.raw`Certificate for <(?P<host>[^>]+)> doesn.t match`, token: 'certificate for <' },
    {
      matches: String.raw`(?:Hostname|IP address) mismatch, certificate is not valid for`,
      token: 'mismatch, certificate',
    },
    { matches: String.raw`hostname '(?P<host>[^']+)' doesn.t match`, token: "hostname '" },
    {
      matches: String.raw`hostname in certificate didn.t match: <(?P<host>[^>]+)> != `,
      token: 'hostname in certificate',
    },
    { matches: String.raw`doesn.t match any of the subject alternative`, token: 'of the subject alternative' },
    { matches: String.raw`Hostname \S+ (?:was )?not verified`, token: 'not verified' },
    { matches: String.raw`does not match (?:the )?certificate subject`, token: 'certificate subject' },
    { matches: String.raw`certificate common name .{1,200} doesn.t match`, token: 'certificate common name' },
    // Rust, Windows and .NET
    { matches: 'invalid peer certificate: ?(?:Cert)?NotValidForName', token: 'invalid peer certificate' },
    { says: 'SEC_E_WRONG_PRINCIPAL' },
    { says: 'RemoteCertificateNameMismatch' },
    { says: "does not match certificate's altnames" },
    { says: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    { matches: 'tls: unrecognized name|unrecognized_name', token: 'unrecognized' },
    { matches: `${JIB}.*(?:No subject alternative|doesn't match any of the subject)`, token: 'jib', own: true },
    { matches: 'remote error: tls: (?:handshake failure|internal error)', token: 'remote error: tls:' },
  ],
  fit(facts, { groups, text }) {
    const other = elsewhere(facts);
    if (other !== undefined) return other;
    if (peerOf(facts) === 'storage') return excluded('it is the object store behind the registry');
    if (/only secure connections are allowed/.test(text))
      return facts.near.some((line) => /doesn't match any|No subject alternative/.test(line))
        ? likely('Jib refuses the server, and the certificate does not name it')
        : excluded('Jib does not say that it was the name');
    if (/peer not authenticated/.test(text)) return excluded('the line does not say that it was the name');
    const realm = atRealm(facts);
    if (realm !== undefined) return realm;
    const { name } = addressOf(facts);
    if (/tls: (?:handshake failure|internal error)/.test(text))
      return possible(`${name} broke off the handshake, as servers do that have no certificate for the name`);
    if (/unrecognized/.test(text)) return likely(`${name} says that it has no certificate for this name`);
    if (groups.names !== undefined)
      return likely(`the certificate is for ${groups.names.trim()}, not for ${groups.host}`);
    return likely(`the certificate does not name ${groups.host ?? name}`);
  },
  fix(facts) {
    const { host, port } = addressOf(facts);
    return [
      `openssl s_client -connect ${host}:${port} -servername ${host} </dev/null | openssl x509 -noout -subject -ext subjectAltName`,
      `# Is the name in the image right? On the GitLab host: grep registry_external_url /etc/gitlab/gitlab.rb`,
      `# It is: issue a certificate with the subject alternative name ${/^[0-9.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`}, then in /etc/gitlab/gitlab.rb`,
      `registry_nginx['ssl_certificate'] = "/etc/gitlab/ssl/${host}.crt"`,
      `registry_nginx['ssl_certificate_key'] = "/etc/gitlab/ssl/${host}.key"`,
      'gitlab-ctl reconfigure',
    ];
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/',
    'https://docs.gitlab.com/omnibus/settings/ssl/ssl_troubleshooting/',
    'https://go.dev/doc/go1.15#commonname',
  ],
  examples: [
    {
      is: 'likely',
      under: ['www.example.com, not registry.example.com'],
      log: '$ docker login -u deploy --password-stdin registry.example.com\nError response from daemon: Get "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate is valid for gitlab.example.com, www.example.com, not registry.example.com',
    },
    {
      is: 'likely',
      under: ['IP SANs'],
      log: `2024-03-01T10:00:00.0000000Z ##[group]Run docker/build-push-action@v5
2024-03-01T10:00:41.0000000Z #12 ERROR: failed to push 192.0.2.10:5050/shop/api:1: failed to do request: Head "https://192.0.2.10:5050/v2/shop/api/blobs/sha256:aa": tls: failed to verify certificate: x509: cannot validate certificate for 192.0.2.10 because it doesn't contain any IP SANs
2024-03-01T10:00:42.0000000Z ##[error]buildx failed with: ERROR: failed to solve: failed to push 192.0.2.10:5050/shop/api:1`,
    },
    {
      is: 'likely',
      under: ['legacy Common Name'],
      log: `+ podman push registry.example.org/shop/api:1
Getting image source signatures
Error: trying to reuse blob sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef at destination: pinging container registry registry.example.org: Get "https://registry.example.org/v2/": x509: certificate relies on legacy Common Name field, use SANs instead`,
    },
    {
      is: 'likely',
      under: ['ingress.local'],
      log: 'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com/shop/api:1": creating push check transport for registry.example.com failed: Get "https://registry.example.com/v2/": x509: certificate is valid for ingress.local, not registry.example.com',
    },
    {
      is: 'likely',
      under: ["doesn't match any"],
      log: "[ERROR] Failed to execute goal com.google.cloud.tools:jib-maven-plugin:3.3.1:build (default-cli) on project api: Certificate for <registry.example.com> doesn't match any of the subject alternative names: [gitlab.example.com] -> [Help 1]",
    },
    {
      is: 'possible',
      under: ['handshake failure'],
      log: 'FATA[0001] failed to resolve reference "registry.example.com/shop/api:1": failed to do request: Head "https://registry.example.com/v2/shop/api/manifests/1": remote error: tls: handshake failure',
    },
    {
      is: 'likely',
      under: ['hostname in certificate'],
      log: `Caused by: javax.net.ssl.SSLException: hostname in certificate didn't match: <registry.example.com> != <example.com> OR <www.example.com>`,
    },
  ],
  lookalikes: [
    {
      instead: 'tls-unknown-authority',
      log: '$ podman login registry.example.com\nError: authenticating creds for "registry.example.com": pinging container registry registry.example.com: Get "https://registry.example.com/v2/": x509: certificate signed by unknown authority',
    },
    {
      instead: 'not-registry',
      log: '$ kubectl apply -f deploy/manifest.yaml\nUnable to connect to the server: x509: certificate is valid for 10.96.0.1, 10.0.0.4, not 192.0.2.44',
    },
    {
      instead: 'not-registry',
      log: `$ ./smoke.sh https://shop.example.com/health
javax.net.ssl.SSLException: hostname in certificate didn't match: <shop.example.com> != <ingress.local>`,
    },
  ],
} as const satisfies Cause;
