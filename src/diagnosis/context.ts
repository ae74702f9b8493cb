import type { Facts } from './facts.js';

/** Clients whose own errors are about images, as the first or second word of a command. */
const CLIENT =
  /(?:^|[\s/;&|(])(?:docker|docker-compose|podman|buildah|skopeo|crane|kaniko|executor|helm|oras|nerdctl|ctr|crictl|ko|regctl|buildctl|img|jib|gcrane)(?=\s|$)/;

/** Words that only a registry, its clients or their daemons print on a line. */
const WORDS =
  /\/v2\/|\/jwt\/auth|docker:\/\/|Error response from daemon|pull access denied|failed to (?:push (?!metrics|some refs)|pull|resolve|fetch oauth|fetch anonymous|authorize|copy:|do request)|ErrImagePull|ImagePullBackOff|\bmanifest (?:for|unknown|invalid|to)\b|(?:reading|writing|fetching|putting|pushing|uploading|unknown|storing) (?:manifest|blob)|blob (?:upload|unknown)|container registry|registry-1\.docker\.io|Get "https?:\/\/[^"]*\/v2|The push refers to|error pushing image|initializing source|trying to reuse blob|writing blob|Requesting bearer token|pinging container registry|authenticating creds|logging in to|login attempt|docker daemon|dockerd|buildkit|image pull|pull image|pushing/i;

/** BuildKit's prefix on what a RUN instruction printed, in its output and in its summary: not the client's words. */
const RUN_OUTPUT = /^(?:#\d+ )?\d+\.\d+ |^\s*\+[\w-]+ \| /;

export const isRunOutput = (line: string): boolean => RUN_OUTPUT.test(line);

/** Commands that run tests: a registry's words in their output are what the tests are about. */
const TEST_COMMAND =
  /\b(?:go test|gotestsum|(?:npm|yarn|pnpm|bun) (?:run )?t(?:est)?\b|jest|vitest|mocha|pytest|tox|nox|unittest|(?:mvnw?|gradlew?|gradle)\b.*\b(?:test|verify|check)|cargo (?:nextest|test)|rspec|rake (?:spec|test)|rails test|phpunit|pest|artisan test|mix test|dotnet test|ctest|bats|cypress|playwright)\b/i;

export function isTestRun(command: Facts['command']): boolean {
  return command !== undefined && TEST_COMMAND.test(command.text);
}

/** Jib pushes from inside Maven and Gradle. */
const JIB = /\bjib:|\bjib(?:DockerBuild|BuildTar)?\b|jib-maven-plugin|cloud\.tools\.jib/;

/** Other programs whose network and disk errors look like a registry's. */
const OTHERS =
  /(?:^|[\s/;&|(])(?:npm|yarn|pnpm|pip|pip3|poetry|git|curl|wget|apt|apt-get|apk|yum|dnf|mvn|gradle|\.\/gradlew|go|cargo|kubectl|terraform|ansible|ansible-playbook|psql|mysql|composer|bundle|gem|ssh|scp|rsync|aws|gcloud|az)(?=\s|$)/;

/** Does a line hold words that only a registry, its clients or their daemons print? Pure. */
export function speaksOfRegistry(line: string): boolean {
  return !RUN_OUTPUT.test(line) && (WORDS.test(line) || JIB.test(line));
}

/** Is a command one of an image client's? Pure. */
export function isImageClient(command: string): boolean {
  return CLIENT.test(command) || JIB.test(command);
}

/**
 * Does the failing line speak of a registry at all?
 *
 * Network, disk and TLS errors are everybody's: unless the line, or the command that printed it, is an image
 * client's, the registry isn't blamed for them.
 */
export function isAboutRegistry({ failure, command, operation }: Facts): boolean {
  if (RUN_OUTPUT.test(failure)) return false;
  if (speaksOfRegistry(failure)) return true;
  if (command === undefined) return operation !== undefined;
  if (JIB.test(command.text)) return true;
  if (OTHERS.test(command.text) && !CLIENT.test(command.text)) return false;
  return CLIENT.test(command.text) && operation !== undefined;
}
