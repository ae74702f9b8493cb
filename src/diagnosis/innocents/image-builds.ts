import type { Kind } from './kind.js';

/** Why the operating system would not have it, except for want of space. */
const OS_SAYS =
  '(?:no such file or directory|permission denied|operation not permitted|operation not supported|function not implemented|not a directory|is a directory|input/output error|read-only file system|file exists|directory not empty|device or resource busy|file name too long|too many levels of symbolic links|invalid argument|structure needs cleaning|stale (?:NFS )?file handle|too many open files)';

/** Where image clients keep their layers. */
const STORES = [
  'containers/storage',
  '/var/lib/docker/',
  '/var/lib/containerd/',
  '/var/lib/containers/',
  '/var/lib/buildkit/',
  '/overlay2/',
  '/var/tmp/',
] as const;

/** What fails on the machine that builds: its storage, or a RUN instruction, whose output stands above. */
export const IMAGE_BUILDS: readonly Kind[] = [
  {
    what: "the image client could not use its own machine's storage",
    hint: 'Look at the path on that machine: its rights, its file system and storage driver (docker info, podman info); rootless needs /etc/subuid.',
    local: true,
    unsure: true,
    signals: [
      ...STORES.map((store) => ({
        matches: String.raw`${store}\S*:? .{0,200}${OS_SAYS}`,
        token: store.replace(/^\/var\/lib/, 'var/lib'),
      })),
      ...['ApplyLayer', 'failed to register layer', 'processing tar file'].map((words) => ({
        matches: String.raw`${words}.{0,400}${OS_SAYS}`,
        token: words.toLowerCase(),
      })),
      { says: 'potentially insufficient uids or gids' },
      { says: 'error creating overlay mount to' },
      { says: 'kernel does not support overlay fs' },
      { says: 'not supported over overlayfs' },
      { says: 'cannot clone: operation not permitted' },
      { says: 'cannot re-exec process' },
      { says: 'error during unshare(' },
      { says: 'cannot set up namespace using ' },
      { says: 'kaniko should only be run inside of a container' },
      { says: 'failed to mount overlay: ' },
      { says: 'error initializing graphdriver' },
    ],
  },
  {
    what: 'the plugin that builds the image found nothing to put into it',
    hint: 'Compile before the image goal runs, and set its mainClass, extra directories and base image for this project.',
    local: true,
    signals: [
      { says: 'main class was not found' },
      { says: 'invalid mainclass' },
      { says: 'obtaining project build output files failed' },
      { says: 'no classes files were found' },
      { says: 'perhaps you should use a base image for java' },
      { says: 'no buildpack groups passed detection' },
      { says: 'failed to detect: no buildpacks participating' },
    ],
  },
  {
    what: 'a RUN step of the image build failed ({run|a command of the Dockerfile})',
    hint: 'The output of that step says why; docker build --progress=plain --no-cache shows all of it.',
    weak: true,
    signals: [
      // Earthly
      { says: 'did not complete successfully. exit code' },
      { matches: 'process "(?P<run>.+)" did not complete successfully', token: 'did not complete successfully' },
      { matches: String.raw`The command '(?P<run>.+)' returned a non-zero code`, token: 'returned a non-zero code' },
      { matches: String.raw`executor failed running \[(?P<run>[^\]]+)\]`, token: 'executor failed running [' },
      { matches: String.raw`building at STEP "RUN (?P<run>[^"]+)"`, token: 'building at step "run' },
      { says: 'failed to execute command: ' },
      { says: 'failed to execute command: waiting for process' },
    ],
  },
];
