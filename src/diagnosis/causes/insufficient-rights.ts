import { type Cause, excluded, likely, possible } from '../cause.js';
import { LACKS_RIGHT, refusalOf } from '../refusal.js';
import { wasUploading } from './token-expired-mid-push.js';

/** Other registries' own words for a known user who may not do that. */
const PLAIN =
  /permission_denied|installation not allowed|is not authorized to perform|Permission "?'?(?:artifactregistry|storage)|unauthorized to access repository|does not have permission|insufficient scopes|IAM permission|caller does not have/i;

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
  signals: [
    { says: 'denied: access forbidden', own: true },
    ...LACKS_RIGHT,
    { says: 'make sure you have permissions for', own: true },
    { matches: String.raw`Unauthorized for [\w.:-]+/\S`, token: 'unauthorized for ' },
    { says: 'invalid status code from registry 403', own: true },
    { says: 'unexpected http status: 403', own: true },
    { matches: String.raw`(?:/v2/|/jwt/auth|/token)\S*:? .*403 forbidden`, token: '403 forbidden', own: true },
    { matches: String.raw`failed with status: 403`, token: 'failed with status: 403', own: true },
    { matches: String.raw`(?:response status code|unexpected status code|StatusCode:) 403`, token: ' 403' },
    { matches: String.raw`error parsing HTTP 403 response body`, token: 'error parsing http 403', own: true },
    { says: 'denied: permission_denied', own: true },
    { says: 'denied: installation not allowed', own: true },
    {
      matches: String.raw`denied: user: arn:aws:.* is not authorized to perform`,
      token: 'denied: user: arn',
      own: true,
    },
    { matches: String.raw`is not authorized to perform: ecr`, token: 'perform: ecr', own: true },
    { matches: String.raw`denied: permission ["']?artifactregistry`, token: 'denied: permission', own: true },
    { says: "caller does not have permission 'storage.", own: true },
    { says: 'unauthorized to access repository', own: true },
    { says: 'access token has insufficient scopes' },
    { says: 'the client does not have permission', own: true },
  ],
  fit(facts, { text }) {
    const { action, name, hub, under, project, login, jobToken } = refusalOf(facts);
    const user = facts.logins.at(-1)?.user;
    const who = user === undefined ? 'the credentials' : user;
    if (
      /Pushing to protected|is protected|immutable|too many|storage limit|quota|distinct sources|s3aws:|err\.detail|DriverName/i.test(
        text,
      )
    )
      return excluded('the answer names another reason');
    if (/403 response body: .*"(?:<|Too many|")/i.test(text) || /anonymous token/.test(text))
      return excluded('the answer is not from the registry or not about these credentials');
    if (PLAIN.test(text)) return likely(`the registry says that ${who} may not do that`);
    if (/access forbidden/i.test(text)) {
      if (action === 'pull' && jobToken && under !== true) return possible("the job's token has no right there");
      return likely(`GitLab knows ${who} and gives no right on the registry`);
    }
    if (hub === true)
      return login === 'here' && name?.path.includes('/')
        ? possible(`the account logged in at Docker Hub may not ${action ?? 'use'} ${name.path}`)
        : excluded('the name has no registry host: it went to Docker Hub');
    if (login === 'elsewhere') return excluded(`the login was not for ${name?.host ?? 'this registry'}`);
    if (login === 'none') return excluded('the job never logs in');
    if (/\b403\b|permissions for/.test(text))
      return /registry 403|jwt|permissions for|token|authenticating creds/i.test(text)
        ? likely(`the answer to ${who} was 403: known, but not allowed`)
        : possible('the answer was 403: known, but not allowed');
    if (action === 'push' && wasUploading(facts)) return possible('the registry took layers and refused the rest');
    if (action === 'push' && under === true)
      return login === 'here' || user !== undefined
        ? likely(`${name?.path ?? 'the image'} is under ${project ?? 'the project'}, and ${who} may not push to it`)
        : possible(`${name?.path ?? 'the image'} is under ${project ?? 'the project'}`);
    return possible(
      login === 'here' ? `${who} may lack the right` : 'the credentials, if any were sent, may lack the right',
    );
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
  ],
  lookalikes: [
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
