import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { ProjectPath } from '../src/gitlab/path.js';

const USE_BY_MS = 3_600_000;

const Args = z.union([z.tuple([]), z.tuple([ProjectPath])], {
  error: 'it takes at most a project or a group: GROUP/PROJECT',
});

/**
 * `/registry audit [PROJECT|GROUP]`: what was attempted last, and what came of it. Of a project or group its
 * Maintainers may read it; all of it, who operates an instance.
 */
export const audit = {
  name: 'audit',
  usage: '[PROJECT|GROUP]',
  needs: 'identity',
  summary: 'who attempted what last, and what came of it',
  args: Args,
  run: ([subject]): Outcome => ({
    is: 'job',
    queue: 'audit',
    data: subject === undefined ? {} : { subject },
    useByMs: USE_BY_MS,
  }),
  examples: [
    { says: 'audit', queues: 'audit' },
    { says: 'audit shop/api', queues: 'audit' },
    { says: 'audit $(id)', answers: 'it takes GROUP/PROJECT' },
  ],
} as const satisfies Command<typeof Args>;
