import { z } from 'zod';
import type { Seal } from '../../secrets/seal.js';

/**
 * What a button and a dialog carry through Mattermost and back. The requests that bring it back are not signed, and a
 * dialog's state goes through the user's client: so it is sealed, and nobody else can read, make or change one.
 */
const Pressed = z.object({
  action: z.string(),
  value: z.string(),
  /** The answer that holds the button. */
  key: z.string(),
  channel: z.string(),
  thread: z.string().optional(),
  until: z.number(),
});
export type Pressed = z.infer<typeof Pressed>;

const Origin = z.object({
  form: z.string(),
  context: z.string(),
  channel: z.string(),
  thread: z.string().optional(),
  /** For whom the dialog was opened. */
  user: z.string(),
  /** The same for every delivery of the same submission. */
  id: z.string(),
  until: z.number(),
});
export type Origin = z.infer<typeof Origin>;

const PRESSED = 'a button in Mattermost';
const ORIGIN = 'a dialog in Mattermost';

export const sealPressed = (pressed: Pressed, seal: Seal): string => seal.seal(JSON.stringify(pressed), PRESSED);
export const sealOrigin = (origin: Origin, seal: Seal): string => seal.seal(JSON.stringify(origin), ORIGIN);

/** `undefined`: it is none of ours, or its time is over. */
export function openPressed(sealed: unknown, seal: Seal, now: number): Pressed | undefined {
  return open(Pressed, sealed, PRESSED, seal, now);
}

/** `undefined`: it is none of ours, or its time is over. */
export function openOrigin(sealed: unknown, seal: Seal, now: number): Origin | undefined {
  return open(Origin, sealed, ORIGIN, seal, now);
}

function open<S extends z.ZodType<{ until: number }>>(
  schema: S,
  sealed: unknown,
  purpose: string,
  seal: Seal,
  now: number,
): z.output<S> | undefined {
  if (typeof sealed !== 'string') return undefined;
  try {
    const found = schema.parse(JSON.parse(seal.open(sealed, purpose)));
    return found.until >= now ? found : undefined;
  } catch {
    return undefined;
  }
}
