import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { InstanceName } from '../src/chat/instance-name.js';

const USE_BY_MS = 3_600_000;
const DAYS = 7;

const Days = z.coerce.number().int().min(1).max(90);
const Flag = z.literal('--days');
const Args = z.union(
  [
    z.tuple([]).transform(() => ({ days: DAYS })),
    z.tuple([InstanceName]).transform(([instance]) => ({ instance, days: DAYS })),
    z.tuple([Flag, Days]).transform(([, days]) => ({ days })),
    z.tuple([InstanceName, Flag, Days]).transform(([instance, , days]) => ({ instance, days })),
  ],
  { error: 'it takes the name of an instance, and --days with a number from 1 to 90' },
);

/** `/registry history INSTANCE [--days N]`: how a watched instance fared. Anybody may ask. */
export const history = {
  name: 'history',
  usage: '[INSTANCE] [--days N]',
  summary: 'how an instance fared: availability, latency, incidents',
  args: Args,
  run: (asked): Outcome => ({ is: 'job', queue: 'status', data: { task: 'history', ...asked }, useByMs: USE_BY_MS }),
  examples: [
    { says: 'history', queues: 'status' },
    { says: 'history main --days 30', queues: 'status' },
    { says: 'history main --days 400', answers: 'from 1 to 90' },
  ],
} as const satisfies Command<typeof Args>;
