import { parseReference } from '../registry/reference.js';
import { clientOf, clientWords, operationOf } from './facts/client.js';
import { imageOf } from './facts/image.js';
import { loginsOf } from './facts/logins.js';
import { registryOf, urlOf } from './facts/registry.js';
import type { Facts } from './facts.js';
import type { Event, Reading } from './reading/reader.js';
import { landmark, type Step, type Story } from './story.js';

/** Lines before and after the failing one that count as its context. */
const NEAR = 12;

/** Gathers what the log tells about the moment of `event`, which is in `step`. Pure. */
export function factsOf(story: Story, reading: Reading, step: Step, event: Event): Facts {
  const before = story.steps.flatMap((one) => one.events).filter((one) => one.line <= event.line);
  const command = step.command;
  const words = command === undefined ? [] : clientWords(command.text);
  const imageText = imageOf(event, step, words);
  const image = imageText === undefined ? undefined : parseReference(imageText);
  const client = clientOf(event, words, before);
  const operation = operationOf(event, step, words);
  const url = urlOf(event.text);
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
    near: nearOf(story, event),
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

function last(events: readonly Event[], id: 'project' | 'job-url'): Readonly<Record<string, string>> | undefined {
  for (let i = events.length - 1; i >= 0; i--) {
    const found = landmark(events[i] as Event, id);
    if (found !== undefined) return found.groups;
  }
  return undefined;
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
