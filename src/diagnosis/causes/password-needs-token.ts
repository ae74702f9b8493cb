import { type Cause, excluded, likely, possible } from '../cause.js';

/** How registries demand something else in place of a password. */
const DEMANDS =
  '(?:must|please|have to|need to|should) (?:use|provide|authenticate with|log ?in with|sign in with|login using)';
const SECOND_FACTOR = String.raw`(?:\b2fa\b|\bmfa\b|two-factor|multi-?factor|\bsso\b|single sign-on)`;
const NO_PASSWORDS = 'password authentication is (?:disabled|(?:not|no longer) (?:supported|accepted|allowed))';
/** Of GitLab's present message the token is one of several reasons. */
const OUTRIGHT = new RegExp(
  `${DEMANDS} (?:a |an |your )?personal access token|unencrypted passwords|${NO_PASSWORDS}|basic auth.{0,80}password|cli secret|unauthorized: .{0,200}${SECOND_FACTOR}`,
  'i',
);

/** Users and variables that stand for tokens: none of them has a second factor. */
const TOKEN = /gitlab-ci-token|deploy-token|CI_JOB_TOKEN|CI_REGISTRY_|CI_DEPLOY_|token|\bPAT\b/i;

/** Does a line say, without another reason beside it, that a token is demanded? Pure. */
export function demandsToken(line: string): boolean {
  return OUTRIGHT.test(line) && !/ or you must| or your account|has 2FA enabled|^\s*remote: /i.test(line);
}

/**
 * An account's password was used where two-factor authentication or single sign-on demands a token.
 *
 * GitLab's present message names this case beside two others, so alone it proves nothing; older messages and other
 * registries say it outright.
 * Source: GitLab's /jwt/auth; Docker Hub's and Quay's answers.
 */
export const passwordNeedsToken = {
  id: 'password-needs-token',
  group: 'authentication',
  title: 'A password was used where a token is demanded',
  explain: ({ registry = 'The registry', logins }) =>
    `${registry} does not take the account password of ${logins.at(-1)?.user ?? 'this user'}, because two-factor authentication or single sign-on is on. Log in with a personal access token, or better a deploy token, in place of the password.`,
  tell: () =>
    'the same password is right at https://GITLAB/users/sign_in, which then asks for a second factor; an account that comes by single sign-on has none',
  signals: [
    { matches: `${DEMANDS} (?:a |an |your )?personal access token`, token: 'personal access token' },
    // Docker Hub, in several wordings
    {
      matches: `unauthorized: .*${DEMANDS} (?:a |an |your )?personal access token`,
      token: 'unauthorized: ',
      own: true,
    },
    // Quay; with an external sign-on; Artifactory; Harbor with OIDC
    { says: 'client login with unencrypted passwords is disabled', own: true },
    { matches: NO_PASSWORDS, token: 'password authentication ', own: true },
    { matches: 'basic auth.*password.*(?:disabled|not allowed|no longer)', token: 'basic auth' },
    { matches: 'use (?:the|your) cli secret', token: 'cli secret', own: true },
    { matches: `unauthorized: .*${SECOND_FACTOR}`, token: 'unauthorized: ', own: true },
    { says: 'two factor authentication' },
    { says: 'required to use a token instead of a password', own: true },
    { says: 'HTTP Basic: Access denied', own: true },
    // Docker Hub, Harbor with OIDC and GitLabs of old, where the log tells so
    { says: 'unauthorized: incorrect username or password', own: true },
    { says: 'denied: access forbidden', own: true },
    { says: 'unauthorized: authentication required', own: true },
    { matches: 'logging in(?:to| to) .*invalid username/password', token: 'invalid username/password', own: true },
  ],
  fit({ command, logins, near, aside, operation }, { text }) {
    if (/^\s*remote: /.test(text) || /(?:^|\s)git (?:clone|fetch|push|pull)/.test(command?.text ?? ''))
      return excluded('it was git that was refused');
    if (near.some((line) => /^fatal: Authentication failed/.test(line))) return excluded('it was git that was refused');
    const user = logins.at(-1)?.user;
    if (demandsToken(text)) return likely('the registry demands a token in place of the password');
    if (TOKEN.test(`${user} ${command?.text}`)) return excluded('a token was used');
    // Clients print the answer on several lines, and people tell what they know.
    if (
      (aside?.secondFactor !== undefined && (operation === 'login' || /HTTP Basic/i.test(text))) ||
      near.some(demandsToken)
    )
      return likely('the log speaks of two-factor authentication, single sign-on or a token in place of the password');
    if (!/HTTP Basic/i.test(text)) return excluded('nothing speaks of a second factor');
    return possible(`${user ?? 'the user'} may have two-factor authentication or single sign-on`);
  },
  fix({ registry, image, logins }) {
    const host = registry ?? image?.host ?? 'REGISTRY';
    return [
      'GitLab: Preferences > Access tokens: make one with read_registry and write_registry',
      `printf '%s' "$PERSONAL_ACCESS_TOKEN" | docker login -u "${logins.at(-1)?.user ?? 'USER'}" --password-stdin ${host}`,
      `In a job: printf '%s' "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"`,
    ];
  },
  references: [
    'https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/',
    'https://docs.gitlab.com/user/profile/account/two_factor_authentication/',
    'https://docs.docker.com/security/access-tokens/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['incorrect username or password'],
      log: `Our organization turned on SSO for Docker Hub last week.
$ docker login -u buoy
Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password`,
    },
    {
      is: 'likely',
      under: ['personal access token'],
      log: `$ docker login -u alice --password-stdin registry.example.com
Error response from daemon: Get https://registry.example.com/v2/: unauthorized: HTTP Basic: Access denied. You must use a personal access token with 'api' scope for Git over HTTP. You can generate one at https://gitlab.example.com/profile/personal_access_tokens`,
    },
    {
      is: 'likely',
      under: ['Personal Access Token (PAT)'],
      log: 'Error response from daemon: unauthorized: your account must log in with a Personal Access Token (PAT) - learn more at docs.docker.com/go/access-tokens',
    },
    {
      is: 'likely',
      under: ['unencrypted passwords'],
      log: `+ podman login -u alice --password-stdin quay.example.org
Error: logging into "quay.example.org": unable to retrieve auth token: invalid username/password: unauthorized: Client login with unencrypted passwords is disabled. Please generate an encrypted password in the user admin panel for use here.`,
    },
    {
      is: 'likely',
      under: ['personal access token'],
      log: `[Pipeline] sh
+ skopeo copy docker-archive:api.tar docker://registry.example.com/shop/api:3
time="2023-04-03T10:11:12Z" level=fatal msg="initializing destination docker://registry.example.com/shop/api:3: Requesting bearer token: invalid status code from registry 401 (Unauthorized): HTTP Basic: Access denied. You must use a personal access token with 'read_repository' scope."
script returned exit code 1`,
    },
    {
      is: 'likely',
      under: ['use personal access token'],
      log: `$ docker login -u team
Password:
Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: please use personal access token to login`,
    },
    {
      is: 'likely',
      under: ['HTTP Basic: Access denied'],
      log: `+ docker login -u jane.doe -p "$JANES_PASSWORD" registry.example.com
Error response from daemon: Get https://registry.example.com/v2/: unauthorized: HTTP Basic: Access denied
You must use a personal access token with 'read_repository' scope.`,
    },
    {
      is: 'likely',
      under: ['HTTP Basic: Access denied'],
      log: `Works until yesterday, when IT switched on two-factor for everybody.
$ docker login -u jane.doe --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied`,
    },
  ],
  lookalikes: [
    {
      instead: 'credentials-rejected',
      log: `$ docker login -u deploy --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password.`,
    },
    {
      instead: 'not-registry',
      log: `$ git clone https://gitlab.example.com/shop/api.git
remote: HTTP Basic: Access denied. You must use a personal access token with 'read_repository' or 'write_repository' scope for Git over HTTP.
fatal: Authentication failed for 'https://gitlab.example.com/shop/api.git/'`,
    },
  ],
} as const satisfies Cause;
