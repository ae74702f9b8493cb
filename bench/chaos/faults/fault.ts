import type { Arena } from '../arena.js';
import type { End } from '../judge.js';
import type { Subject } from '../subject.js';

/** Takes the fault away again. */
export type Undo = () => void;

/** Something that goes wrong in the middle of a rotation. */
export interface Fault {
  id: string;
  /** How the rotation must end. */
  ends: End;
  /** Everybody meets it, so that it is not made beside other faults; `alone`: nor twice at the same time. */
  isShared?: 'together' | 'alone';
  /** At which of the rotation's requests to GitLab it may strike; `steps` are all of them. */
  moments(steps: readonly string[]): number[];
  /** Before [Rotate] is pressed: has it strike at that request. What it gives is called when the rotation is over. */
  prepare(arena: Arena, subject: Subject, at: number): Undo | undefined;
}

export const everywhere = (steps: readonly string[]): number[] => steps.map((_, index) => index);

/** Where something is changed in GitLab. */
export const atWrites = (steps: readonly string[]): number[] =>
  steps.flatMap((step, index) => (step.startsWith('GET ') ? [] : [index]));

/** From the new token on, up to the old one's end. */
export const inTheMiddle = (steps: readonly string[]): number[] => {
  const [first = 0] = atWrites(steps);
  const last = steps.findLastIndex((step) => step.startsWith('DELETE '));
  return everywhere(steps).filter((index) => index > first && index <= last);
};
