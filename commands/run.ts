import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { RunId } from '../src/runs/run.js';

const USE_BY_MS = 3_600_000;

const Args = z.tuple([z.string().toLowerCase().pipe(RunId)], {
  error: 'it takes the id that stands under an answer, as in: run 1f0c9a7e',
});

/** `/registry run ID`: what was done for an answer. Whoever asked may read it, and who operates an instance. */
export const run = {
  name: 'run',
  usage: 'ID',
  summary: 'what was done for an answer, call by call',
  args: Args,
  run: ([id]): Outcome => ({ is: 'job', queue: 'jobs', data: { task: 'run', run: id }, useByMs: USE_BY_MS }),
  examples: [
    { says: 'run 1f0c9a7e', queues: 'jobs' },
    { says: 'run 1F0C9A7E', queues: 'jobs' },
    { says: 'run', answers: 'under an answer' },
    { says: 'run $(id)', answers: 'under its answer' },
  ],
} as const satisfies Command<typeof Args>;
