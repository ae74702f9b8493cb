import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';
import { statusSignals } from '../connection.js';
import { wasHandedOver } from '../facts/handed-over.js';
import type { Facts } from '../facts.js';
import { EVERYBODYS, NOTHING_TO_SEND, REFUSED } from '../nothing-to-send.js';
import { LACKS_RIGHT, refusalOf } from '../refusal.js';
import { registryHost } from './auth-realm-unreachable.js';
import { CHALLENGE } from './credentials-rejected.js';
import { isLate, wasUploading } from './token-expired-mid-push.js';

/** Refusals that an account without the right is given, too. */
const OPEN =
  /requested access|insufficient_scope|access denied|not authorized|unauthorized to access|does not have permission|access forbidden|Unauthorized for |authorize header/i;
const ABOUT_LOGIN =
  /\blogin\b.*registr|(?:docker|podman|buildah|skopeo|nerdctl|helm|crane|oras|regctl|ctr).*\blogin\b|login-action|withDockerRegistry|could not find credentials .*(?:docker|registry|harbor|nexus|quay|ghcr|\becr)|\becr\b|docker:\/\//i;

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
  tell: (facts) => {
    const host = hostOf(facts) ?? 'REGISTRY';
    const tool = facts.client?.name;
    if (REFUSED.test(facts.failure))
      return 'printf %s "$TOKEN" | wc -c in the job, with the variable that the login uses, prints 0; a wrong value has a length';
    if (tool === 'kubelet')
      return `kubectl get pod POD -o jsonpath='{.spec.imagePullSecrets}' prints nothing, or a secret without ${host}`;
    if (tool === 'kaniko') return `/kaniko/.docker/config.json of the job has no entry for exactly ${host}`;
    return tool === 'podman' || tool === 'buildah' || tool === 'skopeo'
      ? `${tool} login --get-login ${host} in the failing job says "not logged into ${host}"`
      : `jq '.auths | keys' "$HOME/.docker/config.json" in the failing job lists no ${host}`;
  },
  signals: [
    ...NOTHING_TO_SEND,
    { matches: 'fetch anonymous token: .*(?:401|403)', token: 'fetch anonymous token', own: true },
    { matches: 'requesting bear(?:er)? token: .*registry 403', token: 'requesting bear', own: true },
    // A swarm whose nodes got no credentials with the service
    { says: 'could not be accessed on a registry to record', own: true },
    // Renovate
    { says: 'unauthorized docker lookup', own: true },
    { says: 'Unauthenticated request. Unauthenticated requests do not have permission', own: true },
    { says: 'unable to retrieve some image pull secrets', own: true },
    { says: 'malformed HTTP Authorization header', own: true },
    { matches: 'unauthorized: "?authentication required', token: 'authentication required', own: true },
    { matches: '(?:^|: )authentication required', token: 'authentication required' },
    // Docker's plug-ins for Maven; Artifactory
    {
      matches:
        '(?:DOCKER>|docker-maven-plugin|unknown:|unauthorized:|pu(?:sh|ll)ing (?:to|from) registry:|HTTP code 401).*authentication is required',
      token: 'authentication is required',
      own: true,
    },
    // AWS, which the login to ECR asks first
    { says: 'unable to locate credentials' },
    ...LACKS_RIGHT,
    { matches: 'error="?insufficient_scope', token: 'insufficient_scope' },
    // What Harbor, Artifactory, GitLab and Jib say to a stranger, too
    { says: 'unauthorized to access repository', own: true },
    { says: 'authorize header needed to send', own: true },
    { says: 'the client does not have permission', own: true },
    { says: 'denied: access forbidden', own: true },
    { matches: 'unauthorized for [\\w.:-]+/', token: 'unauthorized for ' },
    // Refusals of an empty name or password, if the log tells that they are
    { says: 'HTTP Basic: Access denied', own: true },
    { says: 'incorrect username or password' },
    { says: '401 unauthorized' },
    { says: '401 (unauthorized)' },
    ...statusSignals('401'),
    { says: 'code 401: unauthorized' },
    { matches: 'unauthorized: .*you may have invalid credentials', token: 'may have invalid credentials', own: true },
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
  ],
  fit(facts, { text }) {
    const { operation, fromTheStart, logins, aside, near } = facts;
    const host = hostOf(facts) ?? 'the registry';
    const about = [facts.command?.text ?? '', ...near].join('\n');
    if (CHALLENGE.test(text)) return excluded('a registry answers so to every first request');
    if (EVERYBODYS.test(text) && !ABOUT_LOGIN.test(about)) return excluded('no login to a registry is in sight');
    if (REFUSED.test(text)) return likely('the client had no user name or no password to send');
    if (/fetch anonymous token|no basic auth credentials|Unauthenticated request/i.test(text)) {
      const elsewhere = logins.findLast((login) => login.succeeded === true && login.host !== undefined)?.host;
      if (elsewhere !== undefined && !sameHost(elsewhere, host))
        return possible(`the login was to ${elsewhere}, the request went to ${host}`);
      // GitHub answers so of what does not exist, too.
      if (/anonymous token.*\bghcr\.io\b/i.test(text)) return possible(`nothing was sent to ${host}`);
      return likely(`the client had no credentials for ${host}`);
    }
    if (/registry 403/.test(text) && !wasHandedOver(facts))
      return fromTheStart ? likely(`the job never logs in to ${host}`) : conceivable('the lines show no login');
    if (/some image pull secrets|malformed HTTP Auth|on a registry to record/i.test(text))
      return possible('no usable credentials were sent');
    if (wasUploading(facts)) return excluded('layers were accepted before');
    if (isLate(text)) return conceivable('the lines show no login');
    if (aside?.empty !== undefined) return likely('the log says that the user name or the secret is empty');
    if (
      /HTTP Basic: Access denied|incorrect username|oauth token|login attempt|authenticating creds|invalid username\/password/i.test(
        text,
      )
    )
      return excluded('credentials were sent');
    if (operation === 'login') return excluded('a login was tried');
    const { hub, anonymous, name } = refusalOf(facts);
    if (anonymous) return likely(`the client says that it had no credentials for ${host}`);
    if (hub === true)
      return /authentication required|unauthorized for/i.test(text) &&
        logins.length === 0 &&
        name?.path.includes('/') === true
        ? possible('the lines show no login to Docker Hub')
        : conceivable('the name has no registry host: it went to Docker Hub');
    if (near.some((line) => /^(?:INFO\S* )?Pushed \S+@sha256:/i.test(line) && line.includes(host)))
      return excluded(`${host} had taken an image of this client before`);
    const open = OPEN.test(text);
    const [login] = logins;
    if (login !== undefined && logins.length === 1 && login.host === undefined && login.user === undefined)
      return open ? excluded('the log shows a login') : conceivable('the login may have been to another registry');
    if (logins.some((one) => one.host === undefined || sameHost(one.host, host) || one.host.startsWith('$')))
      return excluded('the log shows a login');
    if (/--(?:dest-|src-)?creds[ =]|--(?:dest-|src-)?password[ =]/.test(facts.command?.text ?? ''))
      return excluded('the command names credentials');
    if (wasHandedOver(facts))
      return open
        ? excluded('the log shows that credentials were given')
        : possible(`nothing shows that the credentials are for ${host}`);
    if (fromTheStart && /access forbidden/i.test(text))
      return facts.client?.name === 'kaniko'
        ? conceivable('kaniko is told its credentials by a file')
        : possible(`the job never logs in to ${host}`);
    if (fromTheStart) return likely(`the job never logs in to ${host}`);
    return open
      ? conceivable('the lines are too few to show whether somebody logged in')
      : possible(`the lines show no login to ${host}`);
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
      under: ['registry 403'],
      log: `Running with gitlab-runner 18.0.1 (3c02e2f0)
$ skopeo copy oci:api docker://registry.example.com/shop/api:1
level=fatal msg="trying to reuse blob sha256:5f70 at destination: Requesting bearer token: invalid status code from registry 403 (Forbidden)"`,
    },
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
    {
      is: 'likely',
      under: ['prior to push'],
      log: `$ docker push registry.example.com/shop/web
The push refers to a repository [registry.example.com/shop/web] (len: 1)
Please login prior to push:
Username: EOF`,
    },
    {
      is: 'likely',
      under: ['Could not find credentials'],
      log: `[Pipeline] withCredentials
ERROR: Could not find credentials entry with ID 'harbor-robot'
Finished: FAILURE`,
    },
    {
      is: 'likely',
      under: ['Username: Error: EOF'],
      log: `+ helm registry login charts.example.com
Username: Error: EOF`,
    },
    {
      is: 'likely',
      under: ['unauthorized to access repository'],
      log: `$ ./scripts/auth.sh
auth.sh: HARBOR_PASSWORD is not set, protected variables are for protected branches
$ crane push web.tar harbor.example.com/shop/web:1
Error: POST https://harbor.example.com/v2/shop/web/blobs/uploads/: UNAUTHORIZED: unauthorized to access repository: shop/web, action: push: unauthorized to access repository: shop/web, action: push`,
    },
    {
      is: 'likely',
      under: ['does not have permission'],
      log: `2024/03/02 10:00:01 No matching credentials were found for "images.example.com", falling back on anonymous
Error: POST https://images.example.com/v2/docker-local/web/blobs/uploads/: UNAUTHORIZED: The client does not have permission to push to the repository.; map[manifest:web/_uploads]`,
    },
    {
      is: 'possible',
      under: ['access forbidden'],
      log: `Running with gitlab-runner 15.1.0 (76984217)
Reinitialized existing Git repository in /builds/shop/web/.git/
$ docker compose pull
Error response from daemon: Head "https://registry.example.com/v2/tools/lint/manifests/2": denied: access forbidden
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'possible',
      under: ['Authentication is required'],
      log: `[ERROR] DOCKER> Unable to push 'registry.example.com/shop/web:1' : Authentication is required.
[ERROR] Failed to execute goal io.fabric8:docker-maven-plugin:0.40.2:push (default-cli) on project web: Authentication is required. -> [Help 1]`,
    },
  ],
  lookalikes: [
    {
      instead: 'wrong-registry',
      log: '$ docker login code.example.com\nLogin Succeeded\n$ docker push team/web:2\nThe push refers to repository [docker.io/team/web]\n5f70bf18a086: Preparing\ndenied: requested access to the resource is denied',
    },
    {
      instead: 'credentials-rejected',
      log: `$ echo "$P" | docker login -u gitlab-ci-token --password-stdin registry.example.org
Error response from daemon: Get "https://registry.example.org/v2/": unauthorized: HTTP Basic: Access denied
ERROR: Job failed: exit code 1`,
    },
  ],
} as const satisfies Cause;
