import { type Cause, excluded, likely, possible } from '../cause.js';
import type { Facts } from '../facts.js';
import { wasUploading } from './token-expired-mid-push.js';

/** Does the log show that the registry is a GitLab's? Then wrong credentials would have been refused in GitLab's words. */
export function isGitLabs({ logins, command, project, registry = '', near, failure }: Facts): boolean {
  return (
    project !== undefined ||
    /gitlab|:(?:4567|5005|5050)\b/i.test(registry) ||
    /gitlab-ci-token|deploy-token|CI_REGISTRY|CI_JOB_TOKEN/.test(`${logins.at(-1)?.user} ${command?.text}`) ||
    /gitlab/i.test(failure) ||
    near.some((line) => /gitlab-runner|jwt\/auth|container_registry/i.test(line))
  );
}

/**
 * The registry doesn't trust the key, issuer or audience of GitLab's JWTs.
 *
 * The client gets a token from GitLab, shows it, and is answered 401 again: docker then says "login attempt to … failed
 * with status: 401", which a registry with a plain password file says of a wrong password, too.
 * Source: GitLab's troubleshooting page; distribution's token verification.
 */
export const tokenKeyMismatch = {
  id: 'token-key-mismatch',
  group: 'authentication',
  title: "The registry does not trust GitLab's tokens",
  explain: ({ registry = 'The registry' }) =>
    `GitLab accepted the credentials and gave a token, and ${registry} refused that token: it was signed with a key, issuer or audience the registry does not know. The user can do nothing about it; GitLab's key and the registry's certificate have to be made a pair again.`,
  tell: ({ registry = 'REGISTRY' }) =>
    `curl -su "USER:$TOKEN" "https://GITLAB/jwt/auth?service=container_registry" prints a token, yet a login to ${registry} with that pair is refused`,
  signals: [
    { says: 'token signed by untrusted key', own: true },
    { says: 'token from untrusted issuer', own: true },
    { says: 'token intended for another audience', own: true },
    { says: 'error verifying token', own: true },
    { says: 'unable to get token signing key', own: true },
    { says: 'invalid audience claim' },
    { says: 'error while unmarshalling raw token', own: true },
    { matches: 'token.*crypto/rsa: verification error', token: 'crypto/rsa: verification error', own: true },
    { says: 'error authorizing context: malformed token', own: true },
    // A registry that can't read the certificate it should trust; a GitLab that can't read its key
    { matches: 'unable to configure authorization \\(token\\)', token: 'unable to configure authorization', own: true },
    { matches: 'unable to open token auth root', token: 'unable to open token auth', own: true },
    { matches: 'rb_sysopen - \\S*registry[\\w.-]*\\.key', token: 'rb_sysopen - ', own: true },
    { says: 'json_web_token/rsa_token.rb', own: true },
    { matches: 'login attempt to .* failed with status: 401', token: 'login attempt to', own: true },
    { matches: 'error="?invalid_token', token: 'invalid_token' },
    { says: 'server message: invalid_token', own: true },
    { says: 'error authorizing context: invalid token', own: true },
    { says: 'unauthorized: authentication required', own: true },
    { matches: 'logging in(?:to| to) .*invalid username/password', token: 'invalid username/password', own: true },
    { matches: 'authenticating creds for .*(?:authentication required|401)', token: 'authenticating creds', own: true },
  ],
  fit(facts, { text, signal }) {
    const { logins, registry = 'the registry', near } = facts;
    if (/not to be used (?:before|after)|not valid yet|\((?:nbf|exp|iat)\)|token is expired/i.test(text))
      return excluded('the registry names the time as the reason');
    if (signal < 9) return likely("the registry's log says that it does not trust the token");
    if (signal < 13) return likely('the key, or the certificate that belongs to it, could not be read');
    if (near.some((line) => /untrusted (?:key|issuer)|another audience|crypto\/rsa: verification error/i.test(line)))
      return likely("the registry's log says that it does not trust the token");
    if (near.some((line) => /token not to be used (?:before|after)|token not valid yet/i.test(line)))
      return excluded('the registry names the time as the reason');
    if (/HTTP Basic|jwt\/auth|oauth token|retrieve auth token/i.test(text) && !/invalid_token/.test(text))
      return excluded('it was GitLab that refused');
    if (wasUploading(facts)) return excluded('the token was good for the first layers');
    if (/login attempt to/i.test(text)) {
      if (/docker\.io|ghcr\.io|amazonaws|azurecr/.test(text)) return excluded('not a GitLab registry');
      return isGitLabs(facts)
        ? possible(`GitLab would have refused wrong credentials in its own words: ${registry} refused its token`)
        : possible(`if ${registry} is GitLab's, it refused a token that GitLab had given`);
    }
    if (/authentication required|invalid username\/password/i.test(text) && !/authenticating creds/.test(text)) {
      if (!isGitLabs(facts)) return excluded("the registry is not GitLab's");
      if (/\[map\[/.test(text)) return excluded('the token was good, and lacks a right');
      const accepted = logins.some(
        (login) => login.succeeded === true && (login.host === undefined || login.host === registry),
      );
      return accepted || /invalid username/.test(text)
        ? possible(`${registry} refused a token that was given for good credentials`)
        : excluded('no login was accepted before');
    }
    return possible(`${registry} refused GitLab's token`);
  },
  fix({ registry }) {
    return [
      'openssl pkey -in /var/opt/gitlab/gitlab-rails/etc/gitlab-registry.key -pubout | sha256sum',
      'openssl x509 -in /var/opt/gitlab/registry/gitlab-registry.crt -noout -pubkey | sha256sum (must be the same)',
      'Two hosts: copy /etc/gitlab/gitlab-secrets.json from the GitLab host to the registry host',
      "gitlab.rb, both hosts: gitlab_rails['registry_issuer'] = 'omnibus-gitlab-issuer' (and the registry's auth.token.issuer the same)",
      'gitlab-ctl reconfigure && gitlab-ctl restart registry',
      `docker login -u USER --password-stdin ${registry ?? 'REGISTRY'}`,
    ];
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
    'https://docs.gitlab.com/administration/packages/container_registry/#use-an-external-container-registry-with-gitlab-as-an-auth-endpoint',
  ],
  examples: [
    {
      is: 'likely',
      under: ['crypto/rsa'],
      log: `time="2025-02-01T10:00:00Z" level=info msg="failed to verify token: crypto/rsa: verification error"
time="2025-02-01T10:00:00Z" level=warning msg="error authorizing context: invalid token" http.request.uri=/v2/shop/api/manifests/1`,
    },
    {
      is: 'likely',
      under: ['token signed by untrusted key'],
      log: `2024-08-08_14:21:00.10021 time="2024-08-08T14:21:00.100Z" level=info msg="token signed by untrusted key with ID: \\"PYYO:TEWU:V7JH:26JV:AQTZ:LJC3:SXVJ:XGHA:34F2:2LAQ:ZRMK:Z7Q6\\""
2024-08-08_14:21:00.10029 time="2024-08-08T14:21:00.100Z" level=warning msg="error authorizing context: invalid token" http.request.uri="/v2/"`,
    },
    {
      is: 'possible',
      under: ['failed with status: 401'],
      log: `$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Error response from daemon: login attempt to https://registry.example.com/v2/ failed with status: 401 Unauthorized
Cleaning up project directory and file based variables
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['untrusted issuer'],
      log: `registry_1  | time="2023-01-20T07:11:43.5Z" level=info msg="token from untrusted issuer: \\"omnibus-gitlab-issuer\\""
registry_1  | time="2023-01-20T07:11:43.5Z" level=warning msg="error authorizing context: invalid token"`,
    },
    {
      is: 'possible',
      under: ['invalid_token'],
      log: `$ curl -sI -H "Authorization: Bearer $JWT" https://registry.example.com/v2/
HTTP/1.1 401 Unauthorized
Www-Authenticate: Bearer realm="https://gitlab.example.com/jwt/auth",service="container_registry",error="invalid_token"`,
    },
    {
      is: 'likely',
      under: ['unable to configure authorization'],
      log: 'level=fatal msg="configuring application: unable to configure authorization (token): unable to open token auth root certificate bundle file \\"/certs/gitlab-registry.crt\\": no such file or directory"',
    },
    {
      is: 'likely',
      under: ['rb_sysopen'],
      log: `Completed 500 Internal Server Error in 21ms
Errno::ENOENT (No such file or directory @ rb_sysopen - /etc/gitlab/registry/gitlab-registry.key):
app/services/auth/container_registry_authentication_service.rb:51:in 'access_token'`,
    },
  ],
  lookalikes: [
    {
      instead: 'credentials-rejected',
      log: `+ docker login -u ci --password-stdin nexus.example.org:8083
Error response from daemon: login attempt to https://nexus.example.org:8083/v2/ failed with status: 401 Unauthorized`,
    },
    {
      instead: 'clock-skew',
      log: `level=info msg="token not to be used after 2024-03-01 10:05:00 +0000 UTC - currently 2024-03-01 11:00:00 +0000 UTC"
level=warning msg="error authorizing context: invalid token"`,
    },
  ],
} as const satisfies Cause;
