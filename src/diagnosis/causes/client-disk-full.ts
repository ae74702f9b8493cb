import { type Cause, excluded, likely, possible } from '../cause.js';
import { isServersDisk } from '../servers.js';

/**
 * The runner or build host has no space left: it could not unpack, build or write, and the registry's disk is not meant.
 *
 * Source: ENOSPC as docker, buildkit, containerd, containers/image, kaniko, npm and compilers print it. What tells the
 * two disks apart is the path: the registry's is named by its storage driver (`filesystem: …`) or comes in a 500.
 */
export const clientDiskFull = {
  id: 'client-disk-full',
  group: 'client',
  title: 'The runner or build host has no disk space left',
  explain: ({ failure }) =>
    `The machine that ran the job could not write${pathOf(failure) === undefined ? '' : ` ${pathOf(failure)}`}: its disk (or its inodes, or its quota) is used up. The registry's own storage is not what this line speaks of.`,
  tell: ({ failure }) =>
    `df -h ${pathOf(failure) ?? '/'} where the job runs (or df -i, for inodes) prints 100%, while the registry's own disk has room`,
  signals: [
    // Own, although other programs print it too: it is the job's machine whichever program says so.
    { says: 'no space left on device', own: true },
    { says: 'not enough space on the disk', own: true },
    { says: 'disk quota exceeded', own: true },
    { matches: String.raw`\bENOSPC\b`, token: 'enospc', own: true },
    { says: 'enough free space in /', own: true },
    { says: 'not enough disk space', own: true },
    { says: 'insufficient disk space', own: true },
    { says: 'out of disk space', own: true },
    {
      matches: String.raw`The node (?:was low on resource: ephemeral-storage|had condition: \[DiskPressure\])|ephemeral local storage usage exceeds`,
      token: 'the node',
      own: true,
    },
    {
      matches: String.raw`exceeds the total limit of containers|ephemeral local storage usage exceeds`,
      token: 'exceeds the total limit',
      own: true,
    },
  ],
  fit({ near }, { text }) {
    if (/shared memory|\/dev\/shm\b/i.test(text)) return excluded('a container’s shared memory is meant, not a disk');
    if (/file watchers|inotify|user limit on/i.test(text))
      return excluded('the limit of file watchers is meant, not a disk');
    // The kernel has the same words for other things that have run out.
    if (
      /shared memory|semaphores?\b|\/dev\/shm|shm_open|shmget|semget|cpuset|cgroup|\bbpf|rule update|netlink/i.test(
        text,
      )
    )
      return excluded('shared memory or another table of the kernel is meant, not a disk');
    if (
      /filesystem: |"?Err"?:28|DriverName|\/docker\/registry\/v2\/|shared\/registry\b|\/var\/lib\/registry|err\.detail|response completed with error/i.test(
        text,
      )
    )
      return excluded("it is the registry's storage that is full");
    if (
      /error putting blob|(?:HTTP status|status(?: code)?):? 50[07]|unknown: unknown|UNKNOWN: |response status code|unexpected status/.test(
        text,
      )
    )
      return excluded('the registry itself said it in its answer');
    if (isServersDisk(text, near)) return excluded("the line is of the registry's own log");
    if (/^(?:scp|rsync|sftp|ssh|remote):|: write failed|kubectl cp/i.test(text) && /scp|rsync|sftp|remote/i.test(text))
      return excluded('the disk of another machine is meant');
    if (near.some((line) => /500 Internal Server Error/.test(line)))
      return possible('a 500 of the registry stands close to it');
    const path = pathOf(text);
    return likely(path === undefined ? 'a local write found no space' : `${path} is on the client's side`);
  },
  fix({ failure }) {
    const path = pathOf(failure);
    const lines = [`df -h ${path ?? '/'} && df -i ${path ?? '/'}   # on the runner: space and inodes`];
    if (path !== undefined && /containers\/storage|containers-user/.test(path))
      return [...lines, 'podman system prune --all --force', 'buildah prune --all --force'];
    if (path !== undefined && /containerd/.test(path)) return [...lines, 'crictl rmi --prune'];
    return [
      ...lines,
      'docker system df && docker system prune --all --force --filter "until=48h"   # add --volumes only if no volume is needed',
      'docker builder prune --force --keep-storage 20GB',
      'For good: a larger disk, or a timer on the runner that prunes',
    ];
  },
  references: [
    'https://docs.docker.com/engine/manage-resources/pruning/',
    'https://docs.gitlab.com/runner/executors/docker/#clear-the-docker-cache',
  ],
  examples: [
    {
      is: 'likely',
      under: ['/var/lib/docker/tmp/GetImageBlob2017: no space left on device'],
      log: '$ docker pull registry.example.com/shop/api:1\n1: Pulling from shop/api\nwrite /var/lib/docker/tmp/GetImageBlob2017: no space left on device',
    },
    {
      is: 'likely',
      under: ['failed to register layer'],
      log: '+ docker pull registry.example.com/shop/base:3\nfailed to register layer: Error processing tar file(exit status 1): write /usr/lib/libicudata.so: no space left on device\nscript returned exit code 1',
    },
    {
      is: 'likely',
      under: ['overlay2'],
      log: `Running with gitlab-runner 17.5.0 (66a723c3)
Initialized empty Git repository in /builds/shop/api/.git/
$ docker build -t registry.example.com/shop/api:1 .
Error response from daemon: mkdir /var/lib/docker/overlay2/2a7c: no space left on device
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['No space left on device'],
      log: '#9 [4/6] RUN apt-get install -y gcc\n#9 41.20 dpkg: error processing archive /var/cache/apt/archives/gcc.deb (--unpack):\n#9 41.20  cannot copy extracted data: failed to write (No space left on device)\n#9 ERROR: process "/bin/sh -c apt-get install -y gcc" did not complete successfully: exit code: 100',
    },
    {
      is: 'likely',
      under: ['/var/lib/containers/storage'],
      log: 'time="2025-03-01T10:00:00Z" level=error msg="committing container: writing blob: adding layer with blob \\"sha256:1111\\": processing tar file(write /opt/app.jar: no space left on device): exit status 1"\nError: committing container for step: copying layers and metadata: writing blob: storing blob to file "/var/lib/containers/storage/tmp/blob1": write /var/lib/containers/storage/tmp/blob1: no space left on device',
    },
  ],
  lookalikes: [
    {
      instead: 'not-registry',
      log: `db-1  | ERROR:  could not create semaphores: No space left on device
db-1 exited with code 1`,
    },
    {
      instead: 'registry-storage-full',
      log: 'time="2025-02-01T10:00:00Z" level=error msg="response completed with error" err.code=unknown err.detail="filesystem: mkdir /var/opt/gitlab/gitlab-rails/shared/registry/docker: no space left on device" http.response.status=500',
    },
    {
      instead: 'not-registry',
      log: "$ npx vite build --watch\nError: ENOSPC: System limit for number of file watchers reached, watch '/builds/shop/web/src'",
    },
  ],
} as const satisfies Cause;

/** The path that could not be written, if the line names one. */
function pathOf(text: string): string | undefined {
  return /(?:write|mkdir|open|copy_file_range|symlink|link|to|at|creating|extend) "?((?:\/[\w.@+-]+)+)/.exec(text)?.[1];
}
