import { parseReference, type Reference } from '../registry/reference.js';
import { answersOf } from './facts/answers.js';
import { clientOf, clientWords, operationOf } from './facts/client.js';
import { handedOver } from './facts/handed-over.js';
import { imageOf } from './facts/image.js';
import { loginsOf } from './facts/logins.js';
import { projectOf } from './facts/project.js';
import { registryOf, urlOf } from './facts/registry.js';
import type { Facts } from './facts.js';
import type { Event, Reading } from './reading/reader.js';
import { landmark, type Step, type Story } from './story.js';

/** Lines before and after the failing one that count as its context. */
const NEAR = 12;

/** Gathers what the log tells about the moment of `event`, which is in `step`. Pure. */
export function factsOf(story: Story, reading: Reading, step: Step, event: Event): Facts {
  const before = story.steps.flatMap((one) => one.marks).filter((one) => one.line <= event.line);
  const command = step.command;
  const words = command === undefined ? [] : clientWords(command.text);
  const imageText = imageOf(event, step, words);
  const image = imageText === undefined ? undefined : imageIn(imageText);
  const client = clientOf(event, words, before);
  const operation = operationOf(event, step, words);
  const url = urlOf(event.text);
  const registry = registryOf(url, image, words, event);
  const status = statusOf(event.text);
  const project = projectIn(before) ?? projectOf(story, event);
  const handed = handedOver(story, event);
  const answers = answersOf(story);
  const jobUrl = before.map((one) => landmark(one, 'job-url')?.groups.url).findLast((found) => found !== undefined);
  const exitCode = exitCodeOf(reading);
  const scheme = url === undefined ? undefined : url.startsWith('https') ? 'https' : 'http';
  return {
    failure: event.text,
    logins: loginsOf(story, event),
    layersPushed: step.marks.some((one) => one.line < event.line && landmark(one, 'layer-pushed') !== undefined),
    near: nearOf(story, event),
    aside: story.aside,
    fromTheStart: story.fromTheStart,
    ...(handed.length === 0 ? {} : { handedOver: handed }),
    ...(answers === undefined ? {} : { answers }),
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
    ...(event.at === undefined ? {} : { at: event.at }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

/** The job's own project is told first; files below its directory are named later. */
function projectIn(before: readonly Event[]): string | undefined {
  return before.map((one) => landmark(one, 'project')?.groups.project).find((found) => found !== undefined);
}

/** A tag may still be a variable where the rest of the name is written out. */
function imageIn(text: string): Reference | undefined {
  if (text.length > 1024) return undefined;
  return parseReference(text) ?? parseReference(text.replace(/:[^/:]*\$[^/]*$/, ''));
}

function nearOf({ lines }: Story, event: Event): string[] {
  const near: string[] = [];
  for (let line = event.line - NEAR; line <= event.line + NEAR; line++) {
    const text = lines.get(line);
    if (text !== undefined) near.push(text);
  }
  return near;
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
