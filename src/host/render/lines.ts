import { FIXED, type Origin } from './settings.js';

/** A line of a generated file, with what decides it. */
export interface Line {
  text: string;
  origin: Origin;
  /** Where the line is a whole tree (JSON): what decides a key of it, where that is something else. */
  within?: Record<string, Origin>;
}

/** A generated file. */
export interface Rendered {
  text: string;
  lines: Line[];
}

export function line(text: string, origin: Origin = FIXED, within?: Record<string, Origin>): Line {
  return { text, origin, ...(within === undefined ? {} : { within }) };
}

/** Lines that no setting changes. */
export function fixed(...texts: string[]): Line[] {
  return texts.map((text) => line(text));
}

/** A value that holds line breaks makes several lines of the file; all have its origin. */
export function rendered(lines: readonly Line[]): Rendered {
  const single = lines.flatMap((one) => one.text.split('\n').map((text) => ({ ...one, text })));
  return { text: `${single.map(({ text }) => text).join('\n')}\n`, lines: single };
}
