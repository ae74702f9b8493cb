import type { Signal } from '../cause.js';

/** A way in which a job fails without any registry: which words show it, what to call it, what helps. */
export interface Kind {
  /**
   * What did fail, as a clause without a full stop. `{name|words}` stands for what the signal's group of that name
   * found, or for the words if it found nothing.
   */
  what: string;
  /** What to do, in a line. */
  hint: string;
  signals: readonly Signal[];
  /**
   * Other programs' failures end in these words too, a registry client's among them: they count only where no
   * registry client failed in the same step.
   */
  weak?: true;
  /** The words say that something failed, yet a registry may be behind it (a roll-out that waits for an image). */
  unsure?: true;
  /** The words settle it, though the client says them of an image: they are of its own machine. */
  local?: true;
}

/** For a number that no other rare letters stand beside: a signal for each digit, whose token it is part of. */
export const DIGITS = [...'0123456789'];
export const NOT_ZERO = DIGITS.slice(1);

/** What may stand before a program's own words: BuildKit's time of a RUN step, marks of CI systems, a stage's name. */
export const BEFORE = String.raw`^(?:#\d+ \d+\.\d+ |\d+\.\d+ +|##\[error\]|::error[^:]*::|\[[^\]]{1,40}\] |[\w./-]{1,40} +\| )?\s*`;
