import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { ProjectPath } from '../src/gitlab/path.js';

/** A plan is looked at while it is made. Milliseconds. */
const PLAN_USE_BY_MS = 3_600_000;
/** A confirmed rotation that was interrupted goes on when the missing part is back. Milliseconds. */
const RUN_USE_BY_MS = 7 * 86_400_000;

const Reveal = z.literal('--reveal');
const Token = z.string().max(255);
const Args = z.union(
  [
    z.tuple([ProjectPath]).transform(([path]) => ({ path })),
    z.tuple([ProjectPath, Reveal]).transform(([path]) => ({ path, reveal: true })),
    z.tuple([ProjectPath, Token]).transform(([path, token]) => ({ path, token })),
    z.tuple([ProjectPath, Token, Reveal]).transform(([path, token]) => ({ path, token, reveal: true })),
  ],
  {
    error: ({ input }) =>
      Array.isArray(input) && input.length > 0
        ? 'not a GitLab path: it takes GROUP/PROJECT or GROUP, a token, and --reveal at most'
        : 'it takes a project or a group',
  },
);

/**
 * `/registry rotate-token PATH [TOKEN] [--reveal]`: replaces a token of a project or a group, and whatever carries it.
 *
 * Queues a plan only; something changes when [Rotate] is pressed by the asker. It takes the GitLab role that GitLab
 * itself asks for: Maintainer of a project, Owner of a group.
 */
export const rotateToken = {
  name: 'rotate-token',
  usage: 'PATH [TOKEN] [--reveal]',
  needs: 'identity',
  summary: 'replace a deploy or access token and everything that carries it',
  args: Args,
  run: (asked): Outcome => plan(asked),
  actions: {
    'rotate-choose': ({ value }) => {
      const [path = '', token = ''] = value.split(' ');
      return plan({ path, token });
    },
    /** Under a diagnosis: the plan is a message of its own. */
    'rotate-project': ({ value }) => plan({ path: value }),
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
    'rotate-revoke': ({ value, message }) => decided(value, 'revoke', message),
    'rotate-undo': ({ value, message }) => decided(value, 'undo', message),
  },
  examples: [
    { says: 'rotate-token shop/api', queues: 'rotation' },
    { says: 'rotate-token shop/api “ci push”', queues: 'rotation' },
    { says: 'rotate-token shop 7 --reveal', queues: 'rotation' },
    { says: 'rotate-token', answers: 'it takes a project or a group' },
    { says: 'rotate-token $(id)', answers: 'not a GitLab path' },
    { says: 'rotate-token ../../etc/passwd', answers: 'not a GitLab path' },
  ],
} as const satisfies Command<typeof Args>;

function plan({ path, token, reveal }: { path: string; token?: string; reveal?: boolean }): Outcome {
  return {
    is: 'job',
    queue: 'rotation',
    data: {
      step: 'plan',
      project: path,
      ...(token === undefined ? {} : { token }),
      ...(reveal === undefined ? {} : { reveal }),
    },
    useByMs: PLAN_USE_BY_MS,
  };
}

function decided(planId: string, what: 'revoke' | 'undo', message: string): Outcome {
  return { is: 'job', queue: 'rotation', data: { step: 'decide', planId, what, message }, useByMs: RUN_USE_BY_MS };
}
