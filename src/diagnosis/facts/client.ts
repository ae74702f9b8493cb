import type { Facts, Operation } from '../facts.js';
import type { Event } from '../reading/reader.js';
import { landmark, type Step } from '../story.js';
import { shellWords } from './words.js';

const CLIENT_OF_COMMAND: Record<string, string> = {
  docker: 'docker',
  'docker-compose': 'docker-compose',
  podman: 'podman',
  buildah: 'buildah',
  skopeo: 'skopeo',
  crane: 'crane',
  helm: 'helm',
  oras: 'oras',
  ko: 'ko',
  nerdctl: 'nerdctl',
  ctr: 'containerd',
  crictl: 'containerd',
  buildctl: 'buildkit',
  regctl: 'regctl',
  '/kaniko/executor': 'kaniko',
  executor: 'kaniko',
};

const CLIENT_OF_TEXT: [RegExp, string][] = [
  [/jib-maven-plugin|cloud\.tools\.jib/, 'jib'],
  [/Failed to pull image "|kubelet|ErrImagePull|ImagePullBackOff/, 'kubelet'],
  [
    /WARNING: Failed to pull image with policy|ERROR: Job failed.*(?:failed to pull image|prepare environment)/,
    'gitlab-runner',
  ],
  [/kaniko|error pushing image: failed to push to destination|checking push permission/i, 'kaniko'],
  [/^FATA\[\d+\]/, 'skopeo'],
  [/failed to solve|^#\d+ |^ERROR: .*failed to (?:push|fetch|authorize|copy)/, 'buildkit'],
  [/Error response from daemon|The push refers to repository/, 'docker'],
  [
    /writing blob: |trying to reuse blob|Error: (?:authenticating creds|initializing source|logging into)/,
    'containers/image',
  ],
];

/** Which client printed the line. Pure. */
export function clientOf(event: Event, words: readonly string[], before: readonly Event[]): Facts['client'] {
  const bare = words.find((word) => CLIENT_OF_COMMAND[word] !== undefined);
  const named = bare === undefined ? undefined : CLIENT_OF_COMMAND[bare];
  const name =
    named === 'docker' && words.includes('buildx')
      ? 'buildx'
      : (named ?? CLIENT_OF_TEXT.find(([pattern]) => pattern.test(event.text))?.[1]);
  if (name === undefined) return undefined;
  const version = before.findLast((one) => landmark(one, 'client')?.groups.client?.toLowerCase() === name);
  const number = version === undefined ? undefined : landmark(version, 'client')?.groups.version;
  return number === undefined ? { name } : { name, version: number };
}

/** The words of the client in a line of several commands (`echo … | docker login … && …`), from its name on. */
export function clientWords(text: string): string[] {
  const parts = text.split(/&&|\|\|?|;/).map(shellWords);
  for (const words of parts.reverse()) {
    const at = words.findIndex((word) => CLIENT_OF_COMMAND[word] !== undefined);
    if (at !== -1) return words.slice(at);
  }
  return shellWords(text);
}

const VERBS: Record<string, Operation> = {
  login: 'login',
  push: 'push',
  pull: 'pull',
  build: 'build',
  bud: 'build',
  buildx: 'build',
  manifest: 'manifest',
  copy: 'copy',
  sync: 'copy',
  append: 'push',
  mutate: 'push',
  delete: 'delete',
  inspect: 'inspect',
  'list-tags': 'list',
  run: 'pull',
  up: 'pull',
};

/** What the client was asked to do. Pure. */
export function operationOf(event: Event, step: Step, words: readonly string[]): Operation | undefined {
  const text = event.text;
  if (
    /error checking push permissions|failed to push|pushing layer|error pushing|cannot push|denied: requested access.*push/i.test(
      text,
    )
  )
    return 'push';
  if (/cache (?:export|to)|exporting cache/i.test(text)) return 'cache-export';
  if (/manifest (?:create|push|annotate)/i.test(text)) return 'manifest';
  const steps = step.marks.filter((one) => one.line <= event.line);
  if (steps.some((one) => landmark(one, 'push-of') !== undefined)) return 'push';
  if (
    /load metadata for|failed to resolve source metadata|failed to pull|pull access denied|ErrImagePull|ImagePullBackOff|image pull|Failed to pull image/i.test(
      text,
    )
  ) {
    return words.includes('build') ? 'build' : 'pull';
  }
  const verb = words.slice(1).find((word) => VERBS[word] !== undefined);
  if (verb !== undefined) return VERBS[verb];
  if (words.some((word) => /^jib/.test(word)) || /jib-maven-plugin|cloud\.tools\.jib/.test(text)) return 'push';
  if (/kaniko|executor/.test(words[0] ?? '')) return 'build';
  if (
    /logging in to|log(?:ging)? in to registry|error logging|login (?:attempt|did not succeed|failed)|authenticating creds/i.test(
      text,
    )
  )
    return 'login';
  // Docker's login is the only request that asks for the bare /v2/.
  if (/Error response from daemon: (?:Get|login attempt to) "?https?:\/\/[^/\s]+\/v2\/"?/.test(text)) return 'login';
  return undefined;
}
