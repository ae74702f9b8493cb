import { type Cause, excluded, likely } from '../cause.js';
import { addressOf, elsewhere, forTheHost, JIB, peerOf } from '../connection.js';

/**
 * A certificate of the chain is expired, or not valid yet by the client's clock.
 *
 * Source: Go's crypto/x509 (CertificateInvalidError), which names both times since Go 1.14; OpenSSL, Java, Node.
 */
export const tlsExpired = {
  id: 'tls-expired',
  group: 'tls',
  title: 'A certificate has expired or is not valid yet',
  explain: (facts) => {
    const { name } = addressOf(facts);
    return early(facts.failure)
      ? `By the client’s clock the certificate of ${name} is not valid yet. The clock of the machine that runs the client is behind, or the certificate was issued for later.`
      : `The certificate of ${name}, or one above it in its chain, has run out. It has to be renewed on the server; nothing on the client needs to change, unless its clock is wrong.`;
  },
  tell: (facts) => {
    const { host, port } = addressOf(facts);
    return `openssl s_client -connect ${host}:${port} -servername ${host} </dev/null | grep 'Verify return' prints 10 (expired) or 9 (not yet valid)`;
  },
  signals: [
    { says: 'certificate has expired' },
    { says: 'certificate is expired' },
    { says: 'certificate is not yet valid' },
    { says: 'CERT_HAS_EXPIRED' },
    { says: 'tls: expired certificate' },
    { says: 'validity check failed' },
    // Rust, GnuTLS, Windows and .NET
    { matches: 'invalid peer certificate: ?(?:Cert)?(?:Expired|NotValidYet)', token: 'invalid peer certificate' },
    { says: 'certificate chain uses expired' },
    { says: 'certificate is not yet activated' },
    { says: 'SEC_E_CERT_EXPIRED' },
    { says: 'NotTimeValid' },
    { matches: 'CertificateExpiredException|CertificateNotYetValidException', token: 'java.security.cert.certificate' },
    { matches: `${JIB}.*(?:validity check failed|NotAfter: |NotBefore: )`, token: 'jib', own: true },
  ],
  fit(facts) {
    const other = elsewhere(facts);
    if (other !== undefined) return other;
    if (peerOf(facts) === 'storage') return excluded('it is the object store behind the registry');
    const { name } = addressOf(facts);
    const times = /current time (\S+) is (after|before) ([^\s"\\,)]+)/.exec(facts.failure);
    if (times === null) return likely(`the certificate of ${name} is out of its time`);
    const [, now, order, then] = times;
    return order === 'after'
      ? likely(`the certificate of ${name} ran out at ${then}`)
      : likely(`the certificate of ${name} is valid from ${then}, and the client’s clock says ${now}`);
  },
  fix(facts) {
    const { host, port } = addressOf(facts);
    return forTheHost(facts, [
      `openssl s_client -connect ${host}:${port} -servername ${host} </dev/null | openssl x509 -noout -subject -dates`,
      'date -u   # on the machine of the client and its daemon: is the clock right? If not: timedatectl set-ntp true',
      "# Let's Encrypt of the Omnibus package, on the GitLab host:",
      'gitlab-ctl renew-le-certs',
      `# A certificate of your own: put the renewed one at /etc/gitlab/ssl/${host}.crt (with its intermediates) and /etc/gitlab/ssl/${host}.key, then`,
      'gitlab-ctl hup nginx',
      '# A proxy or load balancer in front ends TLS? Renew it there.',
    ]);
  },
  references: [
    'https://docs.gitlab.com/omnibus/settings/ssl/',
    'https://docs.gitlab.com/omnibus/settings/ssl/ssl_troubleshooting/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['has expired or is not yet valid'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2024-06-01T07:10:11Z is after 2024-05-31T23:59:59Z
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['is before 2024'],
      log: 'Error: initializing source docker://registry.example.com/shop/api:1: pinging container registry registry.example.com: Get "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2019-01-01T00:02:11Z is before 2024-02-10T00:00:00Z',
    },
    {
      is: 'likely',
      under: ['has expired'],
      log: `##[group]Run docker push registry.example.com/shop/api:2
The push refers to repository [registry.example.com/shop/api]
Get https://registry.example.com/v2/: x509: certificate has expired or is not yet valid
##[error]Process completed with exit code 1.`,
    },
    {
      is: 'likely',
      under: ['failed to resolve reference', 'x509: certificate has e'],
      log: 'Mar 03 04:05:06 node-1 kubelet[812]: E0303 04:05:06.123456     812 remote_image.go:171] "PullImage from image service failed" err="rpc error: code = Unknown desc = failed to pull and unpack image \\"registry.example.com/shop/api:2\\": failed to resolve reference \\"registry.example.com/shop/api:2\\": failed to do request: Head \\"https://registry.example.com/v2/shop/api/manifests/2\\": x509: certificate has expired or is not yet valid: current time 2024-03-03T04:05:06Z is after 2024-03-01T00:00:00Z" image="registry.example.com/shop/api:2"',
    },
  ],
  lookalikes: [
    {
      instead: 'tls-name-mismatch',
      log: '$ docker pull registry.example.com/a/b:1\nError response from daemon: Get "https://registry.example.com/v2/": x509: certificate is valid for old.example.com, not registry.example.com',
    },
    {
      instead: 'not-registry',
      log: "$ git fetch origin\nfatal: unable to access 'https://gitlab.example.com/shop/api.git/': SSL certificate problem: certificate has expired",
    },
  ],
} as const satisfies Cause;

function early(failure: string): boolean {
  return / is before |is not yet valid$|NotYetValid/.test(failure) && !/ is after /.test(failure);
}
