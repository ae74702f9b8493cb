import { type Cause, excluded, likely, possible } from '../cause.js';
import { accessLog, statusSignals } from '../connection.js';
import { fullStorage } from '../disks.js';

/**
 * The registry (or GitLab's token endpoint) answered 500, and nothing in the log says why.
 *
 * Source: how docker, buildkit, containerd, containers/image, go-containerregistry, oras and jib print a 500;
 * docker 28 and skopeo against registry 2.8.2 with a broken storage.
 */
export const registryInternalError = {
  id: 'registry-internal-error',
  group: 'backend',
  title: 'The registry failed inside (500)',
  explain: ({ registry = 'The registry', failure }) =>
    `${/jwt\/auth|oauth token|bearer token/i.test(failure) ? 'GitLab, asked for a token,' : registry} answered with an internal error, which says nothing about the client's rights or image. The reason stands in the server's log and nowhere else: most often storage that is full, unwritable or unreachable.`,
  tell: ({ registry, failure }) =>
    /jwt\/auth|oauth token|bearer token/i.test(failure)
      ? 'grep \'"status":500\' /var/log/gitlab/gitlab-rails/production_json.log | grep jwt on the GitLab host has lines of that minute'
      : `curl -sI https://${registry ?? 'REGISTRY'}/v2/ answers 401, and the err.detail of gitlab-ctl tail registry on the GitLab host speaks of no disk, right or bucket`,
  signals: [
    ...statusSignals('500'),
    accessLog('500'),
    { says: '500 internal server error' },
    { says: 'unknown: unknown error', own: true },
    { matches: String.raw`\bbut failed because: .*\b500\b`, token: 'but failed because: ', own: true },
    { says: 'unknown: internal server error', own: true },
    { matches: String.raw`internal server error.*/v2/|/v2/\S*.*internal server error`, token: 'internal server error' },
    { matches: String.raw`/jwt/auth\S* .*\b500\b`, token: '/jwt/auth' },
  ],
  fit({ near, command, operation }, { text }) {
    if (/docker\.sock|%2Fdocker\.sock|\/v1\.\d+\//.test(text))
      return excluded("the daemon's API answered, not a registry");
    if (
      /no space left|permission denied|read-only file|DriverName|err\.detail|s3aws|filesystem: |\/docker\/registry\/v2\//i.test(
        text,
      )
    )
      return excluded('the registry says more than that');
    if (
      near.some((line) =>
        /no space left|err\.detail|DriverName|filesystem: .*(?:denied|no space|read-only)|s3aws: /i.test(line),
      )
    )
      return excluded("the registry's own words stand beside it");
    if (fullStorage(near) !== undefined) return excluded("the registry's disk is full");
    if (/registry\.npmjs|npm ERR|npm error|pypi|nuget|rubygems|maven\.org|\/api\/v4\//i.test(text))
      return excluded('another service answered 500');
    if (/registry-1\.docker\.io|auth\.docker\.io|index\.docker\.io/.test(text))
      return possible('Docker Hub, not your registry, answered 500');
    if (
      command === undefined &&
      operation === undefined &&
      !/\/v2\/|\/jwt\/auth|registry|\brepository\b|\bblob\b|unexpected HTTP status/i.test(text)
    )
      return possible('the log does not show who answered 500');
    return likely('the answer was 500 and nothing beside it tells more');
  },
  fix: ({ registry, failure }) => [
    'gitlab-ctl tail registry   # on the GitLab host, while the command is repeated: err.detail has the reason',
    ...(/jwt\/auth|oauth token|bearer token/i.test(failure)
      ? ['grep \'"status":500\' /var/log/gitlab/gitlab-rails/production_json.log | grep jwt | tail -n 3']
      : [
          'df -h /var/opt/gitlab/gitlab-rails/shared/registry && ls -ld /var/opt/gitlab/gitlab-rails/shared/registry   # room, and owner registry:git?',
        ]),
    `curl -sSI https://${registry ?? 'REGISTRY'}/v2/   # 401 means that the registry itself runs`,
    'gitlab-ctl status registry && gitlab-ctl restart registry',
  ],
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
    'https://distribution.github.io/distribution/spec/api/#errors',
  ],
  examples: [
    {
      is: 'likely',
      under: ['received unexpected HTTP status: 500'],
      log: `Running with gitlab-runner 17.5.0 (66a723c3)
Initialized empty Git repository in /builds/shop/api/.git/
$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
5f70bf18a086: Preparing
received unexpected HTTP status: 500 Internal Server Error
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['unexpected status from POST request'],
      log: '#14 ERROR: failed to push registry.example.com/shop/api:1: unexpected status from POST request to https://registry.example.com/v2/shop/api/blobs/uploads/: 500 Internal Server Error\n------\nERROR: failed to solve: failed to push registry.example.com/shop/api:1: unexpected status from POST request to https://registry.example.com/v2/shop/api/blobs/uploads/: 500 Internal Server Error',
    },
    {
      is: 'likely',
      under: ['invalid status code from registry 500'],
      log: '$ skopeo inspect docker://registry.example.com/shop/api:1\ntime="2025-02-01T10:00:00Z" level=fatal msg="Error parsing image name: Requesting bearer token: invalid status code from registry 500 (Internal Server Error)"',
    },
    {
      is: 'likely',
      under: ['failed to fetch oauth token'],
      log: '##[group]Run docker buildx build --push -t registry.example.com/shop/api:1 .\n##[endgroup]\nERROR: failed to solve: failed to fetch oauth token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apull&service=container_registry: 500 Internal Server Error\n##[error]Process completed with exit code 1.',
    },
    {
      is: 'likely',
      under: ['response status code 500'],
      log: '+ oras push registry.example.com/shop/chart:1 chart.tgz\nError response from registry: failed to perform "Push" on destination: POST "https://registry.example.com/v2/shop/chart/blobs/uploads/": response status code 500: unknown: unknown error\nscript returned exit code 1',
    },
    {
      is: 'likely',
      under: ['500 (Internal'],
      log: `FATA[0012] trying to reuse blob sha256:0123456789ab at destination: failed to read from destination repository shop/api: 500 (Internal Server Error)`,
    },
    {
      is: 'likely',
      under: ['HTTP/1.1" 500'],
      log: `{"host":"registry.example.com","level":"info","method":"PUT","msg":"access","status":500,"system":"http","uri":"/v2/shop/api/manifests/1"}`,
    },
  ],
  lookalikes: [
    {
      instead: 'gateway-error',
      log: '$ docker push registry.example.com/shop/api:1\nThe push refers to repository [registry.example.com/shop/api]\nreceived unexpected HTTP status: 502 Bad Gateway',
    },
    {
      instead: 'not-registry',
      log: '$ npm ci\nnpm ERR! code E500\nnpm ERR! 500 Internal Server Error - GET https://registry.npmjs.org/lodash - Internal Server Error',
    },
    {
      instead: 'insufficient-rights',
      log: `Error: (HTTP code 500) server error - Head "https://registry.gitlab.com/v2/shop/api/manifests/latest": denied: access forbidden`,
    },
  ],
} as const satisfies Cause;
