import { EdgeError } from '../../../src/errors.js';

/** The error that the call rejects with, which has to be one of an edge. */
export async function failureOf(call: Promise<unknown>): Promise<EdgeError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof EdgeError) return outcome.error;
  throw new Error(`no EdgeError, but ${'error' in outcome ? String(outcome.error) : JSON.stringify(outcome.value)}`);
}
