import type { LandmarkId } from './landmarks.js';
import type { Match } from './reading/patterns.js';
import type { Event, Reading } from './reading/reader.js';

/** One command of the log and what it printed; a log without commands is one step. */
export interface Step {
  command?: { line: number; text: string };
  events: Event[];
  /** `script` is what the person wrote; `cleanup` runs after the failure; `runner` before the first command. */
  kind: 'runner' | 'script' | 'cleanup';
}

/** A log in the order in which things happened. */
export interface Story {
  steps: Step[];
  /** Every line that was kept, by its number. */
  lines: ReadonlyMap<number, string>;
  /** The job itself says how it ended, if it does. */
  ended?: 'failed' | 'succeeded';
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
  let step: Step = { events: [], kind: fromTheStart ? 'runner' : 'script' };
  const steps = [step];
  let ended: Story['ended'];
  for (const event of events) {
    const command = landmark(event, 'command')?.groups.command;
    if (landmark(event, 'cleanup') !== undefined) {
      step = { events: [], kind: 'cleanup' };
      steps.push(step);
    } else if (command !== undefined) {
      const kind = step.kind === 'cleanup' ? 'cleanup' : 'script';
      step = { command: { line: event.line, text: command }, events: [], kind };
      steps.push(step);
    }
    if (landmark(event, 'job-failed') !== undefined) {
      // The runner's last word is about the whole job, not about the clean-up that it stands behind.
      if (step.kind === 'cleanup') {
        step = { events: [], kind: 'script' };
        steps.push(step);
      }
      ended = 'failed';
    }
    step.events.push(event);
    if (landmark(event, 'job-succeeded') !== undefined) ended = 'succeeded';
  }
  const lines = new Map([...events, ...tail].map(({ line, text }) => [line, text]));
  return { steps, lines, fromTheStart, ...(ended === undefined ? {} : { ended }) };
}

/** Did whoever wrote the command say that its failure does not matter? */
function isSwallowed({ command }: Step): boolean {
  return command !== undefined && /\|\|\s*(?:true\b|:(?:\s|$)|echo\b|exit 0\b|\()/.test(command.text);
}

/** Steps whose failure could have ended the job, the one that most likely did first. */
export function suspects(story: Story): Step[] {
  const scripts = story.steps.filter((step) => step.kind !== 'cleanup' && !isSwallowed(step));
  const failed = scripts.filter(isMarked);
  return [...failed, ...scripts.filter((step) => !isMarked(step)).reverse()];
}

/** GitHub and Azure mark the step that failed; what runs behind it runs because somebody wants to know more. */
function isMarked({ events }: Step): boolean {
  return events.some(({ text }) => text.startsWith('##[error]'));
}
