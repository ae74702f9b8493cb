import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { ProjectPath } from '../src/gitlab/path.js';

/** A plan is looked at while it is made. Milliseconds. */
const PLAN_USE_BY_MS = 3_600_000;
/** A confirmed rotation that was interrupted goes on when the missing part is back. Milliseconds. */
const RUN_USE_BY_MS = 7 * 86_400_000;

const Args = z.union([z.tuple([ProjectPath]), z.tuple([ProjectPath, z.string().max(255)])], {
  error: ({ input }) =>
    Array.isArray(input) && input.length > 0 ? 'not a GitLab path: it takes GROUP/PROJECT' : 'it takes a project',
});

/**
 * `/registry rotate-token PROJECT [TOKEN]`: replaces a deploy token and the CI/CD variables that carry it.
 *
 * Queues a plan only; something changes when [Rotate] is pressed by the asker. It takes the GitLab role Maintainer.
 * Source of the role: GitLab's deploy tokens API (create and revoke: Maintainer).
 */
export const rotateToken = {
  name: 'rotate-token',
  usage: 'PROJECT [TOKEN]',
  summary: 'replace a deploy token and the variables that carry it',
  args: Args,
  run: ([project, token]): Outcome => plan(project, token),
  actions: {
    'rotate-choose': ({ value }) => {
      const [project = '', token = ''] = value.split(' ');
      return plan(project, token);
    },
    /** Under a diagnosis: the plan is a message of its own. */
    'rotate-project': ({ value }) => plan(value),
    'rotate-run': ({ value, message, person }) => ({
      is: 'job',
      queue: 'rotation',
      data: { step: 'run', planId: value, message },
      useByMs: RUN_USE_BY_MS,
      once: `rotate-run ${value} ${person.platform} ${person.id}`,
    }),
    'rotate-cancel': ({ value, message, person }) => ({
      is: 'job',
      queue: 'rotation',
      data: { step: 'cancel', planId: value, message },
      useByMs: PLAN_USE_BY_MS,
      once: `rotate-cancel ${value} ${person.platform} ${person.id}`,
    }),
  },
  examples: [
    { says: 'rotate-token shop/api', queues: 'rotation' },
    { says: 'rotate-token shop/api “ci push”', queues: 'rotation' },
    { says: 'rotate-token', answers: 'it takes a project' },
    { says: 'rotate-token $(id)', answers: 'not a GitLab path' },
    { says: 'rotate-token ../../etc/passwd', answers: 'not a GitLab path' },
  ],
} as const satisfies Command<typeof Args>;

function plan(project: string, token?: string): Outcome {
  return {
    is: 'job',
    queue: 'rotation',
    data: { step: 'plan', project, ...(token === undefined ? {} : { token }) },
    useByMs: PLAN_USE_BY_MS,
  };
}
