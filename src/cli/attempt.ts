import { EdgeError, messageOf } from '../errors.js';

/** What trying one connection gave. */
export interface Row {
  part: string;
  ok: boolean;
  found: string;
  next?: string;
}

export async function attempt(part: string, work: () => Promise<string>): Promise<Row> {
  try {
    return { part, ok: true, found: await work() };
  } catch (error) {
    return failed(part, error);
  }
}

export function failed(part: string, error: unknown): Row {
  if (!(error instanceof EdgeError)) return { part, ok: false, found: messageOf(error) };
  const { what, why, next } = error.forPerson;
  return { part, ok: false, found: why === undefined || why === '' ? what : `${what}: ${why}`, next };
}
