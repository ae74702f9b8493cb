import { type Cause, excluded, likely, possible } from '../cause.js';
import { LACKS_RIGHT, refusalOf } from '../refusal.js';

/** Without a registry the project has no such variable, and a login to nothing goes to Docker Hub. */
const UNSET = /\$\{?CI_REGISTRY\b/;

/**
 * The container registry is off: for the instance, or for the project.
 *
 * Source: GitLab's /jwt/auth answers 404 UNAVAILABLE "registry not enabled" (docker: "unavailable: registry not
 * enabled"); without its vhost the host's /v2/ is a plain 404; a project without registry has no CI_REGISTRY_IMAGE.
 */
export const registryDisabled = {
  id: 'registry-disabled',
  group: 'authorization',
  title: 'The container registry is switched off',
  explain: ({ registry, failure }) =>
    /not enabled|disabled/i.test(failure)
      ? 'GitLab says that the container registry is not enabled. It is off for the whole instance, or for this project.'
      : `${registry ?? 'The host'} answers, but there is no registry behind the address. The registry is off there, or it has another host or port than the one asked.`,
  tell: (facts) => {
    const { failure, registry, image } = facts;
    if (/not enabled|disabled/i.test(failure))
      return 'curl -s "https://GITLAB/jwt/auth?service=container_registry" prints "registry not enabled", whoever asks';
    if (/invalid reference format/i.test(failure))
      return 'echo "[$CI_REGISTRY] [$CI_REGISTRY_IMAGE]" in the job prints [] for the second alone';
    return facts.answers?.registryOff === true
      ? 'Settings > General > Visibility, project features, permissions, in the project: Container registry is off'
      : `curl -sI https://${registry ?? image?.host ?? 'REGISTRY'}/v2/ prints 404 and no Docker-Distribution-Api-Version, where a registry answers 401 with it`;
  },
  signals: [
    { says: 'registry not enabled', own: true },
    { matches: String.raw`container registry is (?:not enabled|disabled)`, token: 'container registry is ', own: true },
    { matches: String.raw`login attempt to .* failed with status: 404`, token: 'failed with status: 404', own: true },
    { says: 'error parsing HTTP 404 response body', own: true },
    { says: 'invalid status code from registry 404', own: true },
    {
      matches: String.raw`pinging container registry .*(?:404|not found)`,
      token: 'pinging container registry',
      own: true,
    },
    {
      matches: String.raw`GET "?https?://[^/\s"]+/v2/"?: .*\b404\b`,
      token: '/v2/',
      own: true,
    },
    { matches: String.raw`/jwt/auth\S*:? .*\b404\b`, token: '/jwt/auth', own: true },
    { matches: String.raw`invalid reference format`, token: 'invalid reference format', own: true },
    ...LACKS_RIGHT,
    { says: 'access forbidden', own: true },
    { matches: String.raw`registry-1\.docker\.io/v2/"?: unauthorized: `, token: 'registry-1.docker.io/v2/', own: true },
  ],
  fit(facts, { text, signal }) {
    const { action } = refusalOf(facts);
    if (facts.answers?.registryOff === true && (action !== 'login' || UNSET.test(facts.command?.text ?? '')))
      return likely('GitLab answered that the registry of the project is switched off');
    if (facts.aside?.off !== undefined) return likely("GitLab's configuration has the registry switched off");
    if (signal > 8) return excluded('nothing in the log says that the registry is off');
    if (signal < 2) return likely('GitLab says that the registry is not enabled');
    if (signal === 8)
      return /\$\{?CI_REGISTRY_IMAGE/.test(facts.command?.text ?? '')
        ? possible('CI_REGISTRY_IMAGE is empty in a project whose registry is off')
        : excluded('no variable of the registry is in the command');
    if (/\/jwt\/auth|bearer token/i.test(text))
      return possible('the token endpoint does not know the registry, or is not there');
    if (/manifests\/|blobs\//.test(text) && !/response body/.test(text)) return excluded('the registry answered');
    if (action === 'pull' && !/response body|pinging|\/v2\/"?:/.test(text)) return excluded('the registry answered');
    return possible('the host answers, but nothing is a registry at /v2/');
  },
  fix: ({ registry, image }) => {
    const host = registry ?? image?.host ?? 'REGISTRY';
    return [
      `curl -sI https://${host}/v2/   # a registry answers 401 with Docker-Distribution-Api-Version`,
      `In /etc/gitlab/gitlab.rb: registry_external_url 'https://${host}'`,
      'gitlab-ctl reconfigure && gitlab-ctl status registry',
      'For the project: Settings > General > Visibility, project features, permissions > Container registry: on',
    ];
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/#enable-the-container-registry',
    'https://docs.gitlab.com/user/packages/container_registry/#disable-the-container-registry-for-a-project',
  ],
  examples: [
    {
      is: 'likely',
      under: ['registry-1.docker.io'],
      log: `$ curl -s --header "PRIVATE-TOKEN: $T" "$CI_API_V4_URL/projects/9" | jq .
  "container_registry_access_level": "disabled",
$ docker login -u gitlab-ci-token -p $CI_JOB_TOKEN $CI_REGISTRY
Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password`,
    },
    {
      is: 'possible',
      under: ['registry 404'],
      log: `$ skopeo inspect docker://registry.example.com/shop/api:1
level=fatal msg="Error parsing image name: Requesting bearer token: invalid status code from registry 404 (Not Found)"
$ grep registry /etc/gitlab/gitlab.rb
registry['enable'] = false`,
    },
    {
      is: 'likely',
      under: ['unavailable: registry not enabled'],
      log: `$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": unavailable: registry not enabled
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['jwt/auth', 'UNAVAILABLE'],
      log: 'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com/shop/api:1": creating push check transport for registry.example.com failed: GET https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apush%2Cpull&service=container_registry: UNAVAILABLE: registry not enabled',
    },
    {
      is: 'possible',
      under: ['login attempt to', '404'],
      log: `+ docker login -u ci --password-stdin gitlab.example.com
Error response from daemon: login attempt to https://gitlab.example.com/v2/ failed with status: 404 Not Found
Finished: FAILURE`,
    },
    {
      is: 'possible',
      under: ['pinging container registry', '404'],
      log: `[Pipeline] sh
+ podman pull registry.example.com/shop/api:1
Trying to pull registry.example.com/shop/api:1...
Error: initializing source docker://registry.example.com/shop/api:1: pinging container registry registry.example.com: StatusCode: 404, "<html>\\r\\n<head><title>404 Not Found</title></head>\\r\\n..."
script returned exit code 125`,
    },
    {
      is: 'possible',
      under: ['requested access'],
      log: `+ docker push registry.example.com/harbour/pilot:4
The push refers to repository [registry.example.com/harbour/pilot]
denied: requested access to the resource is denied
+ curl -s https://gitlab.example.com/api/v4/projects/harbour%2Fpilot
{"id":7,"path_with_namespace":"harbour/pilot","container_registry_access_level":"disabled"}`,
    },
  ],
  lookalikes: [
    {
      instead: 'insufficient-rights',
      log: 'Error response from daemon: Get "https://registry.example.com/v2/": denied: access forbidden',
    },
    {
      instead: 'manifest-unknown',
      log: `$ skopeo inspect docker://registry.example.com/shop/api:none
time="2025-05-06T07:08:09Z" level=fatal msg="Error parsing image name \\"docker://registry.example.com/shop/api:none\\": reading manifest none in registry.example.com/shop/api: manifest unknown"`,
    },
  ],
} as const satisfies Cause;
