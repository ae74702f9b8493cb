import { type Cause, excluded, likely, possible } from '../cause.js';
import { peerOf } from '../connection.js';
import type { Facts } from '../facts.js';

/** Faults on the way to the token endpoint, or an answer that no token endpoint gives. */
const TROUBLE =
  /connection refused|no such host|i\/o timeout|timed? ?out|deadline exceeded|awaiting headers|no route to host|network is unreachable|x509|tls:|handshake|certificate|gave HTTP response to HTTPS client|\bEOF\b|reset by peer|broken pipe|invalid character '<'|unexpected end of JSON|\b404\b|not found|stopped after \d+ redirects|unsupported protocol scheme|no host in request|server misbehaving|connect: |did not include|cannot assign requested/i;

/** The registry itself: of a request to the token endpoint the URL names GitLab, not the registry. */
export function registryHost({ failure, registry, image, logins }: Facts): string | undefined {
  const realm = /https?:\/\/([^\s"'<>/?]+)\/jwt\/auth/.exec(failure)?.[1];
  if (realm === undefined || realm !== registry) return registry ?? image?.host;
  const named = /(?:registry|for|into|docker:\/\/) ?"?((?:[\w-]+\.)+[\w-]+(?::\d+)?)(?=[/":\s])/.exec(failure)?.[1];
  const login = logins.findLast(({ host }) => host !== undefined && !host.startsWith('$'))?.host;
  return image?.host ?? named ?? login?.replace(/\/.*$/, '');
}

/**
 * The registry sends clients to a token endpoint (realm) that is wrong or can't be reached.
 *
 * Source: distribution's token authentication (the realm of WWW-Authenticate); GitLab's is external_url + /jwt/auth.
 * Measured: a realm that leads to the sign-in page gives "unable to decode token response: invalid character '<'".
 */
export const authRealmUnreachable = {
  id: 'auth-realm-unreachable',
  group: 'authentication',
  title: 'The token endpoint cannot be reached',
  explain: (facts) => {
    const realm = /https?:\/\/[^\s"'<>?]*\/(?:jwt\/auth|token)\b/.exec(facts.failure)?.[0];
    return `${registryHost(facts) ?? 'The registry'} answered and told the client to fetch a token from ${realm ?? "GitLab's token endpoint"}, and that did not work. The address is wrong, or this client cannot reach it, or does not trust its certificate.`;
  },
  tell: (facts) => {
    const realm = /https?:\/\/[^\s"'<>?]*\/jwt\/auth/.exec(facts.failure)?.[0] ?? 'https://GITLAB/jwt/auth';
    return `curl -sSi '${realm}?service=container_registry' brings no JSON here, and https://${registryHost(facts) ?? 'REGISTRY'}/v2/ answers 401`;
  },
  signals: [
    {
      matches:
        '/jwt/auth.*(?:refused|no such host|time|deadline|no route|unreachable|x509|tls|certificate|http response|eof|reset|broken|invalid character|json|404|50[0-9]|redirects|misbehaving|protocol scheme|connect: )',
      token: '/jwt/auth',
      own: true,
    },
    { matches: String.raw`https?://\S+\?service=\S*:? `, token: '?service=', own: true },
    { matches: String.raw`https?://\S+&service=\S*:? `, token: '&service=', own: true },
    { matches: String.raw`https?://\S+&offline_token=\S`, token: '&offline_token=', own: true },
    // A realm without its scheme or host
    {
      matches: '(?:[?&](?:service|scope)=|token).*unsupported protocol scheme',
      token: 'unsupported protocol scheme',
      own: true,
    },
    { matches: '(?:[?&](?:service|scope)=|token).*no host in request', token: 'no host in request', own: true },
    { says: 'failed to fetch oauth token', own: true },
    { says: 'failed to fetch anonymous token', own: true },
    { says: 'unable to decode token response', own: true },
    { says: 'authorization server did not include a token in the response', own: true },
    {
      matches: 'requesting bearer token: .*(?:get "|404|50[0-9]|invalid character|eof|dial|tls|x509)',
      token: 'requesting bearer token',
      own: true,
    },
    { matches: 'bearer token.*invalid character', token: 'bearer token', own: true },
    {
      matches:
        'creating push check transport for .* failed: (?:get .*(?:dial|tls|x509|eof|timeout)|invalid character|unexpected end of json)',
      token: 'creating push check transport',
      own: true,
    },
    { matches: 'authenticating creds for .*(?:invalid character|eof)', token: 'authenticating creds', own: true },
    { matches: "docker://\\S+: invalid character '<'", token: "invalid character '<'", own: true },
    {
      matches: "error parsing http 404 response body: invalid character '<'",
      token: 'error parsing http 404',
      own: true,
    },
    { says: 'malformed auth challenge header', own: true },
    { says: 'invalid token auth challenge realm', own: true },
    { says: 'no token in bearer response', own: true },
    { says: 'token auth attempt for registry', own: true },
  ],
  fit(facts, { text }) {
    const { failure } = facts;
    const registry = registryHost(facts) ?? 'the registry';
    const hub = /auth\.docker\.io|ghcr\.io|quay\.io|amazonaws|gcr\.io|azurecr|docker\.com/.test(failure);
    const name = /https?:\/\/([^\s"'<>/?]+)\/(?:jwt\/auth|[^\s"]*token)/.exec(text)?.[1] ?? 'the token endpoint';
    if (
      /token auth attempt for registry|malformed auth challenge|no token in bearer|did not include a token/i.test(text)
    )
      return possible(`${name} gave no token`);
    if (
      /"?https?:\/\/[^"\s]*\/v2\/"?: (?:dial|x509|tls|http|net|EOF|context|remote|read)/.test(text) &&
      !text.includes('/jwt/auth')
    )
      return excluded('it was the registry itself that did not answer');
    if (/unsupported protocol scheme|no host in request|invalid token auth challenge realm/i.test(text))
      return likely(`${registry} names a token endpoint that is no whole address`);
    const peer = peerOf(facts);
    if (/[?&](?:service|offline_token)=/.test(text) && !text.includes('/jwt/auth')) {
      if (peer !== 'realm') return excluded('the registry gives out tokens itself');
      if (!TROUBLE.test(text)) return excluded('the line tells no trouble with the token endpoint');
    }
    if (peer === 'registry' && /x509|tls: |certificate/i.test(text) && !hub)
      return excluded('the registry itself has that certificate');
    // The certificate, or the scheme, decides the cure too; that the realm was asked is not all.
    if (/x509|tls: |certificate|gave HTTP response/i.test(text) && peer === 'realm')
      return possible(`${name} is spoken to in a way that it, or the client, refuses`);
    if (peer === 'proxy') return excluded('the proxy of the client did not answer');
    if (/not enabled|unavailable:/i.test(text)) return excluded(`${name} answered that the registry is off`);
    if (/404 response body/i.test(text) && !/\/v2\/": /.test(text))
      return registry.startsWith('gitlab.')
        ? excluded(`${registry} is the host of GitLab itself`)
        : possible('a web page came in place of an answer, perhaps from the token endpoint');
    if (/docker:\/\/\S+: invalid character/i.test(text)) return possible('a web page came in place of an answer');
    if (
      /\b404\b/.test(text) &&
      (text.includes('/jwt/auth') || /bearer token/i.test(text)) &&
      name !== registry &&
      !/invalid character|<html/i.test(text)
    )
      return possible(`${name} answered 404: the path is wrong, or it does not know the registry`);
    if (
      /\b(?:401|403)\b|unauthorized|forbidden|access denied|denied:/i.test(text) &&
      !/x509|dial tcp|invalid character/i.test(text)
    )
      return excluded(`${name} answered, and refused the credentials`);
    if (/\b429\b|too ?many ?requests/i.test(text))
      return excluded(`${name} answered that there were too many requests`);
    if (/context canceled|insufficient_scope/i.test(text) && !TROUBLE.test(text))
      return excluded('the request was given up');
    if (hub) return possible(`the client could not fetch a token from ${name}`);
    if (/\b50[0-9]\b/.test(text)) return possible(`${name} answered with an error of its own`);
    if (TROUBLE.test(text)) return likely(`${registry} sends clients to ${name} for a token, and that failed`);
    return possible(`no token could be fetched from ${name}`);
  },
  fix(facts) {
    const realm = /https?:\/\/[^\s"'<>?]*\/jwt\/auth/.exec(facts.failure)?.[0];
    const host = registryHost(facts) ?? 'REGISTRY';
    return [
      `curl -sI https://${host}/v2/ | grep -i www-authenticate (the realm must be GitLab's public URL + /jwt/auth)`,
      `From the client that fails: curl -v '${realm ?? 'https://GITLAB/jwt/auth'}?service=container_registry'`,
      "gitlab.rb: external_url 'https://GITLAB' (the realm follows it), or registry['token_realm'] = 'https://GITLAB'",
      'gitlab-ctl reconfigure && gitlab-ctl restart registry',
    ];
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/',
    'https://distribution.github.io/distribution/about/configuration/#token',
  ],
  examples: [
    {
      is: 'likely',
      under: ['invalid token auth challenge realm'],
      log: `$ docker login registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": invalid token auth challenge realm: parse "https://auth.example.com:PORT/token": invalid port ":PORT" after host`,
    },
    {
      is: 'likely',
      under: ['/jwt/auth', 'connection refused'],
      log: `$ docker login -u "$CI_REGISTRY_USER" --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": Get "http://localhost/jwt/auth?account=gitlab-ci-token&client_id=docker&offline_token=true&service=container_registry": dial tcp 127.0.0.1:80: connect: connection refused`,
    },
    {
      is: 'likely',
      under: ['invalid character'],
      log: `$ docker login registry.example.com
Username: bob
Password:
Error response from daemon: Get "https://registry.example.com/v2/": unable to decode token response: invalid character '<' looking for beginning of value`,
    },
    {
      is: 'likely',
      under: ['fetch anonymous token'],
      log: `#3 [internal] load metadata for registry.example.com/shop/base:2
#3 ERROR: failed to do request: failed to authorize: failed to fetch anonymous token: Get "https://gitlab.internal.example.com/jwt/auth?scope=repository%3Ashop%2Fbase%3Apull&service=container_registry": dial tcp: lookup gitlab.internal.example.com on 10.0.0.2:53: no such host`,
    },
    {
      is: 'likely',
      under: ['jwt/auth', 'i/o timeout'],
      log: `time="2025-01-15T12:00:31Z" level=fatal msg="Error parsing image name \\"docker://registry.example.com/shop/api:1\\": Requesting bearer token: Get \\"https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apull&service=container_registry\\": dial tcp 192.0.2.10:443: i/o timeout"`,
    },
    {
      is: 'likely',
      under: ['unsupported protocol scheme'],
      log: `FATA[0002] trying to reuse blob sha256:762908e901a6 at destination: Get "auth.example.com/token?scope=repository%3Ashop%2Fapi%3Apull%2Cpush&service=registry.example.com": unsupported protocol scheme ""`,
    },
    {
      is: 'likely',
      under: ['localhost:8080/api/auth'],
      log: 'Error response from daemon: Get "https://registry.example.com/v2/": Get "http://localhost:8080/api/auth?account=ann&client_id=docker&offline_token=true&service=registry": dial tcp 127.0.0.1:8080: connect: connection refused',
    },
  ],
  lookalikes: [
    {
      instead: 'credentials-rejected',
      log: `#4 ERROR: failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://gitlab.example.com/jwt/auth: 401 Unauthorized`,
    },
    {
      instead: 'connection-refused',
      log: `$ docker login -u bob --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": dial tcp 192.0.2.7:443: connect: connection refused`,
    },
  ],
} as const satisfies Cause;
