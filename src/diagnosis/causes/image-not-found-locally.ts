import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';
import { nameOf } from '../refusal.js';

/**
 * The client has no local image with the tag it was told to push.
 *
 * Source: moby's push ("An image does not exist locally with the tag", "tag does not exist"), podman and buildah
 * ("image not known"), containerd and nerdctl, containers/image's storage and docker-daemon transports.
 */
export const imageNotFoundLocally = {
  id: 'image-not-found-locally',
  group: 'naming',
  title: 'There is no such image on the client',
  explain: (facts) =>
    `${nameOf(facts)?.path ?? facts.imageText ?? 'The image'} is not among the client's own images under that name and tag, so nothing could be sent. It was built under another name, in another job or daemon, or the build put it only into its cache.`,
  tell: (facts) => {
    const tool = ['podman', 'buildah', 'nerdctl'].find((one) => one === facts.client?.name) ?? 'docker';
    return `${tool} images, right before the push in the same job, lists no ${facts.imageText ?? 'IMAGE'}, at most another name of it`;
  },
  signals: [
    { says: 'an image does not exist locally with the tag', own: true },
    { matches: String.raw`\btag does not exist: `, token: 'tag does not exist: ', own: true },
    { says: 'no such image:', own: true },
    { matches: String.raw`no such image$`, token: 'no such image', own: true },
    { says: 'image not known', own: true },
    { says: 'does not resolve to an image id', own: true },
    { says: 'unable to find a name and tag match', own: true },
    { matches: String.raw`image .* not found in local storage`, token: 'not found in local storage', own: true },
    {
      matches: String.raw`loading image from docker engine: .*(?:not found|no such|does not exist)`,
      token: 'loading image from docker engine',
      own: true,
    },
    { matches: String.raw`(?:^|: )reference does not exist$`, token: 'reference does not exist', own: true },
    { matches: String.raw`(?:ctr|FATA\[\d+\]).*image "[^"]+": not found`, token: 'image "', own: true },
    {
      matches: String.raw`failed to push image \S+: image "[^"]+": not found`,
      token: 'failed to push image',
      own: true,
    },
    { matches: String.raw`(?:FATA\[\d+\]|level=fatal).*\btag "[^"]+" not found`, token: 'tag "', own: true },
    { matches: String.raw`cannot find (?:the )?image \S+ locally`, token: ' locally', own: true },
    { matches: String.raw`failed to find (?:local )?image "`, token: 'failed to find ', own: true },
    { matches: String.raw`image: "[^"]+" not present locally`, token: 'not present locally', own: true },
    { matches: String.raw`unable to find '[^']+' in lo(?:cal storage)?`, token: "' in lo", own: true },
    { says: 'ErrImageNeverPull', own: true },
    { says: 'is not present with pull policy of Never', own: true },
    { matches: String.raw`locating image with name|locating image with ID`, token: 'locating image with ', own: true },
    // Docker of old, and Spotify's client for Java
    { matches: String.raw`(?:^|: |> )no such id: [a-z0-9]`, token: 'no such id: ', own: true },
    { says: 'no such image or tag: ', own: true },
    {
      matches: String.raw`(?:^|\] |: )repository does not exist: \S+$`,
      token: 'repository does not exist: ',
      own: true,
    },
    { says: 'ImageNotFoundException: Image not found', own: true },
  ],
  fit(facts, { text, signal }) {
    if (/^#\d+ \d+\.\d+ /.test(text)) return excluded('a program in the build said it');
    // Swarm's last word on a node that could not pull it: why stands elsewhere.
    if (/\bRejected\b|fatal task error|module=node\/agent/.test(text))
      return conceivable('the node has no such image, for whatever reason it could not pull it');
    if (/Unable to find image '/.test(text)) return excluded('the client goes on to pull it');
    const { command, imageText } = facts;
    if (/\b(?:rmi|image rm|image prune|history)\b/.test(command?.text ?? ''))
      return possible('the image to remove is not there');
    const what = imageText ?? 'the image';
    if (signal === 7 || signal === 9) return possible(`the client does not know ${what}`);
    return likely(`the client has no image ${what}`);
  },
  fix(facts) {
    const name = facts.imageText ?? 'IMAGE';
    const tool = ['podman', 'buildah', 'nerdctl'].find((one) => one === facts.client?.name) ?? 'docker';
    return [
      `${tool} images   # under which name and tag is it?`,
      `${tool} tag LOCAL_NAME ${name} && ${tool} push ${name}`,
      `With buildx: docker buildx build --load -t ${name} . (or --push in place of a push of its own)`,
      'Each job of a pipeline has its own daemon: build and push in one job, or hand the image over with docker save and docker load',
    ];
  },
  references: [
    'https://docs.docker.com/reference/cli/docker/image/push/',
    'https://docs.docker.com/build/exporters/#load-to-image-store',
    'https://docs.gitlab.com/ci/docker/using_docker_build/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['No such id'],
      log: `[INFO] DOCKER> The push refers to a repository [shop/api] (len: 1)
[ERROR] DOCKER> No such id: shop/api`,
    },
    {
      is: 'likely',
      under: ['does not exist locally'],
      log: `$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
An image does not exist locally with the tag: registry.example.com/shop/api
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['tag does not exist'],
      log: `+ docker push registry.example.com/shop/api:2.0
The push refers to repository [registry.example.com/shop/api]
tag does not exist: registry.example.com/shop/api:2.0
Finished: FAILURE`,
    },
    {
      is: 'likely',
      under: ['No such image'],
      log: `##[group]Run docker tag api:ci registry.example.com/shop/api:ci
##[endgroup]
Error response from daemon: No such image: api:ci
##[error]Process completed with exit code 1.`,
    },
    {
      is: 'likely',
      under: ['image not known'],
      log: `$ podman push registry.example.com/shop/api:1
Error: registry.example.com/shop/api:1: image not known
ERROR: Job failed: exit code 125`,
    },
    {
      is: 'likely',
      under: ['does not resolve to an image ID'],
      log: 'time="2025-02-03T04:05:06Z" level=fatal msg="initializing source containers-storage:registry.example.com/shop/api:1: reference \\"[overlay@/var/lib/containers/storage]registry.example.com/shop/api:1\\" does not resolve to an image ID: identifier is not an image"',
    },
    {
      is: 'likely',
      under: ['not found'],
      log: `$ nerdctl push registry.example.com/harbour/pilot:4
time="2025-02-03T04:05:06Z" level=fatal msg="failed to push image registry.example.com/harbour/pilot:4: image \\"registry.example.com/harbour/pilot:4\\": not found"`,
    },
  ],
  lookalikes: [
    {
      instead: 'tls-expired',
      log: `$ docker service ps shop_web
k2  \\_ shop_web.1  registry.example.com/shop/web:3  node2  Shutdown  Rejected 7 seconds ago  "No such image: registry.exam…"
$ journalctl -u docker -o cat
level=error msg="pulling image failed" error="Get https://registry.example.com/v2/: x509: certificate has expired or is not yet valid: current time 2024-09-16T08:02:11Z is after 2024-09-14T23:59:59Z"
level=error msg="fatal task error" error="No such image: registry.example.com/shop/web:3" module=node/agent/taskmanager`,
    },
    {
      instead: 'manifest-unknown',
      log: '$ docker pull registry.example.com/shop/api:none\nError response from daemon: manifest for registry.example.com/shop/api:none not found: manifest unknown: manifest unknown',
    },
    {
      instead: 'name-unknown',
      log: `$ docker run shopapi
Unable to find image 'shopapi:latest' locally
docker: Error response from daemon: pull access denied for shopapi, repository does not exist or may require 'docker login': denied: requested access to the resource is denied.`,
    },
  ],
} as const satisfies Cause;
