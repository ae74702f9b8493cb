import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';

/** It is asked because something is wrong now. Milliseconds. */
const USE_BY_MS = 600_000;

const Args = z.union(
  [z.tuple([]).transform(() => ({})), z.tuple([z.literal('--full')]).transform(() => ({ all: true }))],
  { error: 'it takes nothing, or --full' },
);

/** `/registry doctor [--full]`: is Registrar itself well? Anybody may look; to repair takes who may operate an instance. */
export const doctor = {
  name: 'doctor',
  usage: '[--full]',
  summary: 'is Registrar itself well, and what mends it if it is not',
  args: Args,
  run: (asked): Outcome => look({ task: 'look', ...asked }),
  actions: {
    'doctor-again': ({ message }) => look({ task: 'look', message }),
    'doctor-details': ({ message }) => look({ task: 'look', message, all: true }),
    'doctor-repair': ({ message }) => look({ task: 'repair', message }),
  },
  examples: [
    { says: 'doctor', queues: 'doctor' },
    { says: 'doctor --full', queues: 'doctor' },
    { says: 'doctor main', answers: 'it takes nothing' },
  ],
} as const satisfies Command<typeof Args>;

function look(data: Extract<Outcome, { queue: 'doctor' }>['data']): Outcome {
  return { is: 'job', queue: 'doctor', data, useByMs: USE_BY_MS };
}
