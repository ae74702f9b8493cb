import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';

/** A status is asked because something is wrong now: an hour later the answer is another. Milliseconds. */
const USE_BY_MS = 3_600_000;

const Instance = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'an instance is named as in the configuration');
const Args = z.union([z.tuple([]), z.tuple([Instance])], { error: 'it takes at most the name of an instance' });

/** `/registry status [INSTANCE]`: does the registry work, and if not, which link is broken? Anybody may ask. */
export const status = {
  name: 'status',
  usage: '[INSTANCE]',
  summary: 'does the registry work, and if not, which link is broken',
  args: Args,
  run: ([instance]): Outcome => look(instance === undefined ? {} : { instance }),
  actions: {
    'status-again': ({ value, message }) => look({ instance: value, message }),
    /** Under a diagnosis: a message of its own. */
    'status-show': ({ value }) => look({ instance: value }),
    'status-details': ({ value, message }) => look({ instance: value, message, all: true }),
  },
  examples: [
    { says: 'status', queues: 'status' },
    { says: 'status main', queues: 'status' },
    { says: 'status two words', answers: 'at most' },
  ],
} as const satisfies Command<typeof Args>;

function look(data: { instance?: string; all?: boolean; message?: string }): Outcome {
  return { is: 'job', queue: 'status', data, useByMs: USE_BY_MS };
}
