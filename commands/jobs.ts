import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';

/** Of interest now. Milliseconds. */
const USE_BY_MS = 600_000;

const Args = z.tuple([], { error: 'it takes nothing' });

/** `/registry jobs`: what is under way of yours, or of all where you operate an instance, with [Cancel]. */
export const jobs = {
  name: 'jobs',
  usage: '',
  summary: 'what is waiting or running, and an end to it',
  args: Args,
  run: (): Outcome => job({ task: 'list' }),
  actions: {
    'jobs-again': ({ message }) => job({ task: 'list', message }),
    'jobs-cancel': ({ value, message }) => job({ task: 'cancel', run: value, message }),
  },
  examples: [
    { says: 'jobs', queues: 'jobs' },
    { says: 'jobs all', answers: 'it takes nothing' },
  ],
} as const satisfies Command<typeof Args>;

function job(data: Extract<Outcome, { queue: 'jobs' }>['data']): Outcome {
  return { is: 'job', queue: 'jobs', data, useByMs: USE_BY_MS };
}
