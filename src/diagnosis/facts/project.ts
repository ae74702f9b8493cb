import type { Event } from '../reading/reader.js';
import type { Story } from '../story.js';

/** Commands that print one of the two variables, and perhaps other words. */
const PRINTS = /^(?:echo|printf(?: \S+)?)\s[^|>]*\$\{?CI_(?:PROJECT_PATH|REGISTRY_IMAGE)\b/;

const known = new WeakMap<Story, readonly { line: number; project: string }[]>();

/** GROUP/PROJECT from what `echo "$CI_PROJECT_PATH"` or `echo "$CI_REGISTRY_IMAGE"` printed before `event`. */
export function projectOf(story: Story, event: Event): string | undefined {
  let all = known.get(story);
  if (all === undefined) {
    all = gather(story);
    known.set(story, all);
  }
  return all.find(({ line }) => line < event.line)?.project;
}

function gather({ steps, lines }: Story): { line: number; project: string }[] {
  return steps.flatMap(({ command }) => {
    if (command === undefined || !PRINTS.test(command.text)) return [];
    const printed = lines.get(command.line + 1) ?? '';
    const name =
      /(?:^|[\s=:"'[])([a-z0-9][\w.-]*(?::\d+)?(?:\/[a-z0-9][\w.-]*)+)(?=$|[\s"'\]])/i.exec(printed)?.[1] ?? '';
    // A registry's host stands before the first slash of CI_REGISTRY_IMAGE, and never before that of a path.
    const project = /CI_REGISTRY_IMAGE/.test(command.text) ? name.replace(/^[^/]*[.:][^/]*\//, '') : name;
    return project.includes('/') ? [{ line: command.line, project }] : [];
  });
}
