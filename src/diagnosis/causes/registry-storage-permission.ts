import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';
import { isOfServer } from '../servers.js';

/**
 * The registry process may not write to (or read from) the place where it keeps its blobs.
 *
 * Source: distribution's storage driver errors (errno 1, 13 and 30 in `Enclosed`; S3's AccessDenied); the registry's own
 * log names the path, clients mostly see `500 Internal Server Error` (registry 2.8.2 as another user).
 */
export const registryStoragePermission = {
  id: 'registry-storage-permission',
  group: 'backend',
  title: 'The registry may not write to its storage',
  explain: ({ registry = 'The registry' }) =>
    `${registry} runs, but the user it runs as (or the key it has for its bucket) may not write where the blobs are kept. Typical after a restore, a move to another disk or a mount that came up read-only.`,
  tell: ({ failure }) =>
    /Access ?Denied|Authorization|storage\.objects/i.test(failure)
      ? "grep -E 'AccessDenied|Forbidden' /var/log/gitlab/registry/current on the GitLab host has lines of that minute: the bucket refuses the key"
      : 'sudo -u registry test -w /var/opt/gitlab/gitlab-rails/shared/registry; echo $? on the GitLab host prints 1, while df -h shows room',
  signals: [
    {
      // A directory that is not there: the volume is not mounted, or the path is another one.
      matches: String.raw`filesystem: .*(?:permission denied|operation not permitted|read-only file ?system)|filesystem: mkdir .*no such file`,
      token: 'filesystem: ',
      own: true,
    },
    ...['/docker/registry', 'shared/registry', '/var/lib/registry'].map(
      (token) =>
        ({
          matches: String.raw`${token}\S*"?: (?:permission denied|operation not permitted|read-only file ?system)`,
          token,
          own: true,
        }) as const,
    ),
    { matches: String.raw`Err:(?:1|13|30)\b`, token: 'err:', own: true },
    { matches: String.raw`\\?"Err\\?": ?(?:1|13|30)\b`, token: '"err', own: true },
    { matches: String.raw`s3aws: .*(?:AccessDenied|Access Denied)`, token: 's3aws: ', own: true },
    { matches: String.raw`s3_v2: .*(?:AccessDenied|Access Denied)`, token: 's3_v2: ', own: true },
    { matches: String.raw`\[Errno (?:1|13|30)\] .*registry`, token: '[errno ', own: true },
    { matches: String.raw`gcs: .*does not have storage\.objects`, token: 'storage.objects', own: true },
    { says: 'authorizationpermissionmismatch' },
    // A bare 500 on an upload: missing rights look like that to a client, and so do other faults.
    { says: '500 internal server error' },
    { says: 'unknown: unknown error', own: true },
  ],
  fit({ operation, near, registry }, { text }) {
    if (/\[Errno/.test(text) && ![text, ...near].some(isOfServer)) return excluded('no registry is named');
    if (/mkdir .*no such file/i.test(text))
      return likely('the directory that the registry is to write to is not there');
    if (/permission denied|not permitted|read-only file/i.test(text))
      return likely("the path is in the registry's storage");
    if (/"?Err\\?"?: ?(?:1|13|30)\b/i.test(text)) {
      if (!/DriverName|Enclosed|"Op|Op:/i.test(text)) return excluded('no storage driver is named');
      return likely('the storage driver was refused by its file system');
    }
    if (/AccessDenied: Access Denied/.test(text) && !/not authorized|:Put|PutObject/.test(text))
      return conceivable('the bucket refused the registry, by its key or by its policy');
    if (/(?:Access ?Denied|Authorization|storage\.objects)/i.test(text))
      return likely("the bucket refused the registry's key");
    if (near.some((line) => /DriverName|err\.detail|no space left|s3aws|filesystem: /i.test(line)))
      return excluded("the registry's own words stand beside it");
    if (operation === 'push' || operation === 'copy' || /\b(?:PUT|PATCH|POST)\b|\/blobs\/uploads/.test(text))
      return possible(`missing rights on the storage of ${registry ?? 'the registry'} are answered with 500 too`);
    return excluded('nothing was uploaded');
  },
  fix: ({ failure }) =>
    /Access ?Denied|Authorization|storage\.objects/i.test(failure)
      ? [
          "Give the key of registry['storage'] in /etc/gitlab/gitlab.rb the rights on the bucket: s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload, s3:ListBucketMultipartUploads",
          'gitlab-ctl reconfigure && gitlab-ctl restart registry',
        ]
      : [
          'ls -ld /var/opt/gitlab/gitlab-rails/shared/registry && mount | grep -E "/var/opt|registry"   # on the GitLab host: owner, and rw?',
          'chown -R registry:git /var/opt/gitlab/gitlab-rails/shared/registry && chmod 0770 /var/opt/gitlab/gitlab-rails/shared/registry',
          'gitlab-ctl reconfigure && gitlab-ctl restart registry',
        ],
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/#configure-storage-for-the-container-registry',
    'https://distribution.github.io/distribution/storage-drivers/s3/#s3-permission-scopes',
  ],
  examples: [
    {
      is: 'possible',
      under: ['Err:13'],
      log: `+ crane append -f l.tar -t registry.example.com/shop/api:1
Error: pushing image registry.example.com/shop/api:1: POST https://registry.example.com/v2/shop/api/blobs/uploads/: UNKNOWN: unknown error; map[DriverName:filesystem Enclosed:map[Err:13 Op:mkdir Path:/srv/docker/registry/v2/repositories/shop]]
+ cat result.txt
cat: result.txt: No such file or directory
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['permission denied'],
      log: 'time="2025-02-01T10:00:00.120Z" level=error msg="response completed with error" code=UNKNOWN error="unknown: unknown error" err.detail="filesystem: mkdir /var/opt/gitlab/gitlab-rails/shared/registry/docker: permission denied" method=POST status=500',
    },
    {
      is: 'likely',
      under: ['Err:13'],
      log: `$ /kaniko/executor --context . --destination registry.example.com/shop/api:9
INFO[0044] Pushing image to registry.example.com/shop/api:9
error pushing image: failed to push to destination registry.example.com/shop/api:9: POST https://registry.example.com/v2/shop/api/blobs/uploads/: UNKNOWN: unknown error; map[DriverName:filesystem Enclosed:map[Err:13 Op:mkdir Path:/var/lib/registry/docker]]`,
    },
    {
      is: 'likely',
      under: ['read-only file system'],
      log: '{"level":"error","msg":"unknown error","error":"filesystem: open /srv/registry/docker/registry/v2/repositories/shop/api/_uploads/3/startedat: read-only file system"}',
    },
    {
      is: 'likely',
      under: ['AccessDenied'],
      log: 'time="2025-02-01T10:00:00Z" level=error msg="unknown error" error="s3aws: AccessDenied: User: arn:aws:iam::1:user/store is not authorized to perform: s3:PutObject" go.version=go1.22',
    },
    {
      is: 'likely',
      under: ['no such file or directory'],
      log: 'time="2025-02-01T10:00:00Z" level=error msg="response completed with error" err.code=unknown err.detail="filesystem: mkdir /data/docker: no such file or directory" http.request.method=POST http.response.status=500',
    },
  ],
  lookalikes: [
    {
      instead: 'daemon-unreachable',
      log: '$ docker push registry.example.com/shop/api:1\nGot permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/images/x/push": dial unix /var/run/docker.sock: connect: permission denied',
    },
    {
      instead: 'not-registry',
      log: '$ ./deploy.sh\n/bin/sh: eval: line 190: ./deploy.sh: Permission denied\nERROR: Job failed: exit code 126',
    },
  ],
} as const satisfies Cause;
