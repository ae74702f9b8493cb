import { type Cause, excluded, likely, possible } from '../cause.js';
import { beforeStatus } from '../connection.js';
import { fullStorage } from '../disks.js';
import { isServersDisk } from '../servers.js';

/**
 * The registry's disk or bucket has no space left: it answers uploads with 500 (or 507) and hides the reason.
 *
 * Source: distribution's storage driver errors (`DriverName`, `Enclosed`, errno 28 and 122); the registry's own log has
 * the path, clients mostly see `500 Internal Server Error` (docker 28, skopeo, ctr against registry 2.8.2 on a full tmpfs).
 */
export const registryStorageFull = {
  id: 'registry-storage-full',
  group: 'backend',
  title: "The registry's storage is full",
  explain: ({ registry = 'The registry' }) =>
    `${registry} could not store what was sent to it, because its own disk or bucket has no room left. Pulls go on working, pushes fail until space is freed.`,
  tell: () =>
    'df -h /var/opt/gitlab/gitlab-rails/shared/registry on the GitLab host (or df -i, for inodes) prints 100%, while the client has room',
  signals: [
    { says: 'no space left on device', own: true },
    { says: 'disk quota exceeded', own: true },
    { matches: String.raw`Err:(?:28|122)\b`, token: 'err:', own: true },
    { matches: String.raw`\\?"Err\\?": ?(?:28|122)\b`, token: '"err', own: true },
    { says: '507 insufficient storage', own: true },
    ...beforeStatus('507').map(
      (token) => ({ matches: String.raw`(?:status(?: code)?|HTTP|code)[:= ]*507\b`, token, own: true }) as const,
    ),
    { says: 'xminiostoragefull', own: true },
    { says: 'minimum free drive threshold', own: true },
    // Azure, Artifactory
    { says: 'accountsizeoverquota', own: true },
    { says: 'datastore disk usage is too high', own: true },
    { says: 'not enough space in the artifactory', own: true },
    ...['s3aws: ', 's3_v2: '].map(
      (token) =>
        ({ matches: `${token}.*(?:Quota ?Exceeded|Insufficient ?(?:Storage|Capacity))`, token, own: true }) as const,
    ),
    // Bare 500s on an upload: a full disk looks like that to a client, and so do other faults.
    { says: '500 internal server error' },
    { says: 'unknown: unknown error', own: true },
  ],
  fit({ operation, near, registry }, { text }) {
    const storage =
      /filesystem: |"?Err\\?"?: ?(?:28|122)|DriverName|\/docker\/registry\/v2\/|shared\/registry\b|\/var\/lib\/registry|err\.detail|response completed with error/i;
    if (/no space left|disk quota exceeded/i.test(text)) {
      if (/shared memory|semaphores?\b|\/dev\/shm|cgroup/i.test(text)) return excluded('it is no disk that is full');
      if (storage.test(text)) return likely("the path is in the registry's storage");
      if (
        /error putting blob|(?:HTTP status|status(?: code)?):? 500|unknown: unknown|UNKNOWN: |response status code|unexpected status/.test(
          text,
        )
      )
        return likely('the registry said so in its answer');
      if (isServersDisk(text, near)) return likely("the line is of the registry's own log");
      return excluded("the path is on the client's disk, not in the registry's storage");
    }
    if (/exceed(?:ed|s)? (?:the |your )?quota/i.test(text))
      return possible('a quota on the server is used up, or its disk is');
    if (
      /Err\\?"?: ?(?:28|122)\b|\b507\b|XMinio|free drive|[Dd]atastore|Artifactory|OverQuota|s3(?:aws|_v2): .*(?:Quota|Insufficient)/.test(
        text,
      )
    )
      return likely('the storage behind the registry reports that it is full');
    const full = fullStorage(near);
    if (full !== undefined) return likely(`${full}, where the registry keeps its layers, is full`);
    if (near.some((line) => storage.test(line))) return excluded("the registry's own words stand beside it");
    if (operation === 'push' || operation === 'copy' || /\b(?:PUT|PATCH|POST)\b|\/blobs\/uploads/.test(text))
      return possible(`a full disk at ${registry ?? 'the registry'} is answered with 500 too`);
    return excluded('nothing was uploaded');
  },
  fix: () => [
    'df -h /var/opt/gitlab/gitlab-rails/shared/registry && df -i /var/opt/gitlab/gitlab-rails/shared/registry   # on the GitLab host',
    'grep -E "no space left|quota" /var/log/gitlab/registry/current | tail -n 3',
    'gitlab-ctl registry-garbage-collect -m   # stops the registry meanwhile; -m also removes untagged manifests',
    "In /etc/gitlab/gitlab.rb: gitlab_rails['registry_path'] = '/LARGER_DISK/registry'   # move the data there first, then gitlab-ctl reconfigure",
  ],
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/#container-registry-garbage-collection',
    'https://docs.gitlab.com/administration/packages/container_registry/#configure-storage-for-the-container-registry',
  ],
  examples: [
    {
      is: 'likely',
      under: ['no space left'],
      log: `$ docker push registry.example.com/shop/api:1
received unexpected HTTP status: 500 Internal Server Error
Running after_script
$ ssh registry.example.com gitlab-ctl tail registry
{"code":"UNKNOWN","detail":"filesystem: write /srv/registry/docker/registry/v2/repositories/shop/api/_uploads/1/data: no space left on device","level":"error"}
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['filesystem: mkdir /var/opt/gitlab/gitlab-rails/shared/registry'],
      log: 'time="2025-02-01T10:00:00.120Z" level=error msg="response completed with error" code=UNKNOWN error="unknown: unknown error" err.detail="filesystem: mkdir /var/opt/gitlab/gitlab-rails/shared/registry/docker/registry/v2/repositories/shop/api/_uploads/7f: no space left on device" method=POST status=500',
    },
    {
      is: 'likely',
      under: ['Err:28'],
      log: `INFO[0044] Pushing image to registry.example.com/shop/api:9
error pushing image: failed to push to destination registry.example.com/shop/api:9: POST https://registry.example.com/v2/shop/api/blobs/uploads/: UNKNOWN: unknown error; map[DriverName:filesystem Enclosed:map[Err:28 Op:mkdir Path:/var/lib/registry/docker/registry/v2/repositories/shop/api/_uploads/f3]]`,
    },
    {
      is: 'likely',
      under: ['507 Insufficient Storage'],
      log: '$ docker push registry.example.com/shop/api:9\nThe push refers to repository [registry.example.com/shop/api]\n5f70bf18a086: Pushing [=====>   ]  12MB/80MB\nreceived unexpected HTTP status: 507 Insufficient Storage\nERROR: Job failed: exit code 1',
    },
    {
      is: 'likely',
      under: ['write /data/registry/docker/registry/v2/'],
      log: '##[group]Run crane push image.tar registry.example.com/shop/api:9\n##[endgroup]\nError: pushing image: PATCH https://registry.example.com/v2/shop/api/blobs/uploads/1a: unexpected status code 500 Internal Server Error: filesystem: write /data/registry/docker/registry/v2/repositories/shop/api/_uploads/1a/data: no space left on device',
    },
    {
      is: 'likely',
      under: ['500 Internal Server Error'],
      log: '$ docker push registry.example.com/shop/api:6\nThe push refers to repository [registry.example.com/shop/api]\nreceived unexpected HTTP status: 500 Internal Server Error\non the registry:\nFilesystem      Size  Used Avail Use% Mounted on\n/dev/sdc1        50G   50G     0 100% /var/lib/registry',
    },
    {
      is: 'likely',
      under: ['Errno 28'],
      log: `registry log:
IOError: [Errno 28] No space left on device
ERROR: Exception on /v1/images/0123456789ab/layer [PUT]
  File "/usr/lib/python2.7/site-packages/docker_registry/images.py", line 226, in put_image_layer`,
    },
    {
      is: 'likely',
      under: ['Datastore disk usage'],
      log: `$ docker push artifacts.example.com/shop/api:1
unknown: Datastore disk usage is too high. Contact your Artifactory administrator to add additional storage space or change the disk quota limits.`,
    },
  ],
  lookalikes: [
    {
      instead: 'client-disk-full',
      log: '$ docker load -i image.tar\nError processing tar file(exit status 1): write /layer.tar: no space left on device',
    },
    {
      instead: 'registry-internal-error',
      log: '$ docker push registry.example.com/shop/api:8\nThe push refers to repository [registry.example.com/shop/api]\n5f70bf18a086: Pushed\nreceived unexpected HTTP status: 500 Internal Server Error',
    },
    {
      instead: 'client-disk-full',
      log: `$ docker pull registry:2
failed to register layer: write /usr/lib/libcrypto.so: no space left on device`,
    },
  ],
} as const satisfies Cause;
