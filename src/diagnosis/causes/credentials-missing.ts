import { isDockerHub } from '../../registry/reference.js';
import { type Cause, excluded, likely, possible } from '../cause.js';
import type { Facts } from '../facts.js';
import { registryHost } from './auth-realm-unreachable.js';
import { wasUploading } from './token-expired-mid-push.js';

/** The login refused to start, or the client itself says that it had nothing to send. */
const REFUSED =
  /password-stdin|non[ -]TTY|needs an argument|is empty|(?:username|password) required|non-null username|password are required|interactive login|basic credential not found|for basic auth|requires (?:at most )?1 argument|cannot prompt|reading username|reading password/i;
/** Of these, the ones that other programs say, too. */
const EVERYBODYS =
  /(?:username|password) is empty|username and password required|username required|password required$|needs an argument/i;
/** Ways of handing credentials over that are no `login`. */
const OTHERWISE =
  /--(?:dest-|src-)?creds[ =]|--authfile|--username[ =]|config\.json|DOCKER_AUTH_CONFIG|DOCKER_CONFIG|"auths"|\.dockerconfigjson|withRegistry|login-action|Authenticating with credentials from/i;

/** Does the log show that credentials were handed over in some way? */
function handedOver({ logins, command, near }: Facts): boolean {
  return logins.length > 0 || [command?.text ?? '', ...near].some((line) => OTHERWISE.test(line));
}

const hostOf = (facts: Facts): string | undefined =>
  /credentials for '([^/']+)/.exec(facts.failure)?.[1] ?? facts.image?.host ?? registryHost(facts);

const sameHost = (a: string, b: string): boolean => a.replace(/\/.*$/, '') === b.replace(/\/.*$/, '');

/**
 * No login happened, or its variables expanded to nothing: the request was anonymous or the login never started.
 *
 * Source: docker/cli, podman, helm and oras refuse an empty user or password in these words; the registry's 401
 * without a token is "authentication required"; a Basic challenge without stored credentials "no basic auth credentials".
 */
export const credentialsMissing = {
  id: 'credentials-missing',
  group: 'authentication',
  title: 'No credentials reached the registry',
  explain: (facts) =>
    REFUSED.test(facts.failure)
      ? 'The login had no user name or no password to send: a variable expanded to nothing. A protected variable reaches only protected branches and tags, and a masked one must exist in this project, group and environment.'
      : `${hostOf(facts) ?? 'The registry'} was asked without credentials. Nobody logged in to exactly this host and port before, or the login was made by another user, in another job or with another DOCKER_CONFIG.`,
  signals: [
    { says: 'must provide --username with --password-stdin', own: true },
    {
      matches: "flag needs an argument: (?:'[up]' in -[up]|--(?:username|password))",
      token: 'flag needs an argument: ',
    },
    {
      matches: 'cannot perform an interactive login from a non[ -]tty',
      token: 'interactive login from a non',
      own: true,
    },
    { matches: '(?:^|: |msg=")username is empty', token: 'username is empty', own: true },
    { matches: '(?:^|: |msg=")password is empty', token: 'password is empty', own: true },
    { matches: '(?:^|error: |\\])username and password required', token: 'username and password required', own: true },
    { matches: '(?:^|error: |\\])username required', token: 'username required', own: true },
    { says: 'Non-null Username Required', own: true },
    { matches: '(?:^|error: |\\])password required', token: 'password required', own: true },
    { says: 'getting username and password: reading username', own: true },
    { says: 'getting username and password: reading password', own: true },
    { says: 'cannot prompt for username', own: true },
    { matches: 'docker login["\'] requires at most 1 argument', token: 'requires at most 1 argument', own: true },
    { matches: '"helm registry login" requires 1 argument', token: 'helm registry login" requires', own: true },
    { says: 'no basic auth credentials', own: true },
    { says: 'basic credential not found', own: true },
    { says: 'credential required for basic auth', own: true },
    { says: 'missing username or password for basic auth', own: true },
    { matches: 'fetch anonymous token: .*(?:401|403)', token: 'fetch anonymous token', own: true },
    { says: 'Unauthenticated request. Unauthenticated requests do not have permission', own: true },
    { says: 'unable to retrieve some image pull secrets', own: true },
    { says: 'malformed HTTP Authorization header', own: true },
    { says: 'unauthorized: authentication required', own: true },
    { matches: '(?:^|: )authentication required', token: 'authentication required' },
    { says: 'requested access to the resource is denied', own: true },
    { says: 'pull access denied', own: true },
    { says: 'insufficient_scope: authorization failed', own: true },
    { matches: 'error="?insufficient_scope', token: 'insufficient_scope', own: true },
    { says: '401 unauthorized' },
    { says: '401 (unauthorized)' },
    { says: 'status code 401' },
    { says: 'code 401: unauthorized' },
    { says: 'unauthorized: unauthorized', own: true },
    {
      matches:
        '(?:response from daemon|from registry|(?:reading|writing|checking|uploading|copying|pulling|pushing) .*): unauthorized["\']*\\s*$',
      token: ': unauthorized',
      own: true,
    },
    {
      matches: 'perhaps you should make sure your credentials for .* are set up correctly',
      token: 'make sure your credentials for',
      own: true,
    },
    { says: 'access to the requested resource is not authorized', own: true },
  ],
  fit(facts, { text }) {
    const { image, operation, fromTheStart, logins } = facts;
    const host = hostOf(facts) ?? 'the registry';
    const about = [facts.command?.text ?? '', ...facts.near].join('\n');
    if (
      EVERYBODYS.test(text) &&
      !/\blogin\b.*registr|(?:docker|podman|buildah|skopeo|nerdctl|helm).*\blogin\b|login-action/i.test(about)
    )
      return excluded('no login to a registry is in sight');
    if (REFUSED.test(text)) return likely('the client had no user name or no password to send');
    if (/fetch anonymous token|no basic auth credentials|Unauthenticated request/i.test(text)) {
      const elsewhere = logins.findLast((login) => login.succeeded === true && login.host !== undefined)?.host;
      if (elsewhere !== undefined && !sameHost(elsewhere, host))
        return possible(`the login was to ${elsewhere}, the request went to ${host}`);
      return likely(`the client had no credentials for ${host}`);
    }
    if (/some image pull secrets|malformed HTTP Auth/i.test(text)) return possible('no usable credentials were sent');
    if (
      /HTTP Basic: Access denied|oauth token|login attempt|authenticating creds|invalid username\/password/i.test(text)
    )
      return excluded('credentials were sent');
    if (operation === 'login') return excluded('a login was tried');
    if (wasUploading(facts)) return excluded('layers were accepted before');
    if (image !== undefined && isDockerHub(image))
      return excluded('the name has no registry host: it went to Docker Hub');
    const open = /requested access|insufficient_scope|pull access denied|not authorized/i.test(text);
    if (logins.some((login) => login.host === undefined || sameHost(login.host, host) || login.host.startsWith('$')))
      return excluded('the log shows a login');
    if (/--(?:dest-|src-)?creds[ =]|--(?:dest-|src-)?password[ =]/.test(facts.command?.text ?? ''))
      return excluded('the command names credentials');
    if (handedOver(facts))
      return open
        ? excluded('the log shows that credentials were given')
        : possible(`nothing shows that the credentials are for ${host}`);
    if (fromTheStart) return likely(`the job never logs in to ${host}`);
    if (/requested access/i.test(text)) return excluded('the lines are too few to show that nobody logged in');
    return possible(`the lines show no login to ${host}`);
  },
  fix(facts) {
    const { client } = facts;
    const host = hostOf(facts) ?? '$CI_REGISTRY';
    if (client?.name === 'kubelet')
      return [
        `kubectl create secret docker-registry regcred --namespace NAMESPACE --docker-server=${host} --docker-username=USER --docker-password="$TOKEN"`,
        'Name it in the pod: spec.imagePullSecrets: [{ name: regcred }]',
      ];
    if (client?.name === 'kaniko')
      return [
        `echo "{\\"auths\\":{\\"${host}\\":{\\"auth\\":\\"$(printf '%s:%s' "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" | base64 | tr -d '\\n')\\"}}}" > /kaniko/.docker/config.json`,
      ];
    if (client?.name === 'gitlab-runner')
      return [
        `Settings > CI/CD > Variables: DOCKER_AUTH_CONFIG = {"auths":{"${host}":{"auth":"BASE64_OF_USER:TOKEN"}}} (for images of this GitLab the job's own token is used by itself)`,
      ];
    const name = ['podman', 'buildah', 'skopeo'].find((one) => one === client?.name) ?? 'docker';
    return [
      ...(REFUSED.test(facts.failure)
        ? [
            'Settings > CI/CD > Variables: does the variable exist, for this environment, and is it protected while the branch is not?',
          ]
        : []),
      `printf '%s' "$CI_REGISTRY_PASSWORD" | ${name} login -u "$CI_REGISTRY_USER" --password-stdin ${host}`,
    ];
  },
  references: [
    'https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/',
    'https://docs.gitlab.com/ci/variables/#protect-a-cicd-variable',
  ],
  examples: [
    {
      is: 'likely',
      under: ['authentication required'],
      log: `Running with gitlab-runner 16.11.1 (535ced5f)
Fetching changes with git depth set to 20...
Initialized empty Git repository in /builds/shop/web/.git/
$ docker build -t registry.example.com/shop/web:1 .
Successfully tagged registry.example.com/shop/web:1
$ docker push registry.example.com/shop/web:1
The push refers to repository [registry.example.com/shop/web]
5f70bf18a086: Preparing
unauthorized: authentication required
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['Must provide --username'],
      log: `2025-02-11T08:00:01.123456Z 01O $ echo $DEPLOY_TOKEN | docker login -u $DEPLOY_USER --password-stdin registry.example.com
2025-02-11T08:00:01.223456Z 01E Must provide --username with --password-stdin`,
    },
    {
      is: 'likely',
      under: ['non TTY device'],
      log: `+ docker login registry.example.com -u -p
Error: Cannot perform an interactive login from a non TTY device`,
    },
    {
      is: 'likely',
      under: ['no basic auth credentials'],
      log: `The push refers to repository [registry.example.com/shop/web]
5f70bf18a086: Preparing
no basic auth credentials`,
    },
    {
      is: 'likely',
      under: ['anonymous token'],
      log: `  Warning  Failed     12s   kubelet  Failed to pull image "registry.example.com/shop/web:1": failed to pull and unpack image "registry.example.com/shop/web:1": failed to resolve reference "registry.example.com/shop/web:1": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fweb%3Apull&service=container_registry: 403 Forbidden`,
    },
    {
      is: 'likely',
      under: ['Username and password required'],
      log: `##[group]Run docker/login-action@v3
with:
  registry: registry.example.com
##[endgroup]
##[error]Username and password required`,
    },
    {
      is: 'possible',
      under: ['authentication required'],
      log: 'Error: initializing source docker://registry.example.com/shop/web:1: reading manifest 1 in registry.example.com/shop/web: unauthorized: authentication required',
    },
  ],
  lookalikes: [
    {
      instead: 'wrong-registry',
      log: '$ docker push team/web:2\nThe push refers to repository [docker.io/team/web]\n5f70bf18a086: Preparing\ndenied: requested access to the resource is denied',
    },
    {
      instead: 'credentials-rejected',
      log: `$ echo "$P" | docker login -u gitlab-ci-token --password-stdin registry.example.org
Error response from daemon: Get "https://registry.example.org/v2/": unauthorized: HTTP Basic: Access denied
ERROR: Job failed: exit code 1`,
    },
  ],
} as const satisfies Cause;
