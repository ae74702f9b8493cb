import { parseReference } from '../registry/reference.js';
import type { Facts } from './facts.js';
import type { Event } from './reading/reader.js';
import { landmark, type Step } from './story.js';

/**
 * Did the same step later do what had failed: a retry that went through? A login mends a login, a push the push of
 * the same repository, a pull the pull of the same image. Pure.
 */
export function isMended(event: Event, { operation, image }: Facts, { events }: Step): boolean {
  const later = events.filter(({ line }) => line > event.line);
  switch (operation) {
    case 'login':
      return later.some((one) => landmark(one, 'login-succeeded') !== undefined);
    case 'push':
    case 'copy':
    case 'manifest':
      return pushedAgain(event, events);
    case 'pull':
      return later.some((one) => {
        const name = landmark(one, 'pulled')?.groups.image;
        return name !== undefined && (image === undefined || parseReference(name)?.path === image.path);
      });
    case undefined:
      return later.some((one) => landmark(one, 'pushed', 'pulled', 'login-succeeded') !== undefined);
    default:
      return false;
  }
}

/** Of several pushes in one step each success is of the repository that was named last before it. */
function pushedAgain(event: Event, events: readonly Event[]): boolean {
  let current: string | undefined;
  let failed: string | undefined;
  for (const one of events) {
    current = landmark(one, 'push-of')?.groups.image ?? current;
    if (one.line === event.line) failed = current;
    if (one.line > event.line && landmark(one, 'pushed') !== undefined && current === failed) return true;
  }
  return false;
}
