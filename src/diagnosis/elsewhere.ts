import { isImageClient, isRunOutput, runsRegistry, speaksOfRegistry } from './context.js';
import { saidByContainer, saidByInstruction, whoseElse } from './others.js';
import type { Reading } from './reading/reader.js';
import { landmark, type Step, type Story, suspects } from './story.js';

/** A failure whose words no entry knows, and which took place where no registry is. */
export interface Elsewhere {
  line: number;
  text: string;
  /** A clause without a full stop. */
  why: string;
}

/** Words with which programs of all kinds say that they failed. */
const FAILS =
  /\b(?:error|errors|fail(?:ed|ure|s)?|fatal|exception|panic|traceback|aborted|terminated|killed|denied|refused|forbidden|unauthorized|invalid|expired|permitted|prohibited|rejected|conflict|crashed|illegal|cannot|can't|could not|couldn't|unable to|not found|no such|timed? ?out|timeout|exceeded|unsupported|not supported|missing|mismatch|non-zero|giving up|exit(?:ed)? (?:code|status|with)|HTTP [45]\d\d|verweigert|fehlgeschlagen|Fehler|introuvable|denegado|no se encuentra|negato)\b|échou|refusé|falló|не удалось|ошибка|отказано|失败|エラー|[✗✘×❌]|\bERR!|\w(?:Error|Exception):/i;

/** What a CI system says of every job that failed. */
const LAST_WORDS =
  /^(?:ERROR: Job failed|##\[error\](?:Process completed|The operation was canceled|Bash exited|The process)|Finished: |Error: Process completed|script returned exit code|ERROR: script returned|Exited with code|make(?:\[\d+\])?: \*\*\*|exit (?:code|status):? ?\d|The command ".*" exited|Cleaning up|Uploading artifacts|\[Pipeline\])/i;

/**
 * Words that a registry may be behind, though no entry knows what they say: who reads them can't rule it out. Names of
 * registries, of what is in them, of the clients' credential stores, and the verbs that are for images only.
 */
const MAY_BE_ONE =
  /docker[.-]credential|docker\.credentials|dockerpycreds|\bdocker login\b|please log ?in\b|log ?in prior|interactive login|username: ?(?:error: )?EOF|failed commit on ref|(?:layer|manifest|config|index)-sha256|exporting to image|can only contain the (?:runes|characters)|\boci:\/\/|\b(?:docker|containerd|crio|podman|buildkitd)\.sock\b|(?:decode|parse|verify) (?:bearer )?token\b|parse token error|\bs3aws\b|storagedriver|dockerRepository|docker lookup|docker registry|service=registry|\bimage manifest\b|\b(?:updated|source|unsupported) manifest\b|\bMIME type\b|layer \\?"?sha256:|\/v[12]\/(?:repositories|token)|\bdocker\.(?:io|com|pkg)\b|\b(?:ghcr|quay|lscr)\.io\b|\.(?:azurecr|pkg\.dev|dkr\.ecr)\b|\bDOCKER> |docker-maven-plugin|dockerfile-maven|(?:push|pull|copy|retriev|upload|download|publish|fetch)(?:ing|e|ed)?(?: of)?(?: the| an?)? (?:docker |container )?(?:image|layer|blob|manifest)s?\b|image (?:push|pull|copy)\b|\bpush(?:es|ed)? (?:was |is )?(?:refused|rejected|failed|denied)|container_registry|container registry|application\/vnd\.(?:docker|oci)|GetAuthorizationToken|from proxy after CONNECT|token not to be used|over the quota|the output has been hidden/i;

/** Words of whoever was asked, or of the way there: a registry may have said them as well as any other server. */
const BY_A_SERVER =
  /\b(?:unauthori[sz]ed|forbidden|denied|authentication|certificates?|x509|tls|ssl|handshake|proxy|gateway|(?:i\/o|read|handshake|request|connection) (?:timeout|timed out)|Client\.Timeout|refused|reset by peer|EOF|too large|too many requests|HTTP|status code|read[- ]?only|prohibited)\b|\b(?:40[0-9]|41[0-9]|429|50[0-9])\b/i;

/** Whoever speaks so is at work with images, whatever failed then. */
const WITH_IMAGES =
  /\b(?:docker|podman|nerdctl|image|buildx|helm|oras|skopeo)[ -](?:push|pull|login|copy)|\b(?:push|pull|login|log in|publish|upload)\w*\b.{0,60}\b(?:docker|image|container|registry|harbor|nexus|artifactory|ghcr|quay|ecr|acr|gcr|dockerhub)\b|\/kaniko\/|\bkaniko\b|\b(?:registry(?!\.(?:npmjs|yarnpkg|terraform|opentofu))|harbor)[.:-]\w|\bregistry:2\b|application\/vnd\.(?:docker|oci|in-toto)|image manifest|layer "?sha256:/i;

/** Cloud Build ends with it, whatever its step did. */
const STEP_IMAGE = /build step \d+ "[^"]+" failed/;

/** Commands that say nothing of what failed: they end the script, hide the commands behind them, or ask about a failure. */
export const SAYS_NOTHING =
  /^(?:sudo )?(?:ssh \S+ "?(?:sudo )?)?(?:set [+-]|(?:exit|false|true|echo|printf|cat|env|printenv|date|df|du|ls|id|whoami|curl|wget|jq|openssl|nslookup|dig|host|getent|ping|nc|ss|ip|netstat|uname|hostname|sleep|test|grep|tail|head|journalctl|timedatectl|chronyc|systemctl status)(?:\s|$)|\[|kubectl (?:get|describe|logs|events)|docker (?:compose )?(?:info|version|images|ps|logs|down|kill|rm|rmi|stop|logout|system)\b|docker-compose (?:ps|logs|down|kill|rm|stop)\b|rm\s|wait\b)/;

/** Commands that end a script for what had failed before, and say so or hide it. */
const TELLS_OF_OTHERS = /^(?:set \+x|exit\b|false\b|(?:test|\[+)\s.{0,200}\bcat\s)/;

/** Programs that run whatever their file says: of one that printed nothing, nobody knows what it was. */
const RUNS_OTHERS = /^(?:sudo )?(?:make|just|task|(?:ba|z)?sh|\S+\.sh|source|\.)(?:\s|$)/;

/** What such a program said went to a file. */
const HIDES = /&>|>\s{0,3}\S{1,200}\s{1,3}2>&1|2>&1\s{0,3}>|\*>|>\s{0,3}\/dev\/null/;

/** Lines at the end of a log without commands that are its failure's surroundings. */
const SURROUNDINGS = 40;

/**
 * The failure of a log in which no entry's words were found, if it took place where no registry is: the command that
 * failed is no image client, and none of its lines that speak of failing speaks of a registry. Pure.
 */
export function failureElsewhere(story: Story, { tail }: Reading): Elsewhere | undefined {
  const step = lastSuspect(story);
  const command = step?.command;
  if (command !== undefined && TELLS_OF_OTHERS.test(command.text)) return undefined;
  if (command !== undefined && RUNS_OTHERS.test(command.text) && HIDES.test(command.text)) return undefined;
  const isPart = command !== undefined || (step !== undefined && story.steps.indexOf(step) > 0);
  const lines = isPart ? tail.filter(within(step, story)) : tail.slice(-SURROUNDINGS);
  const inContainer = (one: { line: number; text: string }): boolean =>
    saidByInstruction(one, story) || (step !== undefined && saidByContainer(one, step, story));
  const failing = lines.filter(({ text }) => FAILS.test(text) && !LAST_WORDS.test(text));
  if (command !== undefined && asksForImages(command.text) && !failing.some(inContainer)) return undefined;
  if (failing.some((one) => mayBeRegistry(one.text) && !inContainer(one))) return undefined;
  if (
    command === undefined &&
    asksAServer(
      lines,
      failing.filter((one) => !inContainer(one)),
    )
  )
    return undefined;
  if (failing.length > 0 && (command === undefined ? lines : [command]).some(({ text }) => runsRegistry(text)))
    return undefined;
  const spoken = failing.find(({ line }) => line !== command?.line);
  // Of lines without a command and a job's end, a sentence alone is what a person says.
  if (command === undefined && story.ended === undefined && failing.every(({ text }) => isProse(text)))
    return undefined;
  const shown = spoken ?? silent(command, lines, tail);
  return shown === undefined ? undefined : { ...shown, why: whyOf(step) };
}

/**
 * The same of a job whose last command is not the one that an entry's words were found at: a shell that stops at the
 * first failure would not have come so far. Pure.
 */
export function failureAfter(earlier: Step, story: Story, reading: Reading): Elsewhere | undefined {
  const step = lastSuspect(story);
  if (step === earlier || step?.command === undefined || story.ended !== 'failed') return undefined;
  if (story.endedAt !== undefined && step.command.line > story.endedAt) return undefined;
  // A chart that is not there is what the pull that failed should have brought.
  if (HELM.test(step.command.text) && HELM.test(earlier.command?.text ?? '')) return undefined;
  return SAYS_NOTHING.test(step.command.text) ? undefined : failureElsewhere(story, reading);
}

/** Without a command: did a server say it, of no address, while somebody speaks of images around it? */
function asksAServer(lines: Reading['tail'], failing: Reading['tail']): boolean {
  return (
    failing.some(({ text }) => BY_A_SERVER.test(text) && !isRunOutput(text) && whoseElse(text) === undefined) &&
    lines.some(({ text }) => WITH_IMAGES.test(text.slice(0, LIMIT)))
  );
}

/** Longer lines are looked at by their beginning only. Characters. */
const LIMIT = 2_000;

/** The step that most likely ended the job; what only holds the runner's last word is none. */
function lastSuspect(story: Story): Step | undefined {
  return suspects(story).find(
    ({ command, events }) =>
      command !== undefined || events.some((event) => landmark(event, 'job-failed') === undefined),
  );
}

/** The lines that a step printed. */
function within(step: Step | undefined, { steps }: Story): (one: { line: number }) => boolean {
  const begin = step?.command?.line ?? step?.events[0]?.line ?? 0;
  const next = step === undefined ? undefined : steps[steps.indexOf(step) + 1];
  const end = next?.command?.line ?? next?.events[0]?.line ?? Number.POSITIVE_INFINITY;
  return ({ line }) => line >= begin && line < end;
}

/** Nothing in it that a program would have written: a place, a number, a name in quotes, a word with marks in it. */
const isProse = (text: string): boolean => !/[\d:;=/\\"'`|<>[\](){}_]|\w\.\w|[A-Z]{3}|[a-z][A-Z]/.test(text);

const HELM = /\bhelm\s/;

/** Helm's commands for releases and for repositories of the old kind, and commands for containers that are there. */
const WITHOUT_IMAGES =
  /\bhelm\s+(?:repo|lint|template|test|history|list|ls|rollback|uninstall|delete|status|get|search|plugin|version|package|diff|upgrade|install|init)\b|\b(?:docker|podman|nerdctl)\s+(?:exec|rm|rmi|stop|start|restart|kill|logs|inspect|network|volume|scout|swarm|service|stack|node|cp|wait|save|load|import|export|ps|images|history|info|version|system|context|unshare|image\s+(?:ls|save|load|inspect|prune|rm|history)|buildx\s+(?:create|inspect|ls|rm|use|du|prune|version)|compose\s+(?:exec|logs|down|stop|rm|config|ps|restart|start))\b/;

/** GitHub's actions that build, push, or log in. */
const ACTION =
  /^(?:docker\/(?:build-push|bake|login)-action|azure\/docker-login|aws-actions\/amazon-ecr-login|redhat-actions\/(?:push-to-registry|podman-login|buildah-build))@/;

function asksForImages(command: string): boolean {
  if (ACTION.test(command)) return true;
  return isImageClient(command) && (!WITHOUT_IMAGES.test(command) || /\boci:\/\//.test(command));
}

function mayBeRegistry(text: string): boolean {
  if (whoseElse(text) !== undefined || isRunOutput(text)) return false;
  return speaksOfRegistry(text) || (MAY_BE_ONE.test(text) && !STEP_IMAGE.test(text));
}

/** The last line of a command that failed without a word. */
function silent(
  command: Step['command'],
  lines: Reading['tail'],
  tail: Reading['tail'],
): Reading['tail'][number] | undefined {
  const told = tail.some(({ text }) => LAST_WORDS.test(text));
  if (!told || command === undefined || RUNS_OTHERS.test(command.text)) return undefined;
  return lines.some(({ text }) => asksForImages(text)) ? undefined : lines.at(-1);
}

function whyOf(step: Step | undefined): string {
  const command = step?.command?.text;
  if (command === undefined) return 'what failed speaks of no registry and of no image client';
  const shown = command.length > 80 ? `${command.slice(0, 80)}…` : command;
  if (asksForImages(command)) return `“${shown}” started its container, and it was that one that failed`;
  return `“${shown}” failed, which is no image client, and nothing that it printed speaks of a registry`;
}
