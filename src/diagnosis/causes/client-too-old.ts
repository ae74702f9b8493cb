import { type Cause, excluded, likely, possible } from '../cause.js';

/**
 * Client, daemon and registry speak different versions: of the Docker API, of the manifest schema, of the commands.
 *
 * Source: moby's version middleware and client; distribution's manifest handler (Accept header); containerd 2.1.
 */
export const clientTooOld = {
  id: 'client-too-old',
  group: 'client',
  title: 'The client is too old or too new for the other side',
  explain: ({ client }) =>
    `${client?.name ?? 'The client'}${client?.version === undefined ? '' : ` ${client.version}`} and the other side have no common version of what they say to each other. Neither credentials nor the network are at fault; one of the two has to be updated.`,
  tell: ({ failure, imageText = 'IMAGE' }) =>
    /accept header|schema|signature key|prettyjws|invalid tar header|unzstd/i.test(failure)
      ? `skopeo inspect --raw docker://${imageText} prints what this client does not know (an index, tar+zstd, schemaVersion 1)`
      : /helm/i.test(failure)
        ? 'helm version --short prints less than v3.8, and a current helm does the same without an error'
        : 'docker version prints that the client is too old or too new where its Server part should be, or a client that is years behind',
  signals: [
    { matches: String.raw`client version [0-9.]+ is too (?:old|new)`, token: 'client version ', own: true },
    { says: 'client is newer than server', own: true },
    { says: "client and server don't have same version", own: true },
    {
      matches: String.raw`requires API version [0-9.]+, but the Docker daemon API version is`,
      token: 'requires api version',
      own: true,
    },
    { says: 'api version of the docker daemon', own: true },
    { says: 'accept header does not support', own: true },
    { matches: String.raw`schema 1 support is disabled by default`, token: 'schema 1 support', own: true },
    {
      matches: String.raw`schema 1 manifest not supported|schema ?1 (?:manifests? )?(?:is|are) no longer supported`,
      token: 'schema',
      own: true,
    },
    {
      matches: String.raw`(?:not available|not supported|no longer supported|unsupported|not implemented|unknown|unrecognized|no default available)\b.*manifest\.v1\+|manifest\.v1\+(?:prettyjws|json|signed)?"? (?:is )?(?:no longer|not) (?:supported|implemented|available)`,
      token: 'manifest.v1+',
      own: true,
    },
    {
      matches: String.raw`unsupported (?:manifest )?schema ?version|Unsupported schema version|unsupported manifest media type`,
      token: 'unsupported ',
      own: true,
    },
    { says: 'missing signature key', own: true },
    {
      matches: String.raw`docker: '(?P<plugin>buildx|compose|manifest|scout|sbom|image|builder|context)' is not a docker command`,
      token: 'is not a docker command',
      own: true,
    },
    {
      matches: String.raw`unknown command: docker (?P<plugin>compose|buildx|manifest)`,
      token: 'unknown command: docker ',
      own: true,
    },
    { says: 'unsupported MIME type for compression', own: true },
    { matches: 'un(?:supported|known) (?:layer )?(?:media ?type|compression).{0,120}zstd', token: 'zstd', own: true },
    { matches: 'unsupported (?:docker v2s2|OCI) (?:config |layer )?media type', token: 'media type', own: true },
    { says: 'tls: protocol version not supported' },
    { says: 'fatal alert: protocol_version' },
    { says: 'mediaType in manifest should be', own: true },
    // Python's docker library, with a requests or urllib3 that is too new for it.
    {
      matches: String.raw`server API version: (?:Not supported URL scheme http\+docker|.*unexpected keyword argument)`,
      token: 'server api version: ',
      own: true,
    },
    { says: 'is only supported on a docker cli with experimental', own: true },
    { matches: String.raw`buildx component is missing or broken`, token: 'buildx component', own: true },
    { matches: String.raw`^(?:ERROR: )?unknown (?:shorthand )?flag: (?P<flag>\S.*)`, token: 'flag: ' },
    { says: 'helm_experimental_oci', own: true },
    {
      matches: String.raw`unknown command "(?:registry|push|login|manifest|auth)" for "(?:helm|docker|crane|skopeo|oras)`,
      token: 'unknown command ',
      own: true,
    },
    {
      matches: String.raw`failed to register layer: .*(?:invalid tar header|unzstd)`,
      token: 'failed to register layer',
      own: true,
    },
  ],
  fit(facts, { text, groups }) {
    const { client, near } = facts;
    const all = near.join('\n');
    if (/http\+docker|keyword argument/.test(text)) return likely("the client's libraries do not fit each other");
    if (/too old|too new|API version|newer than server|same version/i.test(text))
      return likely('the two sides have no API version in common');
    if (/mediaType in manifest should be/i.test(text))
      return facts.operation === 'pull' || facts.operation === 'build'
        ? possible('the client does not take the format that the image was pushed in')
        : excluded('it is the registry that wants another format');
    if (/protocol/i.test(text)) return possible('client and server have no version of TLS in common');
    if (/unsupported (?:docker v2s2|OCI)/i.test(text))
      return possible('the client does not know the media type that the registry names, or the registry names none');
    if (/zstd/i.test(text) && /media ?type|compression/i.test(text))
      return likely('the client cannot read layers that zstd packed');
    if (/MIME/.test(text) && !/zstd/i.test(text)) return possible('the client cannot work with layers of this type');
    if (/zstd/i.test(text) && /MIME/.test(text)) return likely('the client cannot read layers that zstd packed');
    if (/accept header/i.test(text)) return likely("the client does not say that it takes the image's manifest format");
    if (/flag: /i.test(text)) {
      if (client === undefined) return excluded('the command is not one of an image client');
      return possible(`${client.name} does not know ${groups.flag ?? 'the flag'}`);
    }
    if (/invalid tar header|unzstd/i.test(text))
      return possible('the layer may be compressed in a way (zstd) that the daemon cannot read');
    if (/not a docker command|buildx component|experimental|unknown command/i.test(text))
      return likely(`this client lacks ${groups.plugin ?? 'a command'} that the script uses`);
    if (/missing signature key/i.test(text) && /writing manifest|push/i.test(all))
      return possible('the manifest has the old, signed schema');
    return likely('the image has a manifest schema that one side no longer takes');
  },
  fix({ failure, imageText = 'IMAGE' }) {
    const tooNew = /client version \S+ is too new|newer than server/i.test(failure);
    const wanted =
      /(?:Maximum supported API version is|server API version:|Docker daemon API version is) ?([0-9.]*[0-9])/i.exec(
        failure,
      )?.[1];
    if (tooNew || (wanted !== undefined && !/too old/i.test(failure)))
      return [
        `export DOCKER_API_VERSION=${wanted ?? 'VERSION'}   # for now`,
        'Update the Docker Engine of the runner or the docker:…-dind service; best keep image and service of the job at one version: image docker:28, services docker:28-dind',
      ];
    if (/too old/i.test(failure))
      return [
        'Update the client: image docker:28 in the job, or the docker library of the tool that printed this (its container too)',
        'docker version --format "{{.Client.APIVersion}} {{.Server.MinAPIVersion}} {{.Server.APIVersion}}"   # the first must lie between the others',
      ];
    if (/accept header/i.test(failure))
      return [
        'Update the client that pulls, or push without an index: docker buildx build --provenance=false --sbom=false --push -t IMAGE .',
        'docker buildx imagetools inspect IMAGE   # what format it has'.replace('IMAGE', imageText),
      ];
    if (/schema|signature key|prettyjws/i.test(failure))
      return [
        `skopeo copy --format v2s2 docker://${imageText} docker://NEW_IMAGE   # with a skopeo that still reads schema 1, or rebuild the image`,
      ];
    if (/helm/i.test(failure))
      return ['helm version   # from 3.8.0 on OCI works without HELM_EXPERIMENTAL_OCI=1: update helm'];
    if (/invalid tar header|unzstd/i.test(failure))
      return [
        'Update the Docker Engine to 23 or newer (zstd layers), or push with compression=gzip',
        `docker buildx imagetools inspect --raw ${imageText}   # do the layers say tar+zstd?`,
      ];
    return [
      'docker version && docker buildx version',
      'Update the client in the job: image docker:28 (it brings buildx and compose), or install docker-buildx-plugin docker-compose-plugin',
    ];
  },
  references: [
    'https://docs.docker.com/reference/api/engine/#versioned-api-and-sdk',
    'https://docs.docker.com/engine/deprecated/',
    'https://docs.gitlab.com/user/packages/container_registry/troubleshoot_container_registry/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['client version 1.41 is too old'],
      log: '$ docker push registry.example.com/shop/api:1\nError response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version',
    },
    {
      is: 'likely',
      under: ['Maximum supported API version is 1.41'],
      log: `Running with gitlab-runner 16.11.0 (91a27b2a)
Initialized empty Git repository in /builds/shop/api/.git/
$ docker build -t registry.example.com/shop/api:1 .
Error response from daemon: client version 1.47 is too new. Maximum supported API version is 1.41
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['accept header does not support OCI indexes'],
      log: 'Error response from daemon: manifest unknown: OCI index found, but accept header does not support OCI indexes',
    },
    {
      is: 'likely',
      under: ['is no longer supported since containerd'],
      log: '  Warning  Failed  3s  kubelet  Failed to pull image "registry.example.com/shop/old:1": rpc error: code = Unimplemented desc = failed to pull and unpack image "registry.example.com/shop/old:1": not implemented: media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1, please rebuild the image as "application/vnd.docker.distribution.manifest.v2+json" or "application/vnd.oci.image.manifest.v1+json"',
    },
    {
      is: 'likely',
      under: ["'buildx' is not a docker command"],
      log: "+ docker buildx build --push -t registry.example.com/shop/api:7 .\ndocker: 'buildx' is not a docker command.\nSee 'docker --help'",
    },
    {
      is: 'possible',
      under: ['unknown flag: --provenance'],
      log: "##[group]Run docker build --provenance=false -t registry.example.com/shop/api:1 .\n##[endgroup]\nunknown flag: --provenance\nSee 'docker build --help'.\n##[error]Process completed with exit code 125.",
    },
    {
      is: 'likely',
      under: ['manifest.v1+prettyjws'],
      log: '$ regctl image copy registry.example.com/old/tool:1 registry.example.org/tool:1\nFailed to get config digest for registry.example.com/old/tool:1: Config digest not available for media type application/vnd.docker.distribution.manifest.v1+prettyjws',
    },
    {
      is: 'likely',
      under: ['unknown command: docker compose'],
      log: "$ docker compose push\ndocker: unknown command: docker compose\n\nRun 'docker --help' for more information",
    },
    {
      is: 'possible',
      under: ['v2s2 media type'],
      log: `$ podman pull nexus.example.com:8082/shop/api:1
Error: initializing image from source docker://nexus.example.com:8082/shop/api:1: unsupported docker v2s2 media type: ""`,
    },
  ],
  lookalikes: [
    {
      instead: 'manifest-unknown',
      log: '$ docker pull registry.example.com/shop/api:nope\nError response from daemon: manifest for registry.example.com/shop/api:nope not found: manifest unknown: manifest unknown',
    },
    {
      instead: 'not-registry',
      log: '$ npx jest --covrage\nerror: unknown option `--covrage`\n● Unrecognized CLI Parameter:\nnpm ERR! code ELIFECYCLE\nERROR: Job failed: exit code 1',
    },
  ],
} as const satisfies Cause;
