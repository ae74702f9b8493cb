import { AsyncLocalStorage } from 'node:async_hooks';
import { EdgeError } from '../errors.js';
import type { Call } from './run.js';

/** Calls that a run remembers, the first ones; of the others it knows how many. */
const CALLS = 100;

export interface Trace {
  calls: Call[];
  /** How many there were in all. */
  made: number;
}

const current = new AsyncLocalStorage<Trace>();

/** Does the work of a run; what it asks of the world is in the trace. */
export function tracing<T>(trace: Trace, work: () => Promise<T>): Promise<T> {
  return current.run(trace, work);
}

/**
 * Notes a call to the world in the run that makes it, if one does. `what` is shown to people: it holds no query, no
 * header and no body.
 */
export async function traced<T>(
  part: Call['part'],
  what: string,
  call: () => Promise<T>,
  cameOf: (answer: T) => string,
): Promise<T> {
  const trace = current.getStore();
  if (trace === undefined) return call();
  const begun = performance.now();
  const note = (came: string) => {
    trace.made++;
    if (trace.calls.length < CALLS)
      trace.calls.push({ part, what: what.slice(0, 200), came, ms: Math.round(performance.now() - begun) });
  };
  try {
    const answer = await call();
    note(cameOf(answer));
    return answer;
  } catch (error) {
    note(error instanceof EdgeError && error.status !== undefined ? String(error.status) : 'no answer');
    throw error;
  }
}
