import { type Cause, excluded, likely, possible } from '../cause.js';
import { statusSignals, worksPastProxy } from '../connection.js';
import type { Facts } from '../facts.js';

/** A BuildKit push prints "pushing layers … done" even when its first request was refused: only long ones count. */
const LONG = 60;

/** Blobs that are there, or of which bytes were sent; Jib names the request on a line of its own. */
const UPLOADED =
  /pushed blob:? sha256:|^Uploaded +[0-9a-f]{12}\b|^Copying blob \S{1,80} \[=[=>-]{0,80}\]|^(?:\[ERROR\] )?(?:PUT|PATCH) https?:\/\/\S+\/blobs\/uploads\//i;

/** Had parts of the image reached the registry when it refused? */
export function wasUploading({ layersPushed, near, failure }: Facts): boolean {
  if (/(?:PATCH|PUT) "?https?:\/\/\S+\/blobs\/uploads\/\S/i.test(failure)) return true;
  if (
    /uploading layer chunked|uploading layer to (?!cache)|writing blob: .*PATCH |committing the upload/i.test(failure)
  )
    return true;
  if (/failed commit on ref .{0,400}401/.test(failure)) return true;
  if (near.some((line) => UPLOADED.test(line))) return true;
  // BuildKit's plain output, and what it leaves on a terminal.
  const took = near.flatMap((line) => /^\s*(?:#\d+|=> =>) pushing layers\s{1,80}([\d.]+)s/.exec(line)?.[1] ?? []);
  if (took.length > 0) return took.some((seconds) => Number(seconds) >= LONG);
  return layersPushed;
}

/**
 * Does a client that asks for its token when it starts, and counts the seconds since, fail when that token is over?
 * Source: kaniko, which looks for the right to push before it builds.
 */
export function isLate(text: string): boolean {
  const seconds = /^(?:ERRO|FATA)\[(\d{4,6})\]/.exec(text)?.[1];
  return seconds !== undefined && Number(seconds) >= LIFE && /authentication required/i.test(text);
}

/** Of GitLab's registry tokens, and of most others. Seconds. */
const LIFE = 300;

/** Does a registry, or its JWT library, say of a token that it was good once? Pure. */
export function saysExpired(text: string): boolean {
  const both = /before (\d{1,12}) or after (\d{1,12}) - currently (\d{1,12})/.exec(text);
  if (both !== null) return Number(both[3]) > Number(both[2]);
  return /not to be used after|token is expired/i.test(text);
}

/** Did a push go on for a while, by what stands beside the registry's log? Pure. */
export function hadBeenUploading(facts: Facts): boolean {
  return wasUploading(facts) || facts.near.some((line) => UPLOADED.test(line) || UPLOADING.test(line));
}
const UPLOADING =
  /^(?:[0-9a-f]{12}: )?Push(?:ed\b|ing \[)|committing the upload|method"?[=:] ?"?(?:PUT|PATCH)\b|\b(?:PUT|PATCH) \S*\/v2\//;

/**
 * The login worked, but the registry's JWT ran out while the layers were going up.
 *
 * Source: GitLab gives the JWT five minutes by default; reproduced with docker 28, registry 2.8.2 and a token that
 * ends during a 150 MB layer: layers are accepted, then "unauthorized: authentication required".
 */
export const tokenExpiredMidPush = {
  id: 'token-expired-mid-push',
  group: 'authentication',
  title: "The registry's token ran out during the push",
  explain: ({ image, imageText = 'the image', registry }) =>
    `${registry ?? image?.host ?? 'The registry'} accepted the first layers of ${imageText} and then wanted a new proof. GitLab's registry token lives five minutes unless the administrator says otherwise, which is too short for a long upload.`,
  tell: ({ imageText = 'IMAGE' }) =>
    `time docker push ${imageText} fails again after GitLab's token duration (5 min), in one large layer; a small image goes through`,
  signals: [
    { matches: 'unauthorized: "?authentication required', token: 'authentication required', own: true },
    {
      matches: '(?:PATCH|PUT) "?https?://\\S+/blobs/uploads/\\S+ .*(?:unauthorized|401)',
      token: '/blobs/uploads/',
      own: true,
    },
    {
      matches: 'uploading layer (?:chunked|to ).*(?:unauthorized|authentication required|401)',
      token: 'uploading layer',
      own: true,
    },
    { matches: 'writing blob: .*(?:unauthorized|authentication required|401)', token: 'writing blob: ', own: true },
    { says: 'server message: invalid_token', own: true },
    { matches: 'error="?invalid_token', token: 'invalid_token' },
    { says: 'HTTP Basic: Access denied', own: true },
    { says: 'your authorization token has expired', own: true },
    { matches: '(?:^|: )authentication required', token: 'authentication required' },
    { matches: '(?:push|copy|put|patch|upload|manifest).*401 unauthorized', token: '401 unauthorized' },
    // The last request of a push: containerd, containers/image, go-containerregistry
    { matches: 'failed commit on ref .*(?:401|unauthorized)', token: 'failed commit on ref', own: true },
    { matches: 'committing the upload.*(?:unauthorized|required|401)', token: 'committing the upload', own: true },
    // Harbor
    { says: 'unauthorized to access repository', own: true },
    // The registry's own log, and a JWT library's
    { matches: 'token not to be used (?:before .*or )?after', token: 'token not to be used', own: true },
    { matches: 'token is expired(?: by \\d| \\(exp\\))', token: 'token is expired', own: true },
    ...statusSignals('401'),
  ],
  fit(facts, { text }) {
    const { operation, imageText = 'the image' } = facts;
    if (operation === 'pull' || operation === 'login' || operation === 'inspect') return excluded('nothing was pushed');
    if (/insufficient_scope|requested access/i.test(text)) return excluded('the token was valid but lacks a right');
    if (/\bis (?:protected|immutable)\b/i.test(text)) return excluded('the registry names a rule');
    if (/POST "?https?:\/\/\S+\/blobs\/uploads\/|fetch (?:oauth|anonymous) token/.test(text) && !facts.layersPushed)
      return excluded('no layer had been pushed');
    // Parts of a build cache are looked for under names of their own.
    if (/uploading layer to cache/i.test(text)) return excluded('it was the first request for the cache');
    const expired = saysExpired(text) && hadBeenUploading(facts);
    if (/not to be used|token is expired/i.test(text) && !expired) return excluded('nothing shows a long push');
    if (isLate(text)) return possible('the client had its token minutes before');
    if (!expired && !wasUploading(facts)) return excluded('no layer had been pushed');
    if (worksPastProxy(facts.near)) return excluded('without the proxy in front it works');
    if (/Access denied/i.test(text))
      return possible(`layers of ${imageText} were accepted, then the credentials no longer were`);
    return likely(`layers of ${imageText} were accepted before the registry wanted a new token`);
  },
  fix({ registry, image, imageText = 'IMAGE' }) {
    const host = registry ?? image?.host ?? 'REGISTRY';
    return [
      'GitLab: Admin > Settings > CI/CD > Container Registry > Authorization token duration (minutes): 30 or more',
      `or: curl --request PUT --header "PRIVATE-TOKEN: ADMIN_TOKEN" "https://GITLAB/api/v4/application/settings?container_registry_token_expire_delay=30"`,
      `docker push ${imageText} again: layers that are already at ${host} are not sent twice`,
      'A smaller last layer, or fewer uploads at a time ("max-concurrent-uploads": 2 in daemon.json), shortens each request',
    ];
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/#increase-token-duration',
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
  ],
  examples: [
    {
      is: 'possible',
      under: ['ERRO[0412]'],
      log: `INFO[0398] Taking snapshot of full filesystem...
ERRO[0412] UNAUTHORIZED: "authentication required"`,
    },
    {
      is: 'likely',
      under: ['unauthorized: authentication required'],
      log: `$ docker login -u "$CI_REGISTRY_USER" --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
1f0a6ad31c2b: Preparing
9a1dd7918741: Preparing
9a1dd7918741: Pushed
unauthorized: authentication required
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['failed to push', '401 Unauthorized'],
      log: `#17 exporting to image
#17 pushing layers
#17 pushing layers 341.7s done
#17 ERROR: failed to push registry.example.com/ml/train:4: unexpected status from PUT request to https://registry.example.com/v2/ml/train/blobs/uploads/4c1f: 401 Unauthorized
------`,
    },
    {
      is: 'likely',
      under: ['PATCH', 'UNAUTHORIZED'],
      log: `INFO[0412] Pushing image to registry.example.com/ml/train:4
error pushing image: failed to push to destination registry.example.com/ml/train:4: PATCH https://registry.example.com/v2/ml/train/blobs/uploads/6d0c?_state=REDACTED: UNAUTHORIZED: authentication required; [map[Action:pull Class: Name:ml/train Type:repository] map[Action:push Class: Name:ml/train Type:repository]]`,
    },
    {
      is: 'likely',
      under: ['writing blob'],
      log: `+ buildah push --authfile /tmp/auth.json ml:4 docker://registry.example.com/ml/train:4
Getting image source signatures
Copying blob sha256:aa11bb22cc33dd44 done
Copying blob sha256:bb22cc33dd44ee55
Error: writing blob: uploading layer chunked: StatusCode: 401, {"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`,
    },
    {
      is: 'likely',
      under: ['token not to be used after'],
      log: `$ podman push registry.example.com/ml/train:5
Copying blob aa11bb22cc33 [=====>------------------] 2.1GiB / 9.8GiB
Copying blob aa11bb22cc33 [=======================>] 9.8GiB / 9.8GiB
Error: the push failed
$ ssh registry docker logs --tail 1 registry
level=info msg="token not to be used after 2024-05-30 09:20:04 +0000 UTC - currently 2024-05-30 09:43:01 +0000 UTC"`,
    },
    {
      is: 'likely',
      under: ['failed commit on ref'],
      log: ` => exporting to image                                 911.4s
 => => pushing layers                                  871.2s
failed to solve: failed commit on ref "manifest-sha256:aa11bb22": unexpected status: 401 Unauthorized`,
    },
    {
      is: 'likely',
      under: ['unauthorized to access repository'],
      log: `$ docker push harbor.example.com/ml/train:5
9a1dd7918741: Pushing [==================================================>]  7.911GB
unauthorized: unauthorized to access repository: ml/train, action: push: unauthorized to access repository: ml/train, action: push`,
    },
  ],
  lookalikes: [
    {
      instead: 'credentials-missing',
      log: `Running with gitlab-runner 17.0.0 (44feccdf)
Reinitialized existing Git repository in /builds/shop/api/.git/
$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Preparing
unauthorized: authentication required
ERROR: Job failed: exit code 1`,
    },
    {
      instead: 'connection-dropped',
      log: `$ docker push registry.example.com/shop/api:2
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Pushed
Patch "https://registry.example.com/v2/shop/api/blobs/uploads/77": EOF`,
    },
  ],
} as const satisfies Cause;
