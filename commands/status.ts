import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { InstanceName } from '../src/chat/instance-name.js';

/** A status is asked because something is wrong now: an hour later the answer is another. Milliseconds. */
const USE_BY_MS = 3_600_000;

const Full = z.literal('--full');
const Args = z.union(
  [
    z.tuple([]).transform(() => ({})),
    z.tuple([Full]).transform(() => ({ all: true })),
    z.tuple([InstanceName]).transform(([instance]) => ({ instance })),
    z.tuple([InstanceName, Full]).transform(([instance]) => ({ instance, all: true })),
    z.tuple([Full, InstanceName]).transform(([, instance]) => ({ instance, all: true })),
  ],
  { error: 'it takes the name of an instance at most, and --full' },
);

/** `/registry status [INSTANCE] [--full]`: does the registry work, and if not, which link is broken? Anybody may ask. */
export const status = {
  name: 'status',
  usage: '[INSTANCE] [--full]',
  summary: 'does the registry work, and if not, which link is broken',
  args: Args,
  run: (asked): Outcome => look(asked),
  actions: {
    'status-again': ({ value, message }) => look({ instance: value, message }),
    'status-all-again': ({ message }) => look({ message }),
    /** Under a diagnosis or in a list: a message of its own. */
    'status-show': ({ value }) => look({ instance: value }),
    'status-details': ({ value, message }) => look({ instance: value, message, all: true }),
  },
  examples: [
    { says: 'status', queues: 'status' },
    { says: 'status main', queues: 'status' },
    { says: 'status main --full', queues: 'status' },
    { says: 'status two words', answers: 'at most' },
  ],
} as const satisfies Command<typeof Args>;

function look(data: { instance?: string; all?: boolean; message?: string }): Outcome {
  return { is: 'job', queue: 'status', data: { task: 'look', ...data }, useByMs: USE_BY_MS };
}
