import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';
import { statusSignals } from '../connection.js';
import { refusalOf } from '../refusal.js';
import { registryHost } from './auth-realm-unreachable.js';
import { demandsToken } from './password-needs-token.js';
import { isLate, wasUploading } from './token-expired-mid-push.js';
import { isGitLabs } from './token-key-mismatch.js';
import { changeOf } from './token-stale-after-url-change.js';

/** Words that stand only where credentials were sent and looked at. */
const LOOKED_AT =
  /access denied|incorrect|invalid|bad.?credential|bad props auth|expired|revoked|(?:cannot|could not) be authenticated|unable to authenticate|authentication failed|failed verification|could not find robot|account has been disabled|AADSTS|(?:user|account|robot)\b[^:]{0,40}\b(?:not found|does not exist|unknown|disabled|locked|blocked|suspended|deactivated|not active)|authGroup|wrong|denied: denied|401.{0,3}unauthorized.*fetch oauth|fetch oauth.*401|failed with status: 401|response code: 401|logging into|authenticating creds|authenticating to "|failed to authenticate|JWT authentication failed|validate the credentials|GetAuthorizationToken|tryLoginWithRegHost/i;

/** The status line of a request by hand. */
export const CHALLENGE = /^(?:< )?HTTP\/[\d.]{1,3} 401\b/;

/**
 * (S1, reason A) A username, password or token was sent and is wrong, expired or revoked.
 *
 * Source: GitLab's /jwt/auth answers 401 "HTTP Basic: Access denied" (measured with docker 28, skopeo, podman);
 * the others are Docker Hub's, GitHub's, Azure's and Amazon's answers and the clients' own words for a 401.
 */
export const credentialsRejected = {
  id: 'credentials-rejected',
  group: 'authentication',
  title: 'The user name, password or token was refused',
  explain: (facts) => {
    const registry = registryHost(facts) ?? 'The registry';
    const user = facts.logins.at(-1)?.user;
    return `${registry} got credentials${user === undefined ? '' : ` for ${user}`} and refused them: they are wrong, expired or revoked. A deploy token must come with its exact user name, and a job token dies with its job.`;
  },
  tell: (facts) => {
    const user = facts.logins.at(-1)?.user ?? 'USER';
    const host = registryHost(facts) ?? 'REGISTRY';
    if (/gitlab-ci-token|CI_REGISTRY_USER/.test(user))
      return 'the job that the token belongs to had ended: a login in a running job, with its own "$CI_REGISTRY_USER", is accepted';
    return /docker\.(?:io|com)|ghcr\.io|quay\.io|amazonaws|azurecr|gcr\.io/.test(host)
      ? `printf '%s' "$TOKEN" | docker login -u "${user}" --password-stdin ${host} is refused on every machine, and accepted with a new token`
      : `GitLab: Settings > Repository > Deploy tokens (or the user's Access tokens) lists no active token for ${user}: gone, expired, or of another user name`;
  },
  signals: [
    { says: 'HTTP Basic: Access denied', own: true },
    { says: 'unable to retrieve auth token: invalid username/password', own: true },
    { matches: 'logging in(?:to| to) .*invalid username/password', token: 'invalid username/password', own: true },
    { says: 'unauthorized: incorrect username or password', own: true },
    { says: 'incorrect username or password' },
    { says: 'unauthorized: invalid username or password', own: true },
    { matches: 'fetch oauth token: .*(?:401|UNAUTHORIZED)', token: 'fetch oauth token', own: true },
    { matches: 'requesting bear(?:er)? token: .*401', token: 'requesting bear', own: true },
    // Helm, ORAS, nerdctl
    { matches: 'authenticating to ".*(?:401|unauthorized)', token: 'authenticating to "', own: true },
    {
      matches: 'failed to validate the credentials for .*(?:401|unauthorized)',
      token: 'validate the credentials for',
      own: true,
    },
    { matches: 'tryloginwithreghost.*(?:401|unauthorized|unable to login)', token: 'tryloginwithreghost', own: true },
    // Docker 1.x; Docker's provider for Terraform
    { says: 'wrong login/password', own: true },
    { says: 'bad response from registry: 401', own: true },
    // GitLab's own log
    { says: 'JWT authentication failed' },
    // Azure's command line
    {
      matches: 'access to registry .* was denied\\. response code: 401',
      token: 'was denied. response code: 401',
      own: true,
    },
    { says: '(code: 401; headers:', own: true },
    { says: 'login: account is not active', own: true },
    // Harbor, in the log of its core
    { says: 'failed to authenticate user, due to error', own: true },
    // The code of a refusal with a server's own words behind it, in answer to a login
    { matches: '/v2/"?: unauthorized: \\S', token: ': unauthorized: ', own: true },
    // ECR answers 400 to a password that is none
    { matches: 'login attempt to .* failed with status: 40[01]', token: 'login attempt to', own: true },
    { matches: 'authenticating creds for .*(?:401|unauthorized)', token: 'authenticating creds', own: true },
    { matches: '/jwt/auth.*(?:401|unauthorized)', token: '/jwt/auth', own: true },
    { says: 'your authorization token has expired', own: true },
    { says: 'User cannot be authenticated with the token provided', own: true },
    { matches: 'denied: denied$', token: 'denied: denied', own: true },
    { says: 'unauthorized: invalid clientid or client secret', own: true },
    { says: 'unauthorized: bad_credential', own: true },
    { matches: '(?:unauthorized|unknown): bad (?:credentials|props auth)', token: ': bad ', own: true },
    // Artifactory, Quay, Gitea, DigitalOcean, Google, GitHub Packages, Azure
    { matches: '(?:unauthorized|unknown): wrong username', token: ': wrong username', own: true },
    { matches: '(?:unauthorized|unknown): token failed verification', token: 'token failed verification', own: true },
    {
      matches: '(?:unauthorized|invalid username/password).*could not find robot',
      token: 'could not find robot',
      own: true,
    },
    { says: 'unauthorized: this user account has been disabled', own: true },
    { says: 'unauthorized: authgroup.verify', own: true },
    { matches: '(?:401|unauthorized).*unable to authenticate you', token: 'unable to authenticate you', own: true },
    { says: 'unauthorized: authentication failed', own: true },
    { matches: 'unauthorized: .*you may have invalid credentials', token: 'may have invalid credentials', own: true },
    { says: 'could not be authenticated by the github packages service', own: true },
    { says: 'unauthorized: application not registered', own: true },
    // Amazon, which gives out the passwords of ECR
    {
      matches:
        '(?:unrecognizedclient|expiredtoken|invalidclienttokenid|invalidsignature|incompletesignature)\\w*\\)? ?when calling the getauthorizationtoken|getauthorizationtoken.*(?:unrecognizedclient|expiredtoken|invalidclienttokenid|invalidsignature)',
      token: 'getauthorizationtoken',
      own: true,
    },
    {
      matches: 'unauthorized: (?:personal )?(?:access )?token (?:is |has )?(?:expired|revoked|invalid)',
      token: 'unauthorized: ',
      own: true,
    },
    { matches: 'Failed to authenticate with registry .*401', token: 'failed to authenticate with registry', own: true },
    { matches: 'unauthorized: "?authentication required', token: 'authentication required', own: true },
    {
      matches: 'basic authentication challenge for realm .*(?:invalid authorization credential|authentication failure)',
      token: 'basic authentication challenge',
      own: true,
    },
    {
      matches: 'perhaps you should make sure your credentials for .* are set up correctly',
      token: 'make sure your credentials for',
      own: true,
    },
    { says: 'unauthorized: unauthorized', own: true },
    {
      matches:
        '(?:response from daemon|from registry|(?:reading|writing|checking|uploading|copying|pulling|pushing) .*): unauthorized["\']*\\s*$',
      token: ': unauthorized',
      own: true,
    },
    { says: 'denied: access forbidden', own: true },
    { says: '401 unauthorized' },
    ...statusSignals('401'),
  ],
  fit(facts, { text }) {
    const { logins, operation, command, near, aside } = facts;
    const registry = registryHost(facts) ?? 'the registry';
    if (
      /^\s*remote: /.test(text) ||
      /(?:^|\s)git (?:clone|fetch|push|pull|ls-remote|submodule)/.test(command?.text ?? '')
    )
      return excluded('it was git that was refused');
    if (near.some((line) => /^fatal: Authentication failed for '.*\.git/.test(line)))
      return excluded('it was git that was refused');
    if (demandsToken(text) || (/HTTP Basic/i.test(text) && near.some(demandsToken)))
      return excluded('the registry demands a token in place of a password');
    // The registry's own log of a request without credentials, which is how every client begins.
    if (/invalid authorization credential/.test(text))
      return conceivable('a registry logs that of every first request');
    if (CHALLENGE.test(text)) return excluded('a registry answers so to every first request');
    if (/Signature expired|not yet current|TooSkewed/i.test(text)) return excluded('the clock of the client is off');
    if (/insufficient scopes/i.test(text)) return excluded('the token is known, and lacks a scope');
    if (/anonymous token/i.test(text)) return excluded('the request was anonymous');
    if (/access forbidden/i.test(text))
      return operation === 'login' && !/gitlab-ci-token|CI_REGISTRY_USER/.test(logins.at(-1)?.user ?? '')
        ? conceivable('some GitLabs answer so to a token that they no longer know')
        : excluded('GitLab knows the credentials');
    const { hub, action, name } = refusalOf(facts);
    if (hub === true && action === 'push' && name?.path.includes('/') === false)
      return possible('Docker Hub refuses a push there, whatever the credentials are');
    if (wasUploading(facts))
      return /HTTP Basic/i.test(text)
        ? possible('the credentials may have been revoked meanwhile')
        : excluded('layers were accepted before');
    if (operation === 'login' && isGitLabs(facts) && /login attempt to/i.test(text))
      return excluded('GitLab refuses credentials in its own words');
    if (aside?.banned !== undefined) return possible('the logins before the ban were refused');
    if (aside?.empty !== undefined && operation !== 'login') return possible('what was sent may have been empty');
    if (aside?.secondFactor !== undefined && operation === 'login') return possible('the credentials were refused');
    if (changeOf(facts) !== undefined && /HTTP Basic|jwt|username\/password|oauth token/i.test(text))
      return possible('the credentials were refused');
    const accepted = logins.some(({ succeeded }) => succeeded);
    if (/unauthorized to access/i.test(text)) return conceivable('Harbor says so of refused credentials, too');
    // GitHub says so of an account that may not, too.
    if (/denied: denied/.test(text) && operation !== 'login') return possible('credentials may have been refused');
    if (/requested access to the resource|insufficient_scope/.test(text))
      return conceivable('the registry speaks of a right that is missing');
    if (/make sure your credentials for/.test(text)) return conceivable('credentials may have been sent and refused');
    if (isLate(text)) return conceivable('the credentials may have been refused');
    if (!LOOKED_AT.test(text)) {
      if (accepted) return excluded('the login itself was accepted');
      if (operation === 'login' || logins.length > 0) return possible(`${registry} answered 401 to the login`);
      if (facts.fromTheStart) return excluded('the log shows no login');
      return possible('credentials may have been sent and refused');
    }
    if (
      /registry-1\.docker\.io/.test(text) &&
      /\$\{?\w*REGISTRY|login .*[a-z]\.[a-z]+(?::\d+)?/.test(command?.text ?? '')
    )
      return possible('the login went to Docker Hub, with credentials of another registry');
    if (/login attempt to/i.test(text)) return possible(`${registry} did not accept the login`);
    const user = logins.at(-1)?.user;
    return likely(`${registry} refused the credentials${user === undefined ? '' : ` of ${user}`}`);
  },
  fix(facts) {
    const { logins, client } = facts;
    const host = registryHost(facts) ?? 'REGISTRY';
    const user = logins.at(-1)?.user ?? 'USER';
    const name =
      client?.name === 'podman' || client?.name === 'skopeo' || client?.name === 'buildah' ? client.name : 'docker';
    return [
      'GitLab: Settings > Repository > Deploy tokens: is the token there, not expired, with read_registry and write_registry, and is its user name the one used?',
      `printf '%s' "$TOKEN" | ${name} login -u "${user}" --password-stdin ${host}`,
      `In a job use the job's own: printf '%s' "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"`,
    ];
  },
  references: [
    'https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/',
    'https://docs.gitlab.com/user/project/deploy_tokens/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['service principal is disabled'],
      log: `Error response from daemon: Get "https://registry.example.io/v2/": unauthorized: this account of the service principal is disabled`,
    },
    {
      is: 'likely',
      under: ['HTTP Basic: Access denied'],
      log: `Running with gitlab-runner 17.5.3 (12030cf4)
Initialized empty Git repository in /builds/shop/api/.git/
$ echo "$DEPLOY_PASSWORD" | docker login -u "$DEPLOY_USER" --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped. See https://gitlab.example.com/help/user/profile/account/two_factor_authentication_troubleshooting.md
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['invalid username/password'],
      log: `$ podman login -u ci --password-stdin registry.example.com
Error: logging into "registry.example.com": invalid username/password`,
    },
    {
      is: 'likely',
      under: ['failed to fetch oauth token', '401 Unauthorized'],
      log: `#5 [internal] load metadata for registry.example.com/shop/base:1
#5 ERROR: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fbase%3Apull&service=container_registry: 401 Unauthorized
------`,
    },
    {
      is: 'likely',
      under: ['jwt/auth', 'HTTP Basic'],
      log: `error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com/shop/api:9": creating push check transport for registry.example.com failed: GET https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apush%2Cpull&service=container_registry: UNAUTHORIZED: HTTP Basic: Access denied`,
    },
    {
      is: 'likely',
      under: ['incorrect username or password'],
      log: `2024-11-05T09:12:44.1234567Z ##[group]Run docker/login-action@v3
2024-11-05T09:12:45.0234567Z Logging into docker.io...
2024-11-05T09:12:46.5234567Z ##[error]Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password`,
    },
    {
      is: 'likely',
      under: ['incorrect username or password'],
      log: `INFO[0000] Retrieving image manifest alpine:3.20
error building image: GET https://auth.docker.io/token?scope=repository%3Alibrary%2Falpine%3Apull&service=registry.docker.io: unexpected status code 401 Unauthorized: {"details":"incorrect username or password"}`,
    },
    {
      is: 'likely',
      under: ['Bad Credentials'],
      log: `$ docker pull images.example.com/tools/helm:3
Error response from daemon: Head "https://images.example.com/v2/tools/helm/manifests/3": unknown: Bad Credentials`,
    },
    {
      is: 'likely',
      under: ['GetAuthorizationToken'],
      log: `An error occurred (ExpiredTokenException) when calling the GetAuthorizationToken operation: The security token included in the request is expired`,
    },
    {
      is: 'likely',
      under: ['Could not find robot'],
      log: `$ podman login -u team+push --password-stdin quay.example.com
Error: logging into "quay.example.com": unable to retrieve auth token: invalid username/password: unauthorized: Could not find robot with specified username`,
    },
    {
      is: 'likely',
      under: ['HTTP Basic: Access denied'],
      log: `Running with gitlab-runner 17.5.3 (12030cf4)
Initialized empty Git repository in /builds/shop/api/.git/
$ echo "$T" | docker login -u "$U" --password-stdin registry.example.com || true
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied
$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
  ],
  lookalikes: [
    {
      instead: 'registry-storage-permission',
      log: `registry-1 | level=warning msg="error authorizing context: basic authentication challenge for realm \\"r\\": invalid authorization credential"
registry-1 | level=error msg="response completed with error" err.code=unknown err.detail="filesystem: mkdir /srv/docker/registry/v2/repositories/shop: permission denied"`,
    },
    {
      instead: 'credentials-missing',
      log: `Running with gitlab-runner 16.2.0 (782e15da)
Reinitialized existing Git repository in /builds/shop/api/.git/
$ docker pull registry.example.com/shop/base:1
Error response from daemon: Head "https://registry.example.com/v2/shop/base/manifests/1": unauthorized: authentication required
ERROR: Job failed: exit code 1`,
    },
    {
      instead: 'not-registry',
      log: `$ git push origin main
remote: HTTP Basic: Access denied. The provided password or token is incorrect or your account has 2FA enabled and you must use a personal access token instead of a password.
fatal: Authentication failed for 'https://gitlab.example.com/shop/api.git/'`,
    },
  ],
} as const satisfies Cause;
