import type { Kind } from './kind.js';

/** A RUN instruction of an image build failed: what it ran is at fault, and what that was stands above. */
export const IMAGE_BUILDS: readonly Kind[] = [
  {
    what: 'a RUN step of the image build failed ({run|a command of the Dockerfile})',
    hint: 'The output of that step says why; docker build --progress=plain --no-cache shows all of it.',
    weak: true,
    signals: [
      { matches: 'process "(?P<run>.+)" did not complete successfully', token: 'did not complete successfully' },
      { says: 'did not complete successfully' },
      { matches: String.raw`The command '(?P<run>.+)' returned a non-zero code`, token: 'returned a non-zero code' },
      { matches: String.raw`executor failed running \[(?P<run>[^\]]+)\]`, token: 'executor failed running [' },
      { matches: String.raw`building at STEP "RUN (?P<run>[^"]+)"`, token: 'building at step "run' },
      { says: 'failed to execute command: ' },
      { says: 'failed to execute command: waiting for process' },
    ],
  },
];
