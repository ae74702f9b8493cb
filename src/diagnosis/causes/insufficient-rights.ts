import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';
import { statusSignals } from '../connection.js';
import { forbidden } from '../forbidden.js';
import { LACKS_RIGHT, refusalOf } from '../refusal.js';
import { wasUploading } from './token-expired-mid-push.js';

/** Other registries' own words for a known user who may not do that. */
const PLAIN =
  /permission_denied|installation not allowed|is not authorized to perform|Permission "?'?(?:artifactregistry|storage)|insufficient scopes|IAM permission|caller does not have|You are not authorized to access|denied: (?:permission|not authorized)/i;
/** Harbor's, Artifactory's, Quay's and Nexus's words, which serve for nobody's request, too. */
const PLAIN_OR_ANONYMOUS =
  /reqPackageAccess|unauthorized to access repository|does not have permission|access to the requested resource is not authorized/i;

/** The words of {@link LACKS_RIGHT}, and statuses: what is left is a bare code with a server's own message. */
const LACKS =
  /requested access|insufficient_scope|access denied|no pull access|authentication required|not authorized|permission|make sure|Unauthorized for|\b40[13]\b/i;

/**
 * (S2) Authenticated, but the role or the token's scopes do not allow this operation.
 *
 * Source: GitLab's /jwt/auth answers 403 DENIED "access forbidden" to credentials without any registry ability (docker
 * 28 prints "denied: access forbidden", skopeo "invalid status code from registry 403"); a right that is missing for
 * one image is left out of the JWT, and the registry refuses: "requested access to the resource is denied".
 */
export const insufficientRights = {
  id: 'insufficient-rights',
  group: 'authorization',
  title: 'The credentials are right, but do not allow this',
  explain: (facts) => {
    const { action = 'access', name, login } = refusalOf(facts);
    const user = facts.logins.at(-1)?.user;
    const what = name === undefined ? 'this' : `${action === 'login' ? 'access' : action} of ${name.path}`;
    return `${login === 'here' || action === 'login' ? 'The credentials were accepted' : 'The registry knows who asks'}${user === undefined ? '' : ` (${user})`}, but the role or the token's scopes do not allow ${what}. A push needs Developer and the scopes read_registry and write_registry, a pull from a private project Reporter and read_registry.`;
  },
  tell: (facts) => {
    const { name, action, hub } = refusalOf(facts);
    if (hub === true) return 'Docker Hub shows the repository, and the account is none of its collaborators';
    const least = action === 'pull' ? 'Reporter, or a token without read_registry' : 'Developer, or no write_registry';
    return `GitLab, in the project of ${name?.path ?? 'the image'}: Manage > Members or Settings > Repository > Deploy tokens: a role below ${least}`;
  },
  signals: [
    { says: 'denied: access forbidden', own: true },
    ...LACKS_RIGHT,
    // containerd, and with it Helm, BuildKit and nerdctl, print of a refusal only its status.
    {
      matches: String.raw`unexpected status from \S+ request to https?://[^/\s]+/v2/\S+: 401`,
      token: 'unexpected status from',
      own: true,
    },
    { says: 'make sure you have permissions for', own: true },
    // GitLab's own log of what its token endpoint left out.
    { says: 'Denied container registry permissions', own: true },
    { matches: String.raw`Unauthorized for [\w.:-]+/\S`, token: 'unauthorized for ' },
    ...statusSignals('403'),
    { matches: String.raw`(?:/v2/|/jwt/auth|/token)\S*:? .*403 forbidden`, token: '403 forbidden', own: true },
    // The code DENIED with a server's own words; "permission denied: " is everybody's.
    {
      matches: String.raw`(?:^|[:"] |ERROR )denied: (?:.* )?(?:permissions?|permission_denied|privileges?|not authori[sz]ed|not allowed)\b`,
      token: 'denied: ',
      own: true,
    },
    // The same code without words that anybody knows.
    {
      matches: String.raw`^(?:ERROR: |Error response from daemon: |#\d+ ERROR: )?(?:failed to (?:solve: failed to )?push \S+: )?denied: \S`,
      token: 'denied: ',
      own: true,
    },
    { matches: String.raw`(?:^|: )unknown: forbidden\b`, token: 'unknown: forbidden', own: true },
    { matches: String.raw`"code" ?: ?"DENIED"`, token: '"denied"', own: true },
    { matches: String.raw`is not authorized to perform: ecr`, token: 'perform: ecr', own: true },
    { says: "caller does not have permission 'storage.", own: true },
    { says: 'unauthorized to access repository', own: true },
    {
      matches: String.raw`access to registry .* was denied\. response code: 403`,
      token: 'was denied. response code: 403',
      own: true,
    },
    // Gitea and Forgejo
    { says: 'reqPackageAccess', own: true },
    { says: 'access token has insufficient scopes', own: true },
    { says: 'the client does not have permission', own: true },
  ],
  fit(facts, { text }) {
    const { action, name, hub, under, project, login, jobToken, lacking, anonymous, given } = refusalOf(facts);
    const user = facts.logins.at(-1)?.user;
    const who = user === undefined ? 'the credentials' : user;
    if (
      /Pushing to protected|is protected|immutable|too many|storage (?:limit|size|quota)|quota|limit is|distinct sources|s3aws:|err\.detail|DriverName/i.test(
        text,
      )
    )
      return excluded('the answer names another reason');
    if (/403 response body: .*"(?:<|Too many|")/i.test(text) || /anonymous token/.test(text))
      return excluded('the answer is not from the registry or not about these credentials');
    if (facts.answers?.registryOff === true) return excluded('the registry of the project is switched off');
    if (anonymous) return excluded('there were no credentials that could lack a right');
    if (lacking !== undefined && !jobToken) return likely(lacking);
    if (PLAIN.test(text)) return likely(`the registry says that ${who} may not do that`);
    if (facts.aside?.banned !== undefined) return possible('the answer was 403, and GitLab keeps an address out');
    if (/access forbidden|\/jwt\/auth\S*:? .*\b403\b/i.test(text)) return forbidden(facts, who);
    if (hub === true) {
      if (name === undefined || !name.path.includes('/'))
        return excluded('the name has no registry host: it went to Docker Hub');
      if (login === 'here')
        return possible(`the account logged in at Docker Hub may not ${action ?? 'use'} ${name.path}`);
      if (action === 'pull') return conceivable(`${name.path} may be private`);
      return login === 'elsewhere'
        ? excluded('the login was not for Docker Hub')
        : conceivable(`the account, if any was logged in at Docker Hub, may not ${action ?? 'use'} ${name.path}`);
    }
    if (login === 'elsewhere') return excluded(`the login was not for ${name?.host ?? 'this registry'}`);
    if (login === 'none') return excluded('the job never logs in');
    if (PLAIN_OR_ANONYMOUS.test(text) && !wasUploading(facts))
      return login === 'here' || user !== undefined
        ? likely(`the registry says that ${who} may not do that`)
        : given
          ? possible('the registry says that whoever asked may not do that')
          : action === 'pull'
            ? conceivable('the registry says that whoever asked may not do that')
            : possible('the registry says that whoever asked may not do that');
    if (facts.near.some((line) => /HTTP Basic: Access denied/.test(line)))
      return excluded('GitLab refused the credentials themselves');
    if (/\b403\b|permissions for/.test(text))
      return under !== false &&
        !/ghcr\.io/.test(name?.host ?? '') &&
        /registry 403|jwt|permissions for|token|authenticating creds/i.test(text)
        ? likely(`the answer to ${who} was 403: known, but not allowed`)
        : possible('the answer was 403: known, but not allowed');
    if (action === 'push' && wasUploading(facts)) return possible('the registry took layers and refused the rest');
    if (action === 'push' && under === true)
      return login === 'here' || user !== undefined
        ? likely(`${name?.path ?? 'the image'} is under ${project ?? 'the project'}, and ${who} may not push to it`)
        : possible(`${name?.path ?? 'the image'} is under ${project ?? 'the project'}`);
    if (!LACKS.test(text)) return conceivable('the registry refuses, in words that Registrar does not know');
    if (login === 'here') return possible(`${who} may lack the right`);
    // A 401 without more is more often about the credentials than about their rights.
    return /Unauthorized for|: 401 /.test(text) && facts.logins.length === 0
      ? conceivable('the credentials, if any were sent, may lack the right')
      : possible('the credentials, if any were sent, may lack the right');
  },
  fix(facts) {
    const { name, action } = refusalOf(facts);
    const host = name?.host ?? facts.registry ?? 'REGISTRY';
    const scopes = action === 'pull' ? 'read_registry' : 'read_registry and write_registry';
    return [
      `GitLab: Settings > Repository > Deploy tokens: does the token have ${scopes}? Scopes cannot be added later: create a new one`,
      `GitLab: Manage > Members: ${action === 'pull' ? 'Reporter' : 'Developer'} or higher for the user of the token or the pipeline; deploy tokens and project access tokens of another project do not count`,
      `printf '%s' "$TOKEN" | docker login -u TOKEN_USER --password-stdin ${host}`,
      `What was granted: curl -su "TOKEN_USER:$TOKEN" "https://GITLAB/jwt/auth?service=container_registry&scope=repository:${name?.path ?? 'GROUP/PROJECT'}:pull,push"`,
    ];
  },
  references: [
    'https://docs.gitlab.com/user/packages/container_registry/troubleshoot_container_registry/',
    'https://docs.gitlab.com/user/permissions/#project-packages-and-registry-permissions',
    'https://docs.gitlab.com/user/project/deploy_tokens/#scope',
  ],
  examples: [
    {
      is: 'likely',
      under: ['requested access'],
      log: `Running with gitlab-runner 18.0.1 (3c02e2f0)
Reinitialized existing Git repository in /builds/shop/api/.git/
$ podman login -u gitlab+deploy-token-8 --password-stdin registry.example.com
Login Succeeded!
$ podman push api:latest registry.example.com/shop/api:1
Getting image source signatures
Error: writing blob: initiating layer upload to /v2/shop/api/blobs/uploads/ in registry.example.com: errors:
denied: requested access to the resource is denied
unauthorized: authentication required
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'possible',
      under: ['denied: access forbidden'],
      log: `$ echo "$TOKEN" | docker login -u reader --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": denied: access forbidden
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['registry.example.com/shop/api', 'is denied'],
      log: `Running with gitlab-runner 18.1.0 (0731d300)
Reinitialized existing Git repository in /builds/shop/api/.git/
$ echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/shop/api:main
The push refers to repository [registry.example.com/shop/api]
5f70bf18a086: Preparing
5f70bf18a086: Waiting
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['invalid status code from registry 403'],
      log: `+ skopeo copy docker-archive:image.tar docker://registry.example.com/shop/api:1
time="2025-05-06T07:08:09Z" level=fatal msg="trying to reuse blob sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef at destination: Requesting bearer token: invalid status code from registry 403 (Forbidden)"`,
    },
    {
      is: 'likely',
      under: ['DENIED: access forbidden'],
      log: `INFO[0021] Pushing image to registry.example.com/shop/api:9
error pushing image: failed to push to destination registry.example.com/shop/api:9: GET https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apush%2Cpull&service=container_registry: DENIED: access forbidden`,
    },
    {
      is: 'likely',
      under: ['make sure you have permissions for registry.example.com/shop/api'],
      log: `[INFO] Building and pushing image...
[ERROR] Failed to execute goal com.google.cloud.tools:jib-maven-plugin:3.4.2:build (default-cli) on project api: Build image failed, perhaps you should make sure you have permissions for registry.example.com/shop/api and set correct credentials. See https://github.com/GoogleContainerTools/jib/blob/master/docs/faq.md#what-should-i-do-when-the-registry-responds-with-forbidden-or-denied for help`,
    },
    {
      is: 'likely',
      under: ['fetch oauth token', '403 Forbidden'],
      log: `#4 [internal] load metadata for registry.example.com/shop/base:1
#4 ERROR: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fbase%3Apull&service=container_registry: 403 Forbidden
ERROR: failed to solve: registry.example.com/shop/base:1: failed to resolve source metadata for registry.example.com/shop/base:1: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fbase%3Apull&service=container_registry: 403 Forbidden`,
    },
    {
      is: 'likely',
      under: ['write_package'],
      log: `##[group]Run docker/build-push-action@v6
##[endgroup]
#20 ERROR: failed to push registry.example.com/acme/api:1: denied: permission_denied: write_package
##[error]buildx failed with: ERROR: failed to solve: failed to push registry.example.com/acme/api:1: denied: permission_denied: write_package`,
    },
    {
      is: 'possible',
      under: ['pull access denied'],
      log: `$ docker login -u deploy --password-stdin registry.example.com
Login Succeeded
$ docker pull registry.example.com/shop/base:1
Error response from daemon: pull access denied for registry.example.com/shop/base, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    },
    {
      is: 'possible',
      under: ['harbour/pilot'],
      log: `$ docker login -u gitlab+deploy-token-31 --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/harbour/pilot:4
The push refers to repository [registry.example.com/harbour/pilot]
5f70bf18a086: Preparing
denied: requested access to the resource is denied
$ curl -s -H "PRIVATE-TOKEN: $T" https://gitlab.example.com/api/v4/projects/7/deploy_tokens/31
{"id":31,"name":"pilot","username":"gitlab+deploy-token-31","revoked":false,"expired":false,"scopes":["read_registry"]}`,
    },
    {
      is: 'possible',
      under: ['unexpected status: 403'],
      log: `#9 exporting to image
#9 pushing layers 1.2s done
#9 ERROR: unexpected status: 403 Forbidden
------
ERROR: failed to solve: unexpected status: 403 Forbidden`,
    },
    {
      is: 'possible',
      under: ['is denied'],
      log: `+ docker login -u beam --password-stdin
Login Succeeded
+ docker push lighthouse/beam:2
The push refers to repository [docker.io/lighthouse/beam]
5f70bf18a086: Preparing
denied: requested access to the resource is denied`,
    },
    {
      is: 'likely',
      under: ['does not have permission to push'],
      log: `$ docker login -u ci --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/docker-local/beam:2
The push refers to repository [registry.example.com/docker-local/beam]
denied: The client does not have permission to push to the repository.`,
    },
    {
      is: 'possible',
      under: ['401 Unauthorized'],
      log: `$ helm registry login registry.example.com -u robot --password-stdin
Login Succeeded
$ helm pull oci://registry.example.com/charts/buoy --version 1.0.0
Error: unexpected status from HEAD request to https://registry.example.com/v2/charts/buoy/manifests/1.0.0: 401 Unauthorized`,
    },
  ],
  lookalikes: [
    {
      instead: 'registry-read-only',
      log: `$ docker push registry.example.com/lighthouse/beam:2
The push refers to repository [registry.example.com/lighthouse/beam]
denied: The system is in read only mode. Any modification is prohibited.`,
    },
    {
      instead: 'credentials-missing',
      log: `Running with gitlab-runner 17.0.0 (44feccdf)
Reinitialized existing Git repository in /builds/shop/web/.git/
$ docker push registry.example.com/shop/web:9
The push refers to repository [registry.example.com/shop/web]
9a1dd7918741: Preparing
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
    {
      instead: 'protected-by-rule',
      log: `$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Preparing
denied: Pushing to protected repository path forbidden`,
    },
  ],
} as const satisfies Cause;
