import type { Facts } from './facts.js';

/** Clients whose own errors are about images, as the first or second word of a command. */
const CLIENT =
  /(?:^|[\s/;&|(])(?:docker|docker-compose|podman|buildah|skopeo|crane|kaniko|executor|helm|oras|nerdctl|ctr|crictl|ko|regctl|buildctl|img|jib|gcrane)(?=\s|$)/;

/** Words that only a registry, its clients or their daemons print on a line. */
const WORDS =
  /parsing HTTP \d{3} response body|unexpected HTTP status|^denied: [a-z]|\/v2\/|\/jwt\/auth|[?&]scope=repository(?:%3A|:)|[?&]client_id=docker\b|docker:\/\/|Error response from daemon|pull access denied|failed to (?:push (?!metrics|some refs)|pull|resolve|fetch oauth|fetch anonymous|authorize|copy:|do request)|ErrImagePull|ImagePullBackOff|\bmanifest (?:for|unknown|invalid|to)\b|(?:reading|writing|fetching|putting|pushing|uploading|unknown|storing) (?:manifest|blob)|blob (?:upload|unknown)|container registry|registry-1\.docker\.io|Get "https?:\/\/[^"]*\/v2|The push refers to|error pushing image|initializing source|trying to reuse blob|writing blob|Requesting bearer token|pinging container registry|authenticating creds|logging in to|login attempt|docker daemon|dockerd|docker\.credentials|dockerpycreds|DOCKER> |docker-maven-plugin|com\.spotify\.(?:docker|plugin)|\bCONTAINER[12]\d{3}\b|GetAuthorizationToken|buildkit|Not continuing with (?:push|pull)|(?:Upload|Download) failed, retrying|image pull|pull(?:ing)? image|retrieving image|\/v1\/(?:_ping|repositories|search)|https?:\/\/[\w-]+\.azurecr\.io\/|https?:\/\/[\w.:-]+\/v2(?=[\s"]|$)|pushing/i;

/** BuildKit's prefix on what a RUN instruction printed, in its output and in its summary: not the client's words. */
const RUN_OUTPUT = /^(?:#\d+ )?\d+\.\d+ |^\s*\+[\w-]+ \| /;

export const isRunOutput = (line: string): boolean => RUN_OUTPUT.test(line);

/** Commands that run tests: a registry's words in their output are what the tests are about. */
const TEST_COMMAND =
  /\b(?:go test|gotestsum|(?:npm|yarn|pnpm|bun) (?:run )?t(?:est)?\b|jest|vitest|mocha|pytest|tox|nox|unittest|(?:mvnw?|gradlew?|gradle)\b.*\b(?:test|verify|check)|cargo (?:nextest|test)|rspec|rake (?:spec|test)|rails test|phpunit|pest|artisan test|mix test|dotnet test|ctest|bats|cypress|playwright|robot|newman|behave|(?:bazel|bazelisk|nx|turbo|lein|sbt|swift|flutter|deno|bun|just|task|mage|make|ninja)\s(?:\S+\s){0,6}\S*(?:test|e2e|check)\S*|(?:npm|yarn|pnpm) (?:run )?\S*(?:test|e2e)\S*)\b|\.?\/\S*(?:test|e2e)\S*\.(?:sh|py)\b/i;

/** Of several commands in a line the last is the one that is still running when it fails. */
export function isTestRun(command: Facts['command']): boolean {
  return (
    command !== undefined && TEST_COMMAND.test(command.text.split(/&&|;/).findLast((part) => part.trim() !== '') ?? '')
  );
}

/** Git's own words, or a line that says which git command failed: GitLab answers git with the words it has for registries. */
const GIT =
  /\bresolving source context\b|(?:^|[\s`'"(])git (?:fetch|clone|push|pull|ls-remote|submodule|lfs)\b|\b[Pp]ush(?:ing|ed)? (?:changes |commits? )?to (?:GitLab|GitHub|Bitbucket|Gitea|origin)\b(?!\S| (?:container |package )?(?:registry|packages))|(?<!\bfrom )\bremote: |\bfatal: (?:Authentication failed|unable to access|could not read)/;

/** Somebody's sentence may speak of git and quote a registry. */
const NOT_GIT =
  /\/v2\/|\/jwt\/auth|Error response from daemon|requested access to the resource|\bdocker (?:push|pull|login)|manifest unknown|toomanyrequests|no basic auth|(?<!source context: )authentication required/;

/** Does a line speak of git, and not of a registry? Pure. */
export function speaksOfGit(line: string): boolean {
  return GIT.test(line) && !NOT_GIT.test(line);
}

/** A line that says of itself that what it tells of was no end: a warning, and what was done in place of it. */
const WARNS = /\bWARN(?:ING)?\b/i;
const GOES_ON =
  /\b(?:skipp(?:ing|ed)|ignor(?:ing|ed)|retrying|will retry|continuing|falling back|fallback|from cache)\b/i;
/** Clients with several sources say so whatever the level is. */
const TRIES_ANOTHER =
  /\btrying (?:the )?(?:next|another|other) ?(?:mirror|source|host|endpoint|registry|repository)?\b/i;

/** Does a line speak of a failure that its program could do without? Pure. */
export const goesOn = (line: string): boolean => TRIES_ANOTHER.test(line) || (WARNS.test(line) && GOES_ON.test(line));

/** Jib pushes from inside Maven and Gradle. */
const JIB = /\bjib:|\bjib(?:DockerBuild|BuildTar)?\b|jib-maven-plugin|cloud\.tools\.jib/;

/** Other programs whose network and disk errors look like a registry's. */
const OTHERS =
  /(?:^|[\s/;&|(])(?:npm|yarn|pnpm|pip|pip3|poetry|git|curl|wget|apt|apt-get|apk|yum|dnf|mvn|gradle|\.\/gradlew|go|cargo|kubectl|terraform|ansible|ansible-playbook|psql|mysql|composer|bundle|gem|ssh|scp|rsync|aws|gcloud|az)(?=\s|$)/;

/** Programs with which people ask a server by hand. */
const ASKS = /(?:^|[\s;&|(/])(?:curl|wget|openssl s_client|nc|nslookup|dig|getent|telnet|http)\s/;

/** Paths and names that are a registry's. */
const REGISTRY_ADDRESS =
  /\/v2\/|\/jwt\/auth|[\s/@.](?:registry(?!\.(?:npmjs|yarnpkg|terraform))|harbor|quay|ghcr)[\w-]{0,40}\.[\w-]/;

/** Does a command ask a registry, without an image client? Pure. */
export function asksRegistry(command: string): boolean {
  const text = command.slice(0, 2_000);
  return ASKS.test(text) && REGISTRY_ADDRESS.test(text);
}

/** Does a line hold words that only a registry, its clients or their daemons print? Pure. */
export function speaksOfRegistry(line: string): boolean {
  return !RUN_OUTPUT.test(line) && (WORDS.test(line) || JIB.test(line));
}

/** Is a command one of an image client's? Pure. */
export function isImageClient(command: string): boolean {
  return CLIENT.test(command) || JIB.test(command);
}

/** Signs that a registry runs where the log comes from. */
const RUNS_REGISTRY =
  /\bregistry:\d|\/etc\/(?:docker\/registry|distribution)\/|\/var\/lib\/registry\b|\bdocker_registry\/|\bdocker\/distribution\b|\bregistry serve\b|\bregistryctl\b|\bharbor-(?:registry|core)\b|\bregistry panic\b/;

/** Does a line show that a registry itself runs there, so that what stopped may be it? Pure. */
export const runsRegistry = (line: string): boolean => RUNS_REGISTRY.test(line);

/** Jib breaks its messages over a few indented lines. */
function goesOnFromJib(failure: string, near: readonly string[]): boolean {
  const at = near.lastIndexOf(failure);
  return near.slice(Math.max(0, at - 3), at).some((line) => JIB.test(line));
}

/** Somebody's words for what was tried. */
const PUSHES_IMAGE = /\b(?:push|pull|publish|upload)\w*\b.{0,40}\b(?:docker|container|oci) images?\b/i;

/** A client's command, or a request of a registry, in whatever line stands beside the failure. */
const TYPED =
  /(?:^|[\s`"'(])(?:(?:docker|podman|nerdctl|buildah|helm|oras|skopeo|crane|regctl|ctr|crictl)[ -](?:(?:image|images|compose|registry|auth) )?(?:push|pull|login|copy|sync)\b|curl .{0,200}\/v2\/)/;

/** A host that bears a registry's name. */
const NAMES_REGISTRY =
  /[\s/@<"'(](?:(?:registry(?!\.(?:npmjs|yarnpkg|terraform|opentofu))|harbor|quay|ghcr|docker)[\w-]{0,40}\.[a-z][\w-]|[\w-]{1,60}[.-](?:registry|docker)\.[a-z][\w-])/;

/** Errors of Go's network, without a word of who says them. */
const BARE =
  /^(?:(?:read|write|dial) tcp |(?:unexpected )?EOF$|net\/http: |https?2?: |stream error: |context deadline)/;

/** Were layers on their way when the lines ended? */
function isUnderWay(before: readonly string[]): boolean {
  return before.findLastIndex((line) => LAYER.test(line)) > before.findLastIndex((line) => ARRIVED.test(line));
}

const ARRIVED = /^(?:Status: |Digest: )|: digest: sha256:/;

/** A layer that is on its way to or from a registry. */
const LAYER =
  /^\s{0,3}[0-9a-f]{12}: (?:Pulling|Waiting|Downloading|Verifying|Preparing|Pushing|Retrying|Layer already)/;

/**
 * Does the failing line speak of a registry at all?
 *
 * Network, disk and TLS errors are everybody's: unless the line, or the command that printed it, is an image
 * client's, the registry isn't blamed for them.
 */
export function isAboutRegistry({ failure, command, operation, near, fromTheStart }: Facts): boolean {
  if (RUN_OUTPUT.test(failure)) return false;
  // Docker prints how its layers get on, and at the end a bare error of the network.
  if (command === undefined && BARE.test(failure) && isUnderWay(near.slice(0, near.lastIndexOf(failure)))) return true;
  // Of a Java exception the frames say whose it was, or whoever pasted it.
  if (/^(?:Caused by: |\s*javax?\.)/.test(failure) && near.some((line) => JIB.test(line) || PUSHES_IMAGE.test(line)))
    return true;
  if (/^\s{2,}\S/.test(failure) && goesOnFromJib(failure, near)) return true;
  if (command === undefined && NAMES_REGISTRY.test(failure)) return true;
  if (speaksOfRegistry(failure)) return true;
  // People paste what failed first, and what they had typed behind it.
  if (command === undefined)
    return operation !== undefined || (!fromTheStart && near.some((line) => TYPED.test(line.slice(0, 500))));
  if (JIB.test(command.text) || asksRegistry(command.text)) return true;
  if (OTHERS.test(command.text) && !CLIENT.test(command.text)) return false;
  return CLIENT.test(command.text) && operation !== undefined;
}
