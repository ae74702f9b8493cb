import { z } from 'zod';
import type { Command, Outcome } from '../chat/command.js';
import type { ChatAction } from '../chat/request.js';
import type { OperationKind } from './operation.js';

/** It is asked because something is wrong now. Milliseconds. */
const ASK_USE_BY_MS = 3_600_000;
/** As long as a request can be confirmed; what was begun by then is carried to its end. Milliseconds. */
const CONFIRM_USE_BY_MS = 600_000;

const Instance = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'an instance is named as in the configuration');
const Args = z.union([z.tuple([]), z.tuple([Instance])], { error: 'it takes at most the name of an instance' });

/**
 * A subcommand that changes something on a host. It queues a question only; something is done when a second person
 * presses [Confirm]. A click has no name of its own: one that was refused may be tried again, and of a request that
 * was confirmed already the worker knows.
 */
export function operationCommand(kind: OperationKind, summary: string): Command<typeof Args> {
  return {
    name: kind,
    usage: '[INSTANCE]',
    needs: 'operator',
    summary,
    args: Args,
    run: ([instance]): Outcome => ({
      is: 'job',
      queue: 'operation',
      data: { step: 'ask', kind, ...(instance === undefined ? {} : { instance }) },
      useByMs: ASK_USE_BY_MS,
    }),
    actions: {
      [`${kind}-confirm`]: (action) => answered('confirm', action),
      [`${kind}-cancel`]: (action) => answered('cancel', action),
    },
    examples: [
      { says: kind, queues: 'operation' },
      { says: `${kind} main`, queues: 'operation' },
      { says: `${kind} $(id)`, answers: 'an instance is named as in the configuration' },
    ],
  };
}

function answered(step: 'confirm' | 'cancel', { value, message }: ChatAction): Outcome {
  return {
    is: 'job',
    queue: 'operation',
    data: { step, operationId: value, message },
    useByMs: CONFIRM_USE_BY_MS,
  };
}
