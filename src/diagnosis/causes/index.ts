import type { Cause } from '../cause.js';
import { imageOutsideProject } from './image-outside-project.js';
import { unknown } from './unknown.js';
import { wrongRegistry } from './wrong-registry.js';

/**
 * Every cause, the specific before the general: of two that the same line fits equally, the first here is named.
 */
const ALL = [wrongRegistry, imageOutsideProject, unknown] as const;

export type CauseId = (typeof ALL)[number]['id'];

export const CAUSES: readonly Cause[] = ALL;

/** The cause of an id; total, because the ids are derived from the list. */
export function causeOf(id: CauseId): Cause {
  const found = CAUSES.find((cause) => cause.id === id);
  if (found === undefined) throw new Error(`no cause ${id}`);
  return found;
}
