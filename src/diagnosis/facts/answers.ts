import type { Answers } from '../facts.js';
import { landmark, type Story } from '../story.js';

/** Lines of an answer that are read on where a list is written over several. */
const LINES = 8;

/** Of a project, by its API or in a plan of Terraform's. */
const REGISTRY_OFF =
  /\bcontainer_registry_(?:enabled"?\s{0,30}[:=]\s{0,3}(?:true -> )?false|access_level"?\s{0,30}[:=]\s{0,3}(?:"\w{1,10}" -> )?"disabled")/;

/** Characters of an answer that are looked at. */
const LIMIT = 4_000;

const known = new WeakMap<Story, Answers | undefined>();

/** What GitLab's API answered in the output of any command, before or after the failure: it was asked because of it. */
export function answersOf(story: Story): Answers | undefined {
  if (!known.has(story)) known.set(story, gather(story));
  return known.get(story);
}

function gather({ steps, lines }: Story): Answers | undefined {
  const answers: Answers = {};
  const lists = new Set<string>();
  for (const event of steps.flatMap(({ marks }) => marks)) {
    if (landmark(event, 'answer') === undefined) continue;
    const after = Array.from({ length: LINES }, (_, at) => lines.get(event.line + at + 1) ?? '');
    const text = [event.text, ...after].join(' ').slice(0, LIMIT);
    const scopes = /"scopes"\s{0,3}:\s{0,3}\[([^\]]*)\]/.exec(text)?.[1];
    if (scopes !== undefined && /registry|repository|api/.test(scopes)) lists.add(scopes);
    const access = /"access"\s{0,3}:\s{0,3}\[(?:\s{0,9}\{[^\]]*"actions"\s{0,3}:\s{0,3}\[([^\]]*)\]|\s{0,9}\])/.exec(
      text,
    );
    if (access !== null) answers.granted = words(access[1] ?? '');
    const level = /"access_level"\s{0,3}:\s{0,3}(\d{1,2})\b/.exec(event.text)?.[1];
    if (level !== undefined) answers.level = Number(level);
    if (REGISTRY_OFF.test(event.text)) answers.registryOff = true;
  }
  // Of several tokens nobody knows which one was used.
  const [scopes] = lists;
  if (scopes !== undefined && lists.size === 1) answers.scopes = words(scopes);
  return Object.keys(answers).length > 0 ? answers : undefined;
}

function words(list: string): string[] {
  return Array.from(list.matchAll(/"([^"]+)"/g), ([, word = '']) => word);
}
