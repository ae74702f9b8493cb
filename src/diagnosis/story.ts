import { type Aside, asideOf } from './aside.js';
import type { LandmarkId } from './landmarks.js';
import type { Match } from './reading/patterns.js';
import type { Event, Reading } from './reading/reader.js';

/** One command of the log and what it printed; a log without commands is one step. */
export interface Step {
  command?: { line: number; text: string };
  events: Event[];
  /** Those of the events that are landmarks: few, however many lines fail. */
  marks: Event[];
  /** `script` is what the person wrote; `cleanup` runs after the failure; `runner` before the first command. */
  kind: 'runner' | 'script' | 'cleanup';
  /** A shell's trace shows the `true` of a `|| true`: the command failed, and was allowed to. */
  allowedToFail?: true;
}

/** A log in the order in which things happened. */
export interface Story {
  steps: Step[];
  /** Every line that was kept, by its number. */
  lines: ReadonlyMap<number, string>;
  /** The job itself says how it ended, if it does. */
  ended?: 'failed' | 'succeeded';
  /** The line of the job's last word; commands behind it are a person's, who looks for the reason. */
  endedAt?: number;
  aside: Aside;
  /** Is this a whole job, or lines cut out of one? */
  fromTheStart: boolean;
}

export function landmark(event: Event, ...ids: LandmarkId[]): (Match & { kind: 'landmark' }) | undefined {
  return event.matches.find(
    (match): match is Match & { kind: 'landmark' } => match.kind === 'landmark' && ids.includes(match.id),
  );
}

/** Divides a reading into steps. Pure. */
export function tell({ events, tail }: Reading): Story {
  const fromTheStart = events.some(
    (event) => landmark(event, 'begin', 'runner', 'runner-image', 'project') !== undefined,
  );
  let step: Step = { events: [], marks: [], kind: fromTheStart ? 'runner' : 'script' };
  const steps = [step];
  let ended: Story['ended'];
  let endedAt: number | undefined;
  for (const event of events) {
    const command = landmark(event, 'command')?.groups.command;
    // Behind `upload` the script has gone through: what fails from there on is the job's all the same.
    if (landmark(event, 'upload', 'stage') !== undefined) {
      step = { events: [], marks: [], kind: 'script' };
      steps.push(step);
    } else if (landmark(event, 'cleanup') !== undefined) {
      step = { events: [], marks: [], kind: 'cleanup' };
      steps.push(step);
    } else if (command !== undefined && !isSameStep(command, step)) {
      if (/^(?:true|:)$/.test(command.trim()) && step.command !== undefined) step.allowedToFail = true;
      const kind = step.kind === 'cleanup' ? 'cleanup' : 'script';
      step = { command: { line: event.line, text: command }, events: [], marks: [], kind };
      steps.push(step);
    }
    if (landmark(event, 'job-failed') !== undefined) {
      // The runner's last word is about the whole job, not about the clean-up that it stands behind.
      if (step.kind === 'cleanup') {
        step = { events: [], marks: [], kind: 'script' };
        steps.push(step);
      }
      ended = 'failed';
      if (/^(?:ERROR: Job failed|Finished: )/.test(event.text)) endedAt = event.line;
    }
    step.events.push(event);
    if (event.matches.some(({ kind }) => kind === 'landmark')) step.marks.push(event);
    if (landmark(event, 'job-succeeded') !== undefined) ended = 'succeeded';
  }
  // A log that was cut out of a clean-up has nothing else: what failed in it is what is asked about.
  if (steps.every(({ kind, events }) => kind === 'cleanup' || events.length === 0))
    for (const one of steps) one.kind = 'script';
  const lines = new Map([...events, ...tail].sort((a, b) => a.line - b.line).map(({ line, text }) => [line, text]));
  for (const one of steps) if (one.command !== undefined) one.command.text = wholeCommand(one.command, lines);
  return {
    steps,
    lines,
    aside: asideOf(lines.values()),
    fromTheStart,
    ...(ended === undefined ? {} : { ended }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/**
 * Does a line that looks like a command belong to the one before? A shell's trace and PowerShell's errors repeat it,
 * and `wait` prints what commands in the background say.
 */
function isSameStep(command: string, { command: current, kind }: Step): boolean {
  if (current === undefined || kind === 'cleanup') return false;
  return command.trim() === current.text.trim() || (/^wait\b/.test(command) && /&\s*$/.test(current.text));
}

/** Lines of a command that a shell is told to read as one. */
const CONTINUED = 40;

/** A command whose lines end in a backslash (PowerShell: a backtick) goes on in the next ones. */
function wholeCommand({ line, text }: NonNullable<Step['command']>, lines: ReadonlyMap<number, string>): string {
  const parts = [text];
  for (let at = line + 1; at <= line + CONTINUED && /\s[\\`]$/.test(parts.at(-1) ?? ''); at++) {
    const next = lines.get(at);
    if (next === undefined) break;
    parts.push(next.trim());
  }
  return parts.length === 1 ? text : parts.map((part) => part.replace(/\s[\\`]$/, '')).join(' ');
}

/** Did whoever wrote the command say that its failure does not matter? */
export function isSwallowed({ command, allowedToFail }: Step): boolean {
  if (allowedToFail === true) return true;
  return command !== undefined && /\|\|\s*(?:true\b|:(?:\s|$)|echo\b|exit 0\b|\()/.test(command.text);
}

/** A look at how the command before it ended, in the words of several shells. */
const LOOKS_BACK =
  /^(?:if\b|test\s|\[|echo\s|Write-\w+\s|set\s|return\b|throw\b|\w{1,20}=\$\?).{0,80}(?:\$\?|LASTEXITCODE|errorlevel|PIPESTATUS|\$\{?(?:rc|ret|retval|status|result|code|exit_?(?:code|status))\b)/i;

/** Whoever tells others that the job failed. */
const REPORTS =
  /^(?:(?:python3?|node|ruby|bash|sh|pwsh|source) )?(?:\S*\/)?[\w.-]{0,30}(?:notify|notification|alert|slack|discord|telegram|mattermost|sendmail|on_?(?:error|failure)|report_(?:error|failure))[\w.-]{0,30}(?:\s|$)/i;

/** Behind the script's own `exit` speaks its trap, or whoever called it. */
function isTheEnd({ command }: Step): boolean {
  if (command === undefined) return false;
  const text = command.text.slice(0, 500);
  return /^(?:(?:exit|return|throw)(?:\s|$)|(?:true|:)$)/.test(text) || LOOKS_BACK.test(text) || REPORTS.test(text);
}

/** Steps whose failure could have ended the job, the one that most likely did first. */
export function suspects(story: Story): Step[] {
  const scripts = story.steps.filter((step) => step.kind !== 'cleanup' && !isSwallowed(step) && !isTheEnd(step));
  const failed = scripts.filter(isMarked);
  const others = scripts.filter((step) => !isMarked(step)).reverse();
  const ranked = [...failed, ...others.filter((step) => !isTidying(step)), ...others.filter(isTidying)];
  // A log of nothing but a step whose failure does not matter is asked about for that one.
  const only = scripts.some(({ command }) => command !== undefined) ? [] : story.steps.filter(isSwallowed);
  return [...ranked, ...only];
}

/** Whoever removes what is left of a job does not mind that there is nothing. */
function isTidying({ command }: Step): boolean {
  return (
    command !== undefined &&
    /^(?:sudo )?(?:docker|podman|buildah|nerdctl) (?:rmi|logout|image rm|(?:system|image|container|builder) prune)\b/.test(
      command.text,
    )
  );
}

/** GitHub and Azure mark the step that failed; what runs behind it runs because somebody wants to know more. */
function isMarked({ events }: Step): boolean {
  return events.some(({ text }) => text.startsWith('##[error]'));
}
