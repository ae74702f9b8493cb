import { parseReference, type Reference } from '../registry/reference.js';
import type { Facts, Operation } from './facts.js';
import type { Event, Reading } from './reading/reader.js';
import { landmark, type Step, type Story } from './story.js';

/** Lines before and after the failing one that count as its context. */
const NEAR = 12;

/** Gathers what the log tells about the moment of `event`, which is in `step`. Pure. */
export function factsOf(story: Story, reading: Reading, step: Step, event: Event): Facts {
  const before = story.steps.flatMap((one) => one.events).filter((one) => one.line <= event.line);
  const command = step.command;
  const words = command === undefined ? [] : shellWords(command.text);
  const imageText = imageOf(event, step, words);
  const image = imageText === undefined ? undefined : parseReference(imageText);
  const client = clientOf(event, words, before);
  const operation = operationOf(event, step, words);
  const url = /https?:\/\/[^\s"'<>\\]+/.exec(event.text)?.[0];
  const registry = registryOf(url, image, words, event);
  const status = statusOf(event.text);
  const project = last(before, 'project')?.project;
  const jobUrl = last(before, 'job-url')?.url;
  const exitCode = exitCodeOf(reading);
  const scheme = url === undefined ? undefined : url.startsWith('https') ? 'https' : 'http';
  return {
    failure: event.text,
    logins: loginsOf(story, event),
    layersPushed: step.events.some((one) => one.line < event.line && landmark(one, 'layer-pushed') !== undefined),
    near: nearOf(story, reading, event),
    fromTheStart: story.fromTheStart,
    ...(operation === undefined ? {} : { operation }),
    ...(client === undefined ? {} : { client }),
    ...(registry === undefined ? {} : { registry }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(image === undefined ? {} : { image }),
    ...(imageText === undefined ? {} : { imageText }),
    ...(project === undefined ? {} : { project }),
    ...(jobUrl === undefined ? {} : { jobUrl }),
    ...(status === undefined ? {} : { status }),
    ...(command === undefined ? {} : { command }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

/** Splits a command as a shell would, without expanding anything: good enough to find flags and names. */
export function shellWords(text: string): string[] {
  return Array.from(
    text.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g),
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

function last(events: readonly Event[], id: 'project' | 'job-url'): Readonly<Record<string, string>> | undefined {
  for (let i = events.length - 1; i >= 0; i--) {
    const found = landmark(events[i] as Event, id);
    if (found !== undefined) return found.groups;
  }
  return undefined;
}

function nearOf(story: Story, reading: Reading, event: Event): string[] {
  const texts = new Map<number, string>();
  for (const step of story.steps) for (const one of step.events) texts.set(one.line, one.text);
  for (const { line, text } of reading.tail) texts.set(line, text);
  const near: string[] = [];
  for (let line = event.line - NEAR; line <= event.line + NEAR; line++) {
    const text = texts.get(line);
    if (text !== undefined) near.push(text);
  }
  return near;
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
  delete: 'delete',
  inspect: 'inspect',
  'list-tags': 'list',
  run: 'pull',
  up: 'pull',
};

function operationOf(event: Event, step: Step, words: readonly string[]): Operation | undefined {
  const text = event.text;
  if (
    /error checking push permissions|failed to push|pushing layer|error pushing|cannot push|denied: requested access.*push/i.test(
      text,
    )
  )
    return 'push';
  if (/cache (?:export|to)|exporting cache/i.test(text)) return 'cache-export';
  if (/manifest (?:create|push|annotate)/i.test(text)) return 'manifest';
  const steps = step.events.filter((one) => one.line <= event.line);
  if (steps.some((one) => landmark(one, 'push-of') !== undefined)) return 'push';
  if (
    /load metadata for|failed to resolve source metadata|failed to pull|pull access denied|ErrImagePull|ImagePullBackOff|image pull|Failed to pull image/i.test(
      text,
    )
  ) {
    return words.includes('build') ? 'build' : 'pull';
  }
  const verb = words.slice(1, 4).find((word) => VERBS[word] !== undefined);
  if (verb !== undefined) return VERBS[verb];
  if (words.some((word) => /^jib/.test(word)) || /jib-maven-plugin|cloud\.tools\.jib/.test(text)) return 'push';
  if (/kaniko|executor/.test(words[0] ?? '')) return 'build';
  if (/logging in to|error logging|login attempt|authenticating creds/i.test(text)) return 'login';
  // Docker's login is the only request that asks for the bare /v2/.
  if (/Error response from daemon: (?:Get|login attempt to) "?https?:\/\/[^/\s]+\/v2\/"?/.test(text)) return 'login';
  return undefined;
}

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

function clientOf(event: Event, words: readonly string[], before: readonly Event[]): Facts['client'] {
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

function imageOf(event: Event, step: Step, words: readonly string[]): string | undefined {
  const text = event.text;
  const named =
    /(?:failed to push(?: to destination)?|failed to resolve source metadata for|failed to resolve reference|load metadata for|Failed to pull image(?: with policy "[^"]*")?|pull access denied for|repository does not exist with the name:|pushing image to|initializing source docker:\/\/|destination docker:\/\/)\s*"?([^\s",:]+(?::[0-9]+\/[^\s",:]+)?(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?)/i.exec(
      text,
    )?.[1] ?? /\[internal\] load metadata for (\S+)/.exec(text)?.[1];
  if (named !== undefined) return named;
  const pushOf = step.events
    .filter((one) => one.line <= event.line)
    .map((one) => landmark(one, 'push-of')?.groups.image);
  const refers = pushOf.findLast((image) => image !== undefined);
  const argument = imageArgument(words);
  // "The push refers to repository [X]" has no tag; the command has, but perhaps as a variable.
  if (refers !== undefined) return argument?.startsWith(`${refers}:`) ? argument : refers;
  return argument;
}

function imageArgument(words: readonly string[]): string | undefined {
  const destination = words.find((word) => word.startsWith('--destination='))?.slice('--destination='.length);
  if (destination !== undefined) return destination;
  const docker = words.find((word) => word.startsWith('docker://'))?.slice('docker://'.length);
  const transports = words.filter((word) => word.startsWith('docker://'));
  if (docker !== undefined) return transports.at(-1)?.slice('docker://'.length);
  const verb = words.findIndex((word) => word === 'push' || word === 'pull' || word === 'run' || word === 'append');
  if (verb > 0) return words.slice(verb + 1).find((word) => !word.startsWith('-'));
  const tag = words.findIndex((word) => word === '-t' || word === '--tag');
  return tag === -1 ? undefined : words[tag + 1];
}

function registryOf(
  url: string | undefined,
  image: Reference | undefined,
  words: readonly string[],
  event: Event,
): string | undefined {
  const fromUrl = url === undefined ? undefined : /^https?:\/\/([^/\s"?]+)/.exec(url)?.[1]?.replace(/[:.,]+$/, '');
  if (fromUrl !== undefined && (/\/v2\/?/.test(url ?? '') || image?.host === undefined)) return fromUrl;
  if (image?.host !== undefined) return image.host;
  const login = words.indexOf('login');
  if (login !== -1) {
    const host = words.at(-1);
    if (host !== undefined && /[.:]/.test(host) && !host.startsWith('-') && !host.startsWith('$'))
      return host.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  }
  return /\b(?:logging in to|logging into|login attempt to|for registry|registry) "?(?:https?:\/\/)?([A-Za-z0-9.-]+\.[A-Za-z0-9-]+(?::\d+)?)/i.exec(
    event.text,
  )?.[1];
}

function loginsOf(story: Story, event: Event): Facts['logins'] {
  const logins: Facts['logins'] = [];
  for (const step of story.steps) {
    const { command } = step;
    if (command === undefined || command.line > event.line) continue;
    for (const part of command.text.split(/&&|;|\|\|/)) {
      const words = shellWords(part);
      const at = words.indexOf('login');
      if (at < 1) continue;
      const user = flagValue(words, '-u', '--username');
      const host = words
        .slice(at + 1)
        .findLast((word, index, rest) => !word.startsWith('-') && isArgument(rest, index));
      const succeeded = step.events.some((one) => landmark(one, 'login-succeeded') !== undefined);
      logins.push({
        line: command.line,
        ...(host === undefined ? {} : { host: host.replace(/^https?:\/\//, '') }),
        ...(user === undefined ? {} : { user }),
        ...(succeeded ? { succeeded } : {}),
      });
    }
  }
  const loose = story.steps
    .flatMap((step) => step.events)
    .filter((one) => one.line <= event.line && landmark(one, 'login-succeeded'));
  if (logins.length === 0) for (const one of loose) logins.push({ line: one.line, succeeded: true });
  return logins;
}

const FLAGS_WITH_VALUE = new Set(['-u', '--username', '-p', '--password', '--authfile', '--cert-dir']);

function isArgument(words: readonly string[], index: number): boolean {
  return !FLAGS_WITH_VALUE.has(words[index - 1] ?? '');
}

function flagValue(words: readonly string[], ...flags: string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (flags.includes(word)) return words[index + 1];
    const [flag, value] = word.split('=', 2);
    if (value !== undefined && flags.includes(flag ?? '')) return value;
  }
  return undefined;
}

function statusOf(text: string): number | undefined {
  const found =
    /(?:HTTP|status|status code|code|response)[ :=]*(?:from registry |status: |code: |HTTP )?\(?([1-5]\d\d)\b|\b([45]\d\d) [A-Z][a-z]+/.exec(
      text,
    );
  const digits = found?.[1] ?? found?.[2];
  return digits === undefined ? undefined : Number(digits);
}

function exitCodeOf({ tail }: Reading): number | undefined {
  for (let i = tail.length - 1; i >= 0; i--) {
    const found = /exit(?:ed with)? (?:code|status) (\d+)/i.exec(tail[i]?.text ?? '')?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}
