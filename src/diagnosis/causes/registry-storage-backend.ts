import { type Cause, excluded, likely, possible } from '../cause.js';
import { peerOf, sentElsewhere } from '../connection.js';
import { isAboutRegistry } from '../context.js';
import { isOfServer } from '../servers.js';

const STORE_SAYS = [
  'nosuchbucket',
  'the specified bucket ',
  'invalidbucketname',
  'bucketregionerror',
  'authorizationheadermalformed',
  'invalidaccesskeyid',
  'access key id you provided does not exist',
  'signaturedoesnotmatch',
  'requesttimetooskewed',
  'nocredentialproviders',
  's3responseerror',
  'xminioservernotinitialized',
  'unable to configure storage driver',
  'storagedriver not registered',
  'no storage configuration provided',
] as const;

const DRIVERS = ['s3aws', 's3_v2', 'gcs', 'azure', 'azure_v2', 'swift', 'oss'] as const;

/**
 * The object store behind the registry failed, or the client was redirected to it and cannot reach it.
 *
 * Source: distribution's drivers (s3aws, gcs, azure, swift) redirect blob pulls to signed URLs below
 * `/docker/registry/v2/blobs/` unless `redirect: disable` is set.
 */
export const registryStorageBackend = {
  id: 'registry-storage-backend',
  group: 'backend',
  title: "The registry's object store failed or cannot be reached",
  explain: ({ registry = 'The registry', failure }) =>
    `${registry} keeps its layers in an object store${hostOf(failure) === undefined ? '' : ` (${hostOf(failure)})`}, and the store did not give or take one of them. Either the registry cannot use it, or the client was sent there and cannot reach it.`,
  tell: ({ registry, failure }) =>
    hostOf(failure) === undefined
      ? "grep -E 's3aws|gcs|azure|swift' /var/log/gitlab/registry/current on the GitLab host has lines of that minute, with what the store answered"
      : `curl -sSI https://${hostOf(failure)}/ from the client fails, while https://${registry ?? 'REGISTRY'}/v2/ answers 401`,
  signals: [
    // A signed URL of the object store: only a registry's redirect leads there.
    { matches: String.raw`https?://[^\s"]*/docker/registry/v2/blobs/`, token: '/docker/registry/v2/blobs/', own: true },
    ...DRIVERS.map(
      (name) => ({ matches: String.raw`(?:^|[\s"=\\])(?P<driver>${name}): `, token: `${name}: `, own: true }) as const,
    ),
    {
      matches: String.raw`DriverName\W{1,5}(?:s3aws|s3_v2|gcs|azure|azure_v2|swift|oss)\b`,
      token: 'drivername',
      own: true,
    },
    // A volume that went away below the registry: a network disk, most often.
    {
      matches: String.raw`filesystem: .*(?:input/output error|stale (?:NFS )?file handle|transport endpoint is not connected|host is down|no such device|structure needs cleaning|directory not empty|device or resource busy|text file busy|file exists|(?:operation|function) not (?:supported|implemented)|too many open files|bad file descriptor|invalid argument|timed out|resource temporarily unavailable|remote I/O error)`,
      token: 'filesystem: ',
      own: true,
    },
    // Layers and configurations are fetched from where the registry redirects to.
    { matches: String.raw`download failed after attempts=\d+: `, token: 'download failed after attempts', own: true },
    {
      matches: String.raw`error pulling image configuration: .*(?:dial tcp|x509|EOF|timeout)`,
      token: 'error pulling image configuration',
      own: true,
    },
    {
      matches: String.raw`httpReadSeeker: failed open: .*(?:dial tcp|x509|EOF|timeout)`,
      token: 'httpreadseeker: failed open',
      own: true,
    },
    { says: 'error parsing HTTP 403 response body: unexpected end of JSON input', own: true },
    // What a store answers, or its library says before it asks: own, for a registry's panic has no other word.
    ...STORE_SAYS.map((token) => ({ says: token, own: true }) as const),
    { says: 'x-amz-signature=' },
    { says: 'x-amz-algorithm=' },
    { says: 'x-goog-signature=' },
    { matches: String.raw`https?://[^/\s"]*\.blob\.core\.windows\.net/`, token: '.blob.core.windows.net/' },
    {
      matches: String.raw`status code returned when fetching blob (?P<code>[45]\d\d)`,
      token: 'returned when fetching blob',
      own: true,
    },
    {
      matches: String.raw`fetching blob: invalid status code from registry (?P<code>[45]\d\d)`,
      token: 'fetching blob: invalid status',
      own: true,
    },
    // S3 and its kin answer in XML; what docker makes of it when it expected the registry's JSON.
    {
      matches: String.raw`error parsing HTTP \d+ response body: .*<(?:Error|Code)>`,
      token: 'error parsing http ',
      own: true,
    },
  ],
  fit(facts, { text, groups }) {
    const { near, operation } = facts;
    if (/cloudflare\.docker\.com|r2\.cloudflarestorage|docker\.io\/registry-v2/.test(text))
      return excluded('it is Docker Hub’s own store');
    if (groups.code !== undefined) {
      if (/^(?:401|404|429|50[0234])$/.test(groups.code)) return excluded(`the answer was ${groups.code}`);
      return possible('a blob is mostly fetched from the object store by a redirect');
    }
    if (/AccessDenied|AuthorizationPermission|storage\.objects/.test(text) && /s3aws|gcs|azure/i.test(text))
      return possible("the store refuses the registry's key");
    if (
      STORE_SAYS.some((words) => text.toLowerCase().includes(words)) &&
      !/response body|s3aws|s3_v2|storagedriver|DriverName/i.test(text)
    ) {
      if (![text, ...near].some(isOfServer) && !isAboutRegistry(facts)) return excluded('no registry is concerned');
      if (/panic|level=(?:error|panic|fatal)/.test(text)) return likely("the registry's storage driver reports it");
    }
    if (/unexpected end of JSON/.test(text))
      return near.some((line) => STORES.test(line))
        ? likely('an empty 403 is how an object store refuses, and one is spoken of beside it')
        : excluded('no object store is spoken of');
    if (/filesystem: /.test(text) && !/no space left/.test(text))
      return likely('the volume below the registry went away, or is of a kind that cannot do what it should');
    if (/StorageFull|free drive|no space left|quota ?exceeded|insufficient ?(?:storage|capacity)/i.test(text))
      return excluded('the store is full');
    if (/\/docker\/registry\/v2\/blobs\//.test(text)) {
      if (
        !/error|fail|dial|lookup|refused|timeout|timed out|x509|EOF|reset|unexpected|denied|forbidden|\b[45]\d\d\b/i.test(
          text,
        )
      )
        return excluded('the line reports no failure');
      return likely(`the registry redirected the client to ${hostOf(text) ?? 'its object store'}, and that failed`);
    }
    if (/s3aws|s3_v2|gcs|azure|swift|oss/i.test(groups.driver ?? '') || /DriverName/.test(text)) {
      if (!/error|fail|status code|timeout|refused|no such|Err|exceeded|invalid|mismatch/i.test(text))
        return excluded('the line reports no failure');
      return likely("the registry's storage driver reports it");
    }
    if (peerOf(facts) === 'storage' && NETWORK.test(text))
      return likely(
        `the registry sent the client on to ${sentElsewhere(facts) ?? 'its object store'}, and that failed`,
      );
    if (/download failed|pulling image configuration|httpReadSeeker/.test(text))
      return excluded('the line names no other host than the registry');
    if (/<(?:Error|Code)>/.test(text))
      return likely('an object store answered, in XML, where the registry should have');
    if (operation === undefined && !near.some((line) => /\/v2\/|registry/i.test(line)))
      return excluded('no registry is concerned');
    return possible('the line names an object store');
  },
  fix: ({ failure }) => [
    ...(hostOf(failure) === undefined
      ? []
      : [
          `curl -sSI https://${hostOf(failure)}/   # from the client: does it resolve, answer, and have a trusted certificate?`,
        ]),
    "If clients cannot reach the store, let the registry serve the blobs; in /etc/gitlab/gitlab.rb: registry['storage'] = { 's3' => { … }, 'redirect' => { 'disable' => true } }",
    'gitlab-ctl reconfigure && gitlab-ctl restart registry',
    "grep -E 's3aws|gcs|azure|swift' /var/log/gitlab/registry/current | tail -n 5   # on the GitLab host: what the store said (bucket, region, key, clock)",
  ],
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/#disable-redirect-for-storage-driver',
    'https://docs.gitlab.com/administration/packages/container_registry/#use-object-storage',
  ],
  examples: [
    {
      is: 'likely',
      under: ['minio.internal.example.com'],
      log: '$ docker pull registry.example.com/shop/api:1\n1: Pulling from shop/api\nerror pulling image configuration: download failed after attempts=6: Get "https://minio.internal.example.com:9000/registry/docker/registry/v2/blobs/sha256/1f/1f00/data?X-Amz-Algorithm=AWS4-HMAC-SHA256": dial tcp: lookup minio.internal.example.com on 10.0.0.2:53: no such host',
    },
    {
      is: 'likely',
      under: ['s3aws: '],
      log: 'time="2025-02-01T10:00:00Z" level=error msg="response completed with error" code=UNKNOWN err.detail="s3aws: RequestError: send request failed caused by: Put https://s3.example.com/registry: dial tcp 10.2.2.2:443: i/o timeout" status=500',
    },
    {
      is: 'likely',
      under: ['DriverName:s3aws'],
      log: 'error pushing image: failed to push to destination registry.example.com/shop/api:9: PATCH https://registry.example.com/v2/shop/api/blobs/uploads/77: UNKNOWN: unknown error; map[DriverName:s3aws Enclosed:NoSuchBucket: The specified bucket does not exist]',
    },
    {
      is: 'likely',
      under: ['403 Forbidden'],
      log: '#3 ERROR: failed to copy: httpReadSeeker: failed open: unexpected status from GET request to https://shop-registry.s3.eu-west-1.amazonaws.com/docker/registry/v2/blobs/sha256/aa/aa11/data?X-Amz-Expires=1200: 403 Forbidden',
    },
    {
      is: 'possible',
      under: ['when fetching blob 403'],
      log: '$ skopeo copy docker://registry.example.com/shop/api:1 dir:out\nGetting image source signatures\ntime="2025-02-01T10:00:00Z" level=fatal msg="reading blob sha256:11aa: Invalid status code returned when fetching blob 403 (Forbidden)"',
    },
    {
      is: 'likely',
      under: ['lookup objects.storage.internal'],
      log: '$ docker pull registry.example.com/shop/api:7\nerror pulling image configuration: download failed after attempts=6: dial tcp: lookup objects.storage.internal on 10.0.0.2:53: no such host',
    },
    {
      is: 'likely',
      under: ['stale file handle'],
      log: 'time="2025-02-01T10:00:00Z" level=error msg="response completed with error" err.code=unknown err.detail="filesystem: open /data/docker/registry/v2/blobs/sha256/0a/0a1b/data: stale file handle" http.request.method=GET',
    },
    {
      is: 'likely',
      under: ['Access Key Id'],
      log: `$ docker run -d --name registry -v /srv/config.yml:/etc/docker/registry/config.yml registry:2
$ docker logs registry
panic: InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.`,
    },
    {
      is: 'likely',
      under: ['directory not empty'],
      log: `filesystem: unlinkat /storage/docker/registry/v2/repositories/shop/api/_uploads/0a1b: directory not empty`,
    },
    {
      is: 'possible',
      under: ['AccessDenied'],
      log: String.raw`time="2025-02-01T10:00:00Z" level=error msg="unknown error" error="s3aws: AccessDenied: Access Denied\n\tstatus code: 403, request id: 17A" go.version=go1.22`,
    },
  ],
  lookalikes: [
    {
      instead: 'dns-failure',
      log: '$ docker pull registry.example.com/shop/api:1\nError response from daemon: Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com on 10.0.0.2:53: no such host',
    },
    {
      instead: 'not-registry',
      log: '$ aws s3 cp build.zip s3://shop-artifacts/\nupload failed: ./build.zip to s3://shop-artifacts/build.zip An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket does not exist',
    },
    {
      instead: 'not-registry',
      log: `$ aws s3 sync dist s3://shop-assets
fatal error: An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist`,
    },
  ],
} as const satisfies Cause;

/** The object store's host, from the URL in the line. */
/** Words of an object store, in what somebody pasted beside the failure. */
const STORES = /\b(?:minio|s3|ceph|rados(?:gw)?|bucket|gcs|swift|object (?:store|storage))\b/i;

const NETWORK =
  /dial tcp|\blookup\b|refused|timeout|timed out|deadline|no route|unreachable|x509|tls:|\bEOF\b|reset by peer|broken pipe/i;

function hostOf(text: string): string | undefined {
  return /https?:\/\/([^/\s"?]+)\/[^\s"]*(?:docker\/registry|registry)/.exec(text)?.[1];
}
