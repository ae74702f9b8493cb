import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';

/** BuildKit's record of how an image was built, as a part of its index. */
const ATTESTS = /exporting attestation manifest/;

/**
 * A layer or manifest arrived damaged, is missing in the registry, or its upload was lost on the way.
 *
 * Source: distribution's error codes (DIGEST_INVALID, BLOB_UNKNOWN, BLOB_UPLOAD_UNKNOWN, BLOB_UPLOAD_INVALID,
 * MANIFEST_BLOB_UNKNOWN) and the digest checks of docker, containerd, containers/image, go-containerregistry and oras;
 * docker 28, skopeo and ctr pulling from registry 2.8.2 with a blob overwritten, cut off and removed.
 */
export const blobCorrupt = {
  id: 'blob-corrupt',
  group: 'backend',
  title: 'A layer is damaged or missing in the registry',
  explain: ({ image, registry, failure }) =>
    /upload/i.test(failure)
      ? `${registry ?? 'The registry'} lost track of an upload while it was under way, so the layer is not there. Several registry processes with different secrets, a proxy that rewrites requests, or a collection that ran meanwhile do that.`
      : `A part of ${image?.path ?? 'the image'} does not have the content its digest promises, or is not in ${registry ?? 'the registry'} any more. Until that blob is uploaded again the image cannot be used.`,
  tell: ({ failure, imageText = 'IMAGE', operation }) =>
    /upload/i.test(failure)
      ? "grep -iE 'blob.upload.(unknown|invalid)' /var/log/gitlab/registry/current on the GitLab host has lines of that minute, with no error of the storage beside them"
      : operation === 'push' || operation === 'build' || operation === 'cache-export'
        ? `docker push ${imageText}, once more, goes through or stops at another layer; a rule or full storage stops it at the same place`
        : `skopeo copy docker://${imageText} dir:"$(mktemp -d)" stops at the same sha256 on every machine`,
  signals: [
    { says: 'digest_invalid', own: true },
    { says: 'blob_unknown', own: true },
    { matches: String.raw`\bBLOB_UPLOAD_(?:UNKNOWN|INVALID)\b`, token: 'blob_upload_', own: true },
    { matches: String.raw`\b(?:SIZE|RANGE)_INVALID: `, token: 'e_invalid: ', own: true },
    { says: 'blob unknown to registry', own: true },
    { says: 'unknown blob', own: true },
    { says: 'failed to read expected number of bytes', own: true },
    { says: 'blob upload unknown', own: true },
    { says: 'blob upload invalid', own: true },
    { says: 'filesystem layer verification failed', own: true },
    { says: 'image config verification failed', own: true },
    { says: 'manifest verification failed for digest', own: true },
    { matches: String.raw`unexpected commit (?:digest|size)`, token: 'unexpected commit', own: true },
    { matches: String.raw`failed size validation`, token: 'failed size validation', own: true },
    { says: 'digest did not match', own: true },
    { matches: String.raw`error verifying (?:sha256 checksum|size)`, token: 'error verifying s', own: true },
    { says: 'mismatched image rootfs and manifest layers', own: true },
    { says: 'mismatched digest' },
    { says: 'mismatch digest' },
    { says: 'digest mismatch' },
    { says: 'pulled blob has digest', own: true },
    { says: 'unexpectedblobdigestexception', own: true },
    { says: "layers from manifest don't match image configuration", own: true },
    {
      matches: String.raw`could not fetch content descriptor sha256:\S+ .*not found`,
      token: 'could not fetch content descriptor',
      own: true,
    },
    { matches: String.raw`content at \S+/blobs/\S+ not found`, token: 'content at ', own: true },
    // Several registries behind one balancer, each with its own uploads: the next request meets another.
    {
      matches: String.raw`\b(?:PUT|PATCH) (?:request to )?"?https?://\S+/blobs/uploads/\S+: (?:unexpected status code )?40[04]\b`,
      token: '/blobs/uploads/',
      own: true,
    },
    { matches: String.raw`fetching blob:? 404`, token: 'fetching blob', own: true },
    { matches: String.raw`blob sha256:.*(?:404|unknown|not found)`, token: 'blob sha256:', own: true },
    {
      matches: String.raw`failed to register layer: .*(?:unexpected EOF|invalid tar header|gzip: invalid|flate: corrupt)`,
      token: 'failed to register layer',
      own: true,
    },
    {
      matches: String.raw`failed to extract layer .*(?:unexpected EOF|invalid tar header|invalid checksum|corrupt)`,
      token: 'failed to extract layer',
      own: true,
    },
  ],
  fit({ near, operation, registry }, { text }) {
    if (/no space left/i.test(text)) return excluded('the disk is full');
    if (/pinging (?:container|docker) registry|dial tcp|x509/.test(text))
      return excluded('the registry was not reached, whatever the blob');
    if (/\bINFO\b|level=(?:debug|info|warning)|retrying/i.test(text) && !/error|fatal|failed/i.test(text))
      return excluded('the line is no failure');
    if (/request\.method"?[=:] ?"?HEAD\b/.test(text))
      return excluded('clients ask so whether a layer is there already');
    if (/npm|yarn|integrity|apk|go\.sum|checksum mismatch|\.whl|pip /i.test(text))
      return excluded('the checksum of a package is meant');
    if ([text, ...near].some((line) => /repository is read[- ]?only/i.test(line)))
      return excluded('the registry says that it takes no writes');
    // A push asks for each layer before it sends it: the registry's own log calls every answer "no" an error.
    if (/response completed with error/.test(text) && /unknown/.test(text))
      return /http\.request\.method="?(?:PUT|PATCH|POST)/.test(text)
        ? possible('the registry says that it lacks a blob')
        : conceivable('a registry logs this of every layer that is not there yet');
    // An index whose parts are attestations, too.
    if (/blob unknown/i.test(text) && operation !== 'pull' && near.some((line) => ATTESTS.test(line)))
      return conceivable('the index names something that the registry does not have');
    if (near.some((line) => /received unexpected HTTP status: 50[0-4]|no space left/i.test(line)))
      return possible('the registry had another error at that time');
    if (/\/blobs\/uploads\/\S+: .*400/.test(text) && !/(?:UNKNOWN|INVALID)\b/.test(text))
      return possible('the end of an upload was refused, without a reason');
    if (/blob.?upload.?(?:unknown|invalid)|range_invalid|\/blobs\/uploads\/\S+: .*404/i.test(text))
      return likely(`${registry ?? 'the registry'} does not know the upload any more`);
    if (/unexpected EOF|expected number of bytes|invalid tar header|gzip: invalid|corrupt/i.test(text))
      return possible('the layer could not be unpacked: damaged, or cut off on the way');
    if (/unknown|not found|404/i.test(text))
      return likely(
        operation === 'push'
          ? 'the manifest names a blob that the registry does not have'
          : 'a blob of the image is not in the registry',
      );
    return likely('the content does not have the digest or size that it should');
  },
  fix({ failure, imageText = 'IMAGE', operation, registry = 'REGISTRY' }) {
    const check = `curl -sSI -H "Authorization: Bearer TOKEN" https://${registry}/v2/REPOSITORY/blobs/sha256:DIGEST   # 404: missing; 200: compare Content-Length`;
    if (/upload/i.test(failure))
      return [
        "With several registry hosts: the same registry['http_secret'] in each /etc/gitlab/gitlab.rb, shared storage, then gitlab-ctl reconfigure",
        'In front of them: no rewriting of /v2/, sticky sessions where the storage is not shared',
        `docker push ${imageText}   # again, once`,
      ];
    if (operation === 'push' || operation === 'build' || operation === 'cache-export')
      return [
        `docker push ${imageText}   # once more: a damaged upload is cured by that`,
        check,
        'docker builder prune --force && docker build --no-cache -t IMAGE .   # if the local copy is the damaged one'.replace(
          'IMAGE',
          imageText,
        ),
      ];
    return [
      `docker rmi ${imageText}; docker pull ${imageText}   # once more, without what was stored before`,
      check,
      'If it stays: build and push the image again; was a garbage collection run while pushes went on, or a backup restored without the registry?',
    ];
  },
  references: [
    'https://distribution.github.io/distribution/spec/api/#errors-2',
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['filesystem layer verification failed'],
      log: '$ docker pull registry.example.com/shop/api:1\n1: Pulling from shop/api\n5f70bf18a086: Verifying Checksum\nfilesystem layer verification failed for digest sha256:5f70bf18a0860000000000000000000000000000000000000000000000000000',
    },
    {
      is: 'likely',
      under: ['blob upload unknown'],
      log: '$ docker push registry.example.com/shop/api:1\nThe push refers to repository [registry.example.com/shop/api]\n5f70bf18a086: Pushing [===>  ]  10MB/70MB\nblob upload unknown: blob upload unknown to registry\nERROR: Job failed: exit code 1',
    },
    {
      is: 'likely',
      under: ['unexpected commit digest'],
      log: '  Warning  Failed  kubelet  Failed to pull image "registry.example.com/shop/api:1": rpc error: code = FailedPrecondition desc = failed to pull and unpack image "registry.example.com/shop/api:1": failed commit on ref "layer-sha256:aa": unexpected commit digest sha256:bb, expected sha256:aa: failed precondition',
    },
    {
      is: 'likely',
      under: ['MANIFEST_BLOB_UNKNOWN'],
      log: '+ crane push app.tar registry.example.com/shop/api:1\nError: pushing image registry.example.com/shop/api:1: PUT https://registry.example.com/v2/shop/api/manifests/1: MANIFEST_BLOB_UNKNOWN: blob unknown to registry; sha256:1234\nscript returned exit code 1',
    },
    {
      is: 'likely',
      under: ['Digest did not match'],
      log: 'Error: initializing source docker://registry.example.com/shop/api:1: reading blob sha256:aa: Digest did not match, expected sha256:aa, got sha256:bb',
    },
    {
      is: 'likely',
      under: ['404 Not Found'],
      log: 'ERROR: failed to solve: failed to push registry.example.com/shop/api:9: failed commit on ref "layer-sha256:0a1b": unexpected status from PUT request to https://registry.example.com/v2/shop/api/blobs/uploads/3c4d?digest=sha256%3A0a1b: 404 Not Found',
    },
  ],
  lookalikes: [
    {
      instead: 'insufficient-rights',
      log: `unauthorized: unauthorized to access repository: shop/api, action: push: unauthorized to access repository: shop/api, action: push
time="2025-02-01T10:00:00Z" level=error msg="response completed with error" err.code="blob unknown" err.message="blob unknown to registry" http.request.method=HEAD http.request.uri="/v2/shop/api/blobs/sha256:5f70"`,
    },
    {
      instead: 'manifest-unknown',
      log: '$ docker pull registry.example.com/shop/api:8\nError response from daemon: manifest for registry.example.com/shop/api:8 not found: manifest unknown: manifest unknown',
    },
    {
      instead: 'not-registry',
      log: '$ npm ci\nnpm ERR! code EINTEGRITY\nnpm ERR! sha512-aaa integrity checksum failed when using sha512: wanted sha512-aaa but got sha512-bbb. (1203 bytes)',
    },
    {
      instead: 'registry-disabled',
      log: 'Error: trying to reuse blob sha256:0a1b at destination: pinging container registry registry.example.com: StatusCode: 404, "<html>"',
    },
  ],
} as const satisfies Cause;
