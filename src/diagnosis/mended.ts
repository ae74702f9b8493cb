import { parseReference } from '../registry/reference.js';
import type { Facts } from './facts.js';
import type { Event } from './reading/reader.js';
import { landmark, type Step } from './story.js';

/**
 * Did the same step later do what had failed: a retry that went through? A login mends a login, a push the push of
 * the same repository, a pull the pull of the same image. Pure.
 */
export function isMended(event: Event, facts: Facts, { marks }: Step): boolean {
  if (isExpected(event, facts)) return true;
  // One of many that were to be copied: the next one's success is not its own.
  if (/\berror copying (?:ref|tag|image)\b/i.test(event.text)) return false;
  // A ban ends by itself: that it did is no repair.
  if (facts.aside?.banned !== undefined && /\b403\b/.test(event.text)) return false;
  const { operation, image, aside } = facts;
  const later = marks.filter(({ line }) => line > event.line);
  switch (operation) {
    case 'login':
      // Another token, tried to compare, does not mend the first.
      return aside?.compared === undefined && later.some((one) => landmark(one, 'login-succeeded') !== undefined);
    case 'push':
    case 'copy':
    case 'manifest':
      return pushedAgain(event, marks);
    case 'pull':
      return later.some((one) => {
        const name = landmark(one, 'pulled')?.groups.image;
        return name !== undefined && (image === undefined || parseReference(name)?.path === image.path);
      });
    case undefined:
      // A headline that a person set above the log is no event of it.
      if (event.line === 1) return false;
      return (
        aside?.compared === undefined &&
        later.some((one) => landmark(one, 'pushed', 'pulled', 'login-succeeded') !== undefined)
      );
    default:
      return false;
  }
}

/** Does the script itself say, right behind it, that this was no surprise? */
function isExpected({ text }: Event, { near }: Facts): boolean {
  const next = near[near.lastIndexOf(text) + 1];
  return (
    next !== undefined &&
    /^\s*[([#-]*\s*(?:(?:as )?expected(?=\s*(?:[),.;\]]|$))|ignor(?:ed|ing)|never mind|harmless|not fatal)\b/i.test(
      next,
    )
  );
}

/** Of several pushes in one step each success is of the repository that was named last before it. */
function pushedAgain(event: Event, marks: readonly Event[]): boolean {
  let current: string | undefined;
  let failed: string | undefined;
  for (const one of marks) {
    current = landmark(one, 'push-of')?.groups.image ?? current;
    if (one.line <= event.line) failed = current;
    else if (landmark(one, 'pushed') !== undefined && current === failed) return true;
  }
  return false;
}
