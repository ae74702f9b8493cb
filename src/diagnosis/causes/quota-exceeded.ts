import { type Cause, excluded, likely } from '../cause.js';
import { refusalOf } from '../refusal.js';

/**
 * A storage quota or a limit of the namespace refused the upload.
 *
 * Source: GitLab EE's /jwt/auth ("Your action has been rejected because the namespace storage limit has been reached");
 * Harbor's project quotas, Quay's, Docker Hub's and the clouds' limits.
 */
export const quotaExceeded = {
  id: 'quota-exceeded',
  group: 'authorization',
  title: 'A storage quota is used up',
  explain: (facts) => {
    const { name } = refusalOf(facts);
    const space = name?.path.split('/')[0] ?? 'the namespace';
    return `The registry refuses the upload because ${space} has used up the storage it may use. The credentials are right and the registry's disk is not full: something has to be deleted, or the limit raised.`;
  },
  tell: (facts) =>
    `GitLab: Settings > Usage quotas of ${refusalOf(facts).name?.path.split('/')[0] ?? 'the namespace'} shows its storage at the limit, while pulls work and the registry's disk has room`,
  signals: [
    { says: 'namespace storage limit has been reached', own: true },
    { says: 'storage limit has been reached' },
    // Harbor; a mail or a terminal may have broken the sentence.
    { says: 'will exceed the configured upper limit', own: true },
    {
      matches: String.raw`\badding \S+ \w{1,3} of storage resource, which when updated`,
      token: 'of storage resource',
      own: true,
    },
    { matches: String.raw`\bover the quota: used \d+ but only hard`, token: 'over the quota: used', own: true },
    { says: 'quota exceeded when processing the request', own: true },
    { says: 'not enough quota available to process the request', own: true },
    {
      matches: String.raw`denied: .*(?:quota (?:has been |is |was )?(?:exceeded|reached)|exceed(?:s|ed|ing)?(?: \w+){0,4} quota|out of storage|storage limit)`,
      token: 'denied: ',
      own: true,
    },
    // A registry's error code in front: its own words, whatever they are.
    {
      matches: String.raw`(?:denied|unknown|unauthorized|forbidden|unsupported): .*\bquota\b.*\b(?:exceeded|reached|used up|full)`,
      token: 'quota',
      own: true,
    },
    {
      matches: String.raw`(?:denied|unknown|unauthorized|forbidden): .*\bstorage (?:limit|size)\b.*\b(?:exceeded|reached|used up)`,
      token: ' storage ',
      own: true,
    },
    { matches: String.raw`(?:push|upload)\w*\b.*\bimages?\b.*\bexceeds? (?:\w+ )?quota`, token: ' quota', own: true },
    { matches: String.raw`exceeded your storage quota`, token: 'exceeded your storage quota' },
    {
      matches: String.raw`(?:registry|repository|storage) (?:storage )?(?:limit|quota) (?:has been )?exceeded`,
      token: ' exceeded',
    },
    {
      matches: String.raw`denied: registry contains \d+ repositories, limit is`,
      token: 'repositories, limit is',
      own: true,
    },
    {
      matches: String.raw`LimitExceededException.*(?:repositor|image|layer)`,
      token: 'limitexceededexception',
      own: true,
    },
    {
      matches: String.raw`(?:repository|registry)\b.*\bmaximum (?:allowed )?number of\b.*\b(?:images|tags|repositories)\b`,
      token: 'maximum ',
      own: true,
    },
    { says: 'exceeded the maximum number of private repositories' },
    { says: 'private repository limit', own: true },
  ],
  fit({ failure }, { text }) {
    if (/disk quota exceeded/i.test(text)) return excluded('it is a quota of the file system');
    if (/quota metric|per minute|requests? per|rate|toomanyrequests/i.test(text))
      return excluded('it is a limit on requests');
    if (/project_export|artifact|lfs|gitaly|remote: /i.test(failure) && !/registry|denied: /i.test(failure))
      return excluded('it was not the registry that refused');
    return likely('the answer says that a limit on storage is used up');
  },
  fix(facts) {
    const { name } = refusalOf(facts);
    return [
      `GitLab: Settings > Usage quotas of ${name?.path.split('/')[0] ?? 'the namespace'}: what uses the storage?`,
      'Deploy > Container registry: delete old tags, and set a clean-up policy: Settings > Packages and registries > Container registry',
      'On the GitLab host, to get the space back: gitlab-ctl registry-garbage-collect -m   # the registry is stopped meanwhile',
      'An administrator raises the limit: Admin > Settings > General > Account and limit (Harbor: project > Summary > Project quotas)',
    ];
  },
  references: [
    'https://docs.gitlab.com/user/storage_usage_quotas/',
    'https://docs.gitlab.com/user/packages/container_registry/reduce_container_registry_storage/',
    'https://goharbor.io/docs/latest/administration/configure-project-quotas/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['maximum allowed number'],
      log: `error pushing image: The repository with name 'buoy' in registry with id '123456789012' already has the maximum allowed number of 'images' which is 10000`,
    },
    {
      is: 'likely',
      under: ['namespace storage limit'],
      log: `$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
5f70bf18a086: Preparing
denied: Your action has been rejected because the namespace storage limit has been reached. For more information, visit https://docs.gitlab.com/ee/user/storage_usage_quotas
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['configured upper limit'],
      log: `+ docker push harbor.example.com/shop/api:1
The push refers to repository [harbor.example.com/shop/api]
629d9dbab5ed: Pushing  80.35MB
denied: adding 29.0 MiB of storage resource, which when updated to current usage of 9.9 GiB will exceed the configured upper limit of 10.0 GiB.
script returned exit code 1`,
    },
    {
      is: 'likely',
      under: ['Quota has been exceeded'],
      log: `#18 ERROR: failed to push quay.example.com/shop/api:1: denied: Quota has been exceeded on namespace
------
ERROR: failed to solve: failed to push quay.example.com/shop/api:1: denied: Quota has been exceeded on namespace`,
    },
    {
      is: 'likely',
      under: ['Quota exceeded when processing'],
      log: `$ podman push harbor.example.com/shop/api:2
Copying blob sha256:5f70bf18a086
Error: writing blob: uploading layer chunked: denied: Quota exceeded when processing the request of adding 1.3 MiB, which when added to current usage of 99.9 MiB will exceed the configured upper limit of 100.0 MiB.`,
    },
    {
      is: 'likely',
      under: ['DENIED', 'namespace storage limit'],
      log: 'error pushing image: failed to push to destination registry.example.com/shop/api:1: GET https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apush%2Cpull&service=container_registry: DENIED: Your action has been rejected because the namespace storage limit has been reached.',
    },
    {
      is: 'likely',
      under: ['over the quota'],
      log: `Aug 15 00:16:49 10.0.0.4 core[99]: 2024-08-15T07:16:49Z [ERROR] [/core/middlewares/interceptor/quota/quota.go:64]: Failed to add resources, error: over the quota: used 2209051826 but only hard 2073741824`,
    },
    {
      is: 'likely',
      under: ['configured upper limit'],
      log: `#9 ERROR: failed to push registry.example.com/harbour/pilot:4:
denied: adding 15.7 MiB of storage resource, which when updated to current usage of 10.0 GiB
will exceed the configured upper limit of 10.0 GiB.`,
    },
  ],
  lookalikes: [
    {
      instead: 'rate-limited',
      log: "#5 ERROR: failed to push registry.example.com/p/r/app:1: denied: Quota exceeded for quota metric 'Requests per project per user' and limit 'Requests per project per user per minute'",
    },
    {
      instead: 'client-disk-full',
      log: `$ docker pull registry.example.com/shop/api:1
1: Pulling from shop/api
5f70bf18a086: Extracting
failed to register layer: write /usr/lib/libx.so: disk quota exceeded
ERROR: Job failed: exit code 1`,
    },
  ],
} as const satisfies Cause;
