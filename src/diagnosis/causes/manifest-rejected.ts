import { type Cause, excluded, likely, possible } from '../cause.js';

/**
 * The layers were taken and the manifest was refused: its media type, schema, attestations or references.
 *
 * Source: distribution's MANIFEST_INVALID / MANIFEST_UNVERIFIED (400), the attempts containers/image lists when a
 * registry takes none of its formats, buildkit's attestations (an index with `application/vnd.in-toto+json`).
 */
export const manifestRejected = {
  id: 'manifest-rejected',
  group: 'backend',
  title: 'The registry refuses the manifest',
  explain: ({ image, registry = 'The registry' }) =>
    `${registry} has the layers of ${image?.path ?? 'the image'}, but does not accept the manifest that describes them. Its format (OCI index, attestations, an artifact's media type, the old schema 1) is one that this registry does not take.`,
  tell: ({ failure, near, imageText = 'IMAGE' }) =>
    /attempted the following formats|writing manifest/i.test(`${failure}\n${near.join('\n')}`)
      ? `podman push --format v2s2 ${imageText} (or oci) goes through, and without it a push under any other tag is refused too`
      : `docker buildx build --provenance=false --push -t ${imageText} . goes through; without it any other tag is refused too`,
  signals: [
    { says: 'manifest_invalid', own: true },
    { says: 'manifest_unverified', own: true },
    { matches: String.raw`MANIFEST_(?:REFERENCE|PAYLOAD_SIZE)_LIMIT`, token: 'manifest_', own: true },
    { says: 'manifest invalid', own: true },
    { says: 'manifest unverified', own: true },
    { says: 'manifest failed signature verification', own: true },
    {
      matches: String.raw`Uploading manifest failed, attempted the following formats`,
      token: 'uploading manifest failed',
      own: true,
    },
    { matches: String.raw`(?:PUT|put).*/manifests/\S*.*\b(?:400|415|422)\b`, token: '/manifests/', own: true },
    {
      matches: String.raw`failed commit on ref "(?:manifest|index)-[^"]*sha256:[^"]+": unexpected status.* (?:400|415|422)\b`,
      token: 'failed commit on ref',
      own: true,
    },
    {
      matches: String.raw`unknown (?:manifest|media) ?(?:class|type)(?: for|:)? "?application/vnd\.`,
      token: 'application/vnd.',
      own: true,
    },
    ...(['media type', 'mediatype', 'content type'] as const).map(
      (token) =>
        ({
          matches: String.raw`(?:unsupported|invalid|unrecognized|disallowed) (?:manifest |config ?)?${token}[^\n]*application/`,
          token,
        }) as const,
    ),
    ...['media type ', 'mediatype '].map(
      (token) =>
        ({
          matches: String.raw`${token}\S* ?(?:is )?(?:not (?:supported|allowed|accepted)|unsupported)`,
          token,
        }) as const,
    ),
    { says: 'references to blobs and/or manifests are missing in your target registry', own: true },
    { says: 'manifest has no layers' },
    // ECR
    { says: "at 'ImageManifest' failed to satisfy constraint", own: true },
    { says: 'payload size limit exceeded', own: true },
    { says: '415 unsupported media type' },
    { matches: String.raw`writing manifest: uploading manifest`, token: 'uploading manifest', own: true },
    { matches: String.raw`failed to push .*blob unknown to registry`, token: 'blob unknown to registry', own: true },
    // Of what is no image: an attestation, a signature, a chart.
    {
      matches: String.raw`unsupported MIME type for compression: application/vnd\.(?:in-toto|dev\.|cncf)`,
      token: 'unsupported mime type',
      own: true,
    },
  ],
  fit({ operation, near }, { text }) {
    const all = `${text}\n${near.join('\n')}`;
    if (
      /no longer supported since|schema 1 support is disabled/i.test(text) ||
      (/manifest\.v1\+/.test(text) && !/manifest.?invalid|\b4(?:00|15|22)\b/i.test(text))
    )
      return excluded('it is the client that refuses the old schema');
    if (
      /unauthorized|denied|authentication required|insufficient_scope|50[0234]\b|429|toomanyrequests|no space|timeout|connection re|immutable|protected/i.test(
        text,
      ) &&
      !/manifest.?invalid/i.test(text)
    )
      return excluded('the manifest was refused for another reason');
    if (/for compression/.test(text)) return possible('a layer of it is no part of an image, but an attestation');
    if (/failed to push .*blob unknown/.test(text))
      return near.some((line) => /exporting attestation manifest/.test(line))
        ? possible('the index names attestations, which not every registry takes')
        : excluded('no attestation was pushed');
    if (/blob unknown|MANIFEST_BLOB_UNKNOWN|tag.?(?:invalid|did not match)|name.?invalid/i.test(text))
      return excluded('the manifest itself is not what was refused');
    if (operation === 'pull') return possible('the client got a manifest that it does not take');
    if (/manifest.?(?:invalid|unverified)/i.test(text)) {
      if (/blob unknown/i.test(all)) return possible('a blob that it names is missing');
      return likely(formatOf(all) ?? 'the registry calls the manifest invalid');
    }
    if (/attempted the following formats/i.test(text))
      return likely('the registry took none of the formats that the client tried');
    if (/'ImageManifest'/.test(text)) return likely('the registry does not take a manifest of this form');
    if (/has no layers/i.test(text)) return likely('the manifest names no layers');
    if (/are missing in your target/.test(text))
      return likely('the list names manifests that this registry does not have');
    if (/\b4(?:00|15|22)\b/.test(text)) return likely('the upload of the manifest, not of a layer, was refused');
    if (/media ?type|content type|class/i.test(text)) return likely(formatOf(all) ?? 'the media type is not accepted');
    return possible('the upload of the manifest failed');
  },
  fix({ failure, near, imageText = 'IMAGE' }) {
    const all = `${failure}\n${near.join('\n')}`;
    if (/attempted the following formats|writing manifest/i.test(all))
      return [
        `skopeo copy --format v2s2 docker-daemon:${imageText} docker://${imageText}`,
        `podman push --format v2s2 ${imageText}   # or oci, the other way round`,
      ];
    return [
      `docker buildx build --provenance=false --sbom=false --push -t ${imageText} .   # or BUILDX_NO_DEFAULT_ATTESTATIONS=1`,
      `docker buildx build --output type=image,name=${imageText},push=true,oci-mediatypes=false --provenance=false .   # Docker's media types`,
      'For a cache: --cache-to type=registry,ref=IMAGE,mode=max,image-manifest=true,oci-mediatypes=true',
      'gitlab-ctl tail registry   # the reason of "manifest invalid" stands in err.detail; registry[\'validation_enabled\'] rules restrict references',
    ];
  },
  references: [
    'https://docs.docker.com/build/metadata/attestations/attestation-storage/',
    'https://distribution.github.io/distribution/spec/api/#put-manifest',
    'https://docs.docker.com/build/cache/backends/registry/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['manifest invalid: manifest invalid'],
      log: '$ docker push registry.example.com/shop/api:1\nThe push refers to repository [registry.example.com/shop/api]\n5f70bf18a086: Pushed\nmanifest invalid: manifest invalid\nERROR: Job failed: exit code 1',
    },
    {
      is: 'likely',
      under: ['400 Bad Request'],
      log: '##[group]Run docker buildx build --push -t registry.example.com/shop/api:3 .\n##[endgroup]\n#15 pushing manifest for registry.example.com/shop/api:3\nERROR: failed to solve: failed to push registry.example.com/shop/api:3: failed commit on ref "manifest-sha256:aa11": unexpected status from PUT request to https://registry.example.com/v2/shop/api/manifests/3: 400 Bad Request',
    },
    {
      is: 'likely',
      under: ['attempted the following formats'],
      log: 'Writing manifest to image destination\nError: Uploading manifest failed, attempted the following formats: application/vnd.oci.image.manifest.v1+json(uploading manifest 1 to registry.example.com/shop/api: manifest invalid: manifest invalid), application/vnd.docker.distribution.manifest.v2+json(uploading manifest 1 to registry.example.com/shop/api: manifest invalid: manifest invalid)',
    },
    {
      is: 'likely',
      under: ['MANIFEST_INVALID'],
      log: 'INFO[0021] Pushing image to registry.example.com/shop/api:2\nerror pushing image: failed to push to destination registry.example.com/shop/api:2: PUT https://registry.example.com/v2/shop/api/manifests/2: MANIFEST_INVALID: manifest invalid; map[reason:unknown media type]',
    },
    {
      is: 'likely',
      under: ['are missing in your target registry'],
      log: 'FATA[0000] Error pushing manifest list/index to registry: manifest list/index references to blobs and/or manifests are missing in your target registry: failed commit on ref "index-registry.example.com/shop/api:1@sha256:0a1b": unexpected status: 400 Bad Request',
    },
    {
      is: 'possible',
      under: ['blob unknown to registry'],
      log: `#29 exporting attestation manifest sha256:3fe9 0.0s done
#29 pushing layers 9.9s done
ERROR: failed to solve: failed to push registry.example.com/shop/api:1: unknown: blob unknown to registry`,
    },
  ],
  lookalikes: [
    {
      instead: 'blob-corrupt',
      log: '+ crane copy registry.example.com/a/b:1 registry.example.com/c/d:1\nError: PUT https://registry.example.com/v2/c/d/manifests/1: MANIFEST_BLOB_UNKNOWN: blob unknown to registry; sha256:12',
    },
    {
      instead: 'client-too-old',
      log: 'Error response from daemon: manifest unknown: OCI manifest found, but accept header does not support OCI manifests',
    },
  ],
} as const satisfies Cause;

/** What in the log hints at the format that was refused. */
function formatOf(text: string): string | undefined {
  if (/in-toto|attestation|provenance/i.test(text))
    return 'the build added attestations, which this registry may not take';
  if (/cacheconfig|buildkit\.cache|exporting cache/i.test(text))
    return 'a build cache is stored as an index that this registry may not take';
  return undefined;
}
