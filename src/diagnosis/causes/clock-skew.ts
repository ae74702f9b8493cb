import { type Cause, excluded, likely, possible } from '../cause.js';
import { hadBeenUploading, saysExpired, wasUploading } from './token-expired-mid-push.js';
import { isGitLabs } from './token-key-mismatch.js';

/** What the registry's log, a JWT library says of a clock. */
const CLOCK =
  /not to be used (?:before|after)|not valid yet|used before issued|issued in the future|before nbf|clock|\(nbf\)|\(iat\)|\(exp\)|token is expired by|Signature (?:expired|not yet current)|TooSkewed|check your iat/i;

/**
 * The clocks of GitLab, the registry or the client differ: a fresh JWT is not valid yet, or over already.
 *
 * Clients see only a 401 to a token that GitLab just gave; the reason stands in the registry's log. The registry
 * forgives a minute.
 * Source: distribution's token verification (leeway 60 s); GitLab's troubleshooting page.
 */
export const clockSkew = {
  id: 'clock-skew',
  group: 'authentication',
  title: 'The clocks of GitLab, registry and client differ',
  explain: ({ registry = 'The registry' }) =>
    `${registry} looks at the time in GitLab's token with its own clock, and the two are more than a minute apart. So a token that was made a second ago counts as not valid yet, or as over already.`,
  tell: ({ registry, image }) =>
    `curl -sI https://GITLAB https://${registry ?? image?.host ?? 'REGISTRY'}/v2/ | grep -i '^date:' prints two times that are more than a minute apart`,
  signals: [
    { matches: 'token not to be used (?:before|after)', token: 'token not to be used', own: true },
    { says: 'token is not valid yet', own: true },
    { says: 'token not valid yet', own: true },
    { says: 'token used before issued', own: true },
    { says: 'token issued in the future', own: true },
    { matches: 'token is expired(?: by \\d| \\(exp\\))', token: 'token is expired', own: true },
    // Amazon, which gives out the passwords of ECR, and its helper
    { matches: 'getting credentials - err.*tooskewed', token: 'tooskewed', own: true },
    // Google's
    { matches: 'docker-helper.*check your iat and exp values', token: 'check your iat and exp', own: true },
    {
      matches: 'getauthorizationtoken.*(?:signature expired|signature not yet current|requesttimetooskewed)',
      token: 'getauthorizationtoken',
      own: true,
    },
    {
      matches: '(?:docker|registry|token|jwt).*clock skew|clock skew.*(?:docker|registry|token|jwt)',
      token: 'clock skew',
    },
    { matches: 'login attempt to .* failed with status: 401', token: 'login attempt to', own: true },
    { matches: 'error="?invalid_token', token: 'invalid_token' },
    { says: 'server message: invalid_token', own: true },
    { says: 'error authorizing context: invalid token', own: true },
    { says: 'unauthorized: authentication required', own: true },
    { matches: 'authenticating creds for .*(?:authentication required|401)', token: 'authenticating creds', own: true },
  ],
  fit(facts, { text, signal }) {
    const { near, logins, registry = 'the registry', command, operation, aside } = facts;
    if (signal < 10 && CLOCK.test(text)) {
      const about = [text, command?.text ?? '', ...near].join(' ');
      // The first are distribution's very own words.
      if (
        signal > 0 &&
        !/registry|docker|\/v2\/|error authorizing context|podman|skopeo|buildah|helm|oras|kaniko|harbor|bearer token|getting credentials|GetAuthorizationToken/i.test(
          about,
        )
      )
        return excluded('the token is not for a registry');
      if (saysExpired(text) && hadBeenUploading(facts)) return possible('it may also have run out during a long push');
      return likely('the log says that the token is not valid at this time');
    }
    const said = near.find((line) => /token not to be used (?:before|after)|token (?:is )?not valid yet/i.test(line));
    if (aside?.clock !== undefined || (said !== undefined && !(saysExpired(said) && hadBeenUploading(facts))))
      return likely('a line near it says that the token is not valid at this time');
    if (near.some((line) => /untrusted (?:key|issuer)|another audience/i.test(line)))
      return excluded("the registry's log names another reason");
    if (wasUploading(facts)) return excluded('the token was good for the first layers');
    if (/authentication required/i.test(text)) {
      if (!isGitLabs(facts)) return excluded('nothing shows that the registry asks another for its tokens');
      if (/\[map\[/.test(text)) return excluded('the token was good, and lacks a right');
      const accepted = logins.some(
        (login) => login.succeeded === true && (login.host === undefined || login.host === registry),
      );
      return accepted && operation !== 'pull'
        ? possible(`${registry} refused a token that was given after a good login`)
        : excluded('no login was accepted before');
    }
    return possible(`${registry} may have refused GitLab's token because of its time`);
  },
  fix({ registry, image }) {
    const host = registry ?? image?.host ?? 'REGISTRY';
    return [
      `date -u; curl -sI https://${host}/v2/ | grep -i '^date:'; curl -sI https://GITLAB/ | grep -i '^date:'`,
      'On each host that is off: timedatectl set-ntp true && chronyc makestep && timedatectl',
      "On the registry's host: grep 'token not to be used' /var/log/gitlab/registry/current",
    ];
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
    'https://distribution.github.io/distribution/spec/auth/jwt/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['token not to be used before'],
      log: `==> /var/log/gitlab/registry/current <==
2024-02-02_10:00:07.31234 time="2024-02-02T10:00:07.312Z" level=info msg="token not to be used before 2024-02-02 10:03:11 +0000 UTC - currently 2024-02-02 10:00:07 +0000 UTC"
2024-02-02_10:00:07.31239 time="2024-02-02T10:00:07.312Z" level=warning msg="error authorizing context: invalid token" http.request.host=registry.example.com`,
    },
    {
      is: 'likely',
      under: ['token not to be used after'],
      log: `$ docker login registry.example.com -u bob --password-stdin
Error response from daemon: login attempt to https://registry.example.com/v2/ failed with status: 401 Unauthorized
$ docker logs --tail 1 registry
{"level":"info","msg":"token not to be used after 2025-06-01 08:05:01 +0000 UTC - currently 2025-06-01 09:00:12 +0000 UTC","time":"2025-06-01T09:00:12Z"}`,
    },
    {
      is: 'likely',
      under: ['not valid yet'],
      log: `level=error msg="error verifying token: square/go-jose/jwt: validation failed, token not valid yet (nbf)" service=registry
level=warning msg="error authorizing context: invalid token" http.request.uri=/v2/`,
    },
    {
      is: 'likely',
      under: ['used before issued'],
      log: `auth-core_1  | 2023-11-30T09:00:00Z [ERROR] failed to verify token for registry.example.com: token used before issued
proxy_1  | 10.0.0.9 - "GET /v2/ HTTP/1.1" 401`,
    },
    {
      is: 'likely',
      under: ['token not to be used before'],
      log: 'time="2024-07-07T07:07:07Z" level=error msg="token not to be used before 1720336100 or after 1720336400 - currently 1720336000"',
    },
    {
      is: 'likely',
      under: ['authentication required'],
      log: `(the clock of the registry's VM is about 7 minutes behind, no NTP there)
$ docker login -u ci --password-stdin gitlab.example.com:5050
Login Succeeded
$ docker push gitlab.example.com:5050/shop/api:1
unauthorized: authentication required`,
    },
    {
      is: 'likely',
      under: ['Signature expired'],
      log: 'An error occurred (InvalidSignatureException) when calling the GetAuthorizationToken operation: Signature expired: 20240301T090000Z is now earlier than 20240301T120000Z (20240301T121500Z - 15 min.)',
    },
  ],
  lookalikes: [
    {
      instead: 'tls-expired',
      log: `$ docker login -u bob --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2024-01-01T00:00:10Z is before 2024-06-01T00:00:00Z`,
    },
    {
      instead: 'token-key-mismatch',
      log: `time="2024-02-02T10:00:07Z" level=info msg="token signed by untrusted key with ID: \\"AAAA:BBBB\\""
time="2024-02-02T10:00:07Z" level=warning msg="error authorizing context: invalid token"`,
    },
  ],
} as const satisfies Cause;
