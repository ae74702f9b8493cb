import { type Cause, excluded, likely, possible } from '../cause.js';
import { nameOf } from '../refusal.js';

/**
 * The repository exists, the tag or digest does not.
 *
 * Source: distribution's MANIFEST_UNKNOWN (404); containerd and buildkit print "REFERENCE: not found",
 * go-containerregistry the bare 404 of a HEAD; an image without the asked platform is said so by the clients.
 */
export const manifestUnknown = {
  id: 'manifest-unknown',
  group: 'naming',
  title: 'The tag or digest does not exist',
  explain: (facts) => {
    const name = nameOf(facts);
    return /platform|matching manifest/i.test(facts.failure)
      ? `${name?.path ?? 'The image'} exists, but has no variant for this platform. It was built for another architecture than the machine that pulls it.`
      : `The registry knows ${name?.path ?? 'the repository'}, but it has no ${name?.digest ?? name?.tag ?? 'such tag'}. The tag is misspelt, was never pushed, or was removed by a clean-up policy.`;
  },
  tell: (facts) => {
    const name = nameOf(facts);
    const repository =
      name === undefined ? 'REGISTRY/GROUP/PROJECT' : `${name.host === undefined ? '' : `${name.host}/`}${name.path}`;
    const tag = name?.tag ?? 'TAG';
    if (/platform|architecture|matching manifest/i.test(facts.failure))
      return `docker buildx imagetools inspect ${repository}:${tag} lists platforms, and none is the one that uname -m names where it is pulled`;
    return name?.digest === undefined
      ? `skopeo list-tags docker://${repository} prints tags, and ${tag} is not among them`
      : `skopeo list-tags docker://${repository} prints tags, and skopeo inspect of the same name @DIGEST says "manifest unknown"`;
  },
  signals: [
    { says: 'manifest unknown', own: true },
    { matches: String.raw`\bMANIFEST_UNKNOWN\b`, token: 'manifest_unknown', own: true },
    { matches: String.raw`manifest for \S+ not found`, token: 'manifest for ', own: true },
    { matches: String.raw`manifest tagged by "[^"]*" is not found`, token: 'manifest tagged by', own: true },
    { says: 'no such manifest:', own: true },
    {
      matches: String.raw`failed to perform "[A-Za-z]+" on source: \S+: not found`,
      token: 'failed to perform "',
      own: true,
    },
    {
      matches: String.raw`requested image not found|Requested image with digest .* not found`,
      token: 'requested image',
      own: true,
    },
    { matches: String.raw`tag \S+ not found in repository`, token: 'not found in repository', own: true },
    {
      matches: String.raw`(?:resolve source metadata for|resolve reference|resolve image|load metadata for|pull image|failed to resolve) .*[:@][\w.:-]+"?: not found`,
      token: ': not found',
      own: true,
    },
    {
      matches: String.raw`^(?:ERROR: |Error: |#\d+ ERROR: )?[\w.-]+(?::\d+)?/[\w./-]+(?::[\w.-]+|@sha256:[0-9a-f]+): not found`,
      token: ': not found',
      own: true,
    },
    { matches: String.raw`/manifests/\S+:? .*\b404\b`, token: '/manifests/', own: true },
    {
      matches: String.raw`reading manifest \S+ in \S+: .*(?:404|not found|unknown)`,
      token: 'reading manifest ',
      own: true,
    },
    // Docker's words of old, which do not say whether the tag or the whole repository is missing.
    { matches: String.raw`Error: image \S+:\S+ not found`, token: 'error: image ' },
    { matches: String.raw`no matching manifest for`, token: 'no matching manifest for', own: true },
    { matches: String.raw`no match for platform in manifest`, token: 'no match for platform', own: true },
    {
      matches: String.raw`no image found in (?:manifest list|image index) for architecture`,
      token: 'for architecture',
      own: true,
    },
    { says: 'no child with platform', own: true },
    {
      matches: String.raw`\s[\w-]+\.[\w.-]+(?::\d+)?/[a-z0-9][\w./-]*(?::[\w.-]+|@sha256:[0-9a-f]+): not found$`,
      token: ': not found',
      own: true,
    },
    {
      matches: String.raw`Tried to pull image manifest for \S+ but failed because: .*unknown`,
      token: 'tried to pull image manifest',
      own: true,
    },
  ],
  fit(facts, { text, signal }) {
    if (/cache importer|importing cache manifest|cache-from|Retrieving cached/i.test(text))
      return excluded('only the cache is not there yet');
    if (/name unknown|NAME_UNKNOWN|repository name not known/i.test(text))
      return excluded('the repository itself is not known');
    if (/accept header|does not support/i.test(text)) return excluded('the client does not take this format');
    if (/blob unknown|BLOB_UNKNOWN|MANIFEST_BLOB/i.test(text)) return excluded('a blob is missing, not the manifest');
    if (/\b(?:PUT|PATCH|POST) /.test(text)) return excluded('it was a write');
    if (facts.operation === 'push' && signal === 10 && !/GET|HEAD|Head/.test(text)) return excluded('it was a push');
    if (/^\s*(?:WARN|warning|INFO)/i.test(text) && !/Failed to pull image/.test(text))
      return possible('a warning says that the tag is not there');
    if (/Error: image \S+ not found/.test(text)) return possible('the tag, or its repository, was not found');
    if (/matching manifest for|match for platform|for architecture|child with platform/i.test(text))
      return likely('the image has no variant for this platform');
    const name = nameOf(facts);
    if (/<html|<!DOCTYPE|response body/i.test(text)) return possible('a 404 that no registry wrote');
    return likely(
      name === undefined
        ? 'the registry has no such tag or digest'
        : `the registry has no ${name.digest ?? name.tag ?? 'such tag'} in ${name.path}`,
    );
  },
  fix(facts) {
    const name = nameOf(facts);
    const repository = `${name?.host === undefined ? '' : `${name.host}/`}${name?.path ?? 'GROUP/PROJECT'}`;
    if (/platform|architecture|matching manifest/i.test(facts.failure))
      return [
        `docker buildx imagetools inspect ${repository}:${name?.tag ?? 'TAG'}   # which platforms are there?`,
        `docker buildx build --platform linux/amd64,linux/arm64 --push -t ${repository}:${name?.tag ?? 'TAG'} .`,
        `or pull the other one: docker pull --platform linux/amd64 ${repository}:${name?.tag ?? 'TAG'}`,
      ];
    return [
      `skopeo list-tags docker://${repository}   # is ${name?.tag ?? 'the tag'} there?`,
      'Was the job that pushes it skipped, or does it run later? Make this one need it: needs: [JOB]',
      'GitLab: Settings > Packages and registries > Container registry: does a clean-up policy remove the tag?',
    ];
  },
  references: [
    'https://distribution.github.io/distribution/spec/api/#errors-2',
    'https://docs.gitlab.com/user/packages/container_registry/reduce_container_registry_storage/#cleanup-policy',
  ],
  examples: [
    {
      is: 'likely',
      under: ['manifest unknown'],
      log: `+ skopeo sync --src yaml --dest docker list.yml registry.example.com/mirror
level=error msg="Error copying ref" error="initializing source docker://quay.example.com/shop/api:7: reading manifest 7 in quay.example.com/shop/api: manifest unknown"
Writing manifest to image destination
level=fatal msg="Sync failed due to previous reported error(s) for one or more images"
+ ./notify.sh failed
curl: (6) Could not resolve host: hooks.example.com
+ true
+ exit 1`,
    },
    {
      is: 'likely',
      under: ['manifest unknown'],
      log: `$ docker pull registry.example.com/shop/api:1.4
Error response from daemon: manifest for registry.example.com/shop/api:1.4 not found: manifest unknown: manifest unknown
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['registry.example.com/shop/base:2', 'not found'],
      log: `#2 [internal] load metadata for registry.example.com/shop/base:2
#2 ERROR: registry.example.com/shop/base:2: not found
------
ERROR: failed to solve: registry.example.com/shop/base:2: failed to resolve source metadata for registry.example.com/shop/base:2: registry.example.com/shop/base:2: not found`,
    },
    {
      is: 'likely',
      under: ['Failed to pull image'],
      log: '  Warning  Failed  9s  kubelet  Failed to pull image "registry.example.com/shop/api:9": rpc error: code = NotFound desc = failed to pull and unpack image "registry.example.com/shop/api:9": failed to resolve reference "registry.example.com/shop/api:9": registry.example.com/shop/api:9: not found',
    },
    {
      is: 'likely',
      under: ['MANIFEST_UNKNOWN'],
      log: '+ crane copy registry.example.com/shop/api:1 registry.example.com/shop/api:prod\nError: fetching "registry.example.com/shop/api:1": GET https://registry.example.com/v2/shop/api/manifests/1: MANIFEST_UNKNOWN: manifest unknown; unknown tag=1',
    },
    {
      is: 'likely',
      under: ['reading manifest'],
      log: '$ podman pull registry.example.com/shop/api:x\nTrying to pull registry.example.com/shop/api:x...\nError: initializing source docker://registry.example.com/shop/api:x: reading manifest x in registry.example.com/shop/api: manifest unknown',
    },
    {
      is: 'likely',
      under: ['no matching manifest'],
      log: '##[group]Run docker pull registry.example.com/shop/api:1\n##[endgroup]\n1: Pulling from shop/api\nno matching manifest for linux/arm64/v8 in the manifest list entries\n##[error]Process completed with exit code 1.',
    },
    {
      is: 'possible',
      under: ['harbour/pilot:4 not found'],
      log: `  Warning  Failed  9s  kubelet, node-2  Failed to pull image "registry.example.com/harbour/pilot:4": rpc error: code = Unknown desc = Error: image harbour/pilot:4 not found`,
    },
  ],
  lookalikes: [
    {
      instead: 'name-unknown',
      log: '$ docker pull registry.example.com/shop/none:2\nError response from daemon: manifest for registry.example.com/shop/none:2 not found: name unknown: repository name not known to registry',
    },
    {
      instead: 'not-registry',
      log: '$ npm run build\nsh: 1: webpack: not found\nERROR: Job failed: exit code 127',
    },
  ],
} as const satisfies Cause;
