import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { ProjectPath } from '../src/gitlab/path.js';
import type { Filter } from '../src/rotation/bulk/bulk.js';

/** The list is looked at while it is made, which takes minutes in a large instance. Milliseconds. */
const PLAN_USE_BY_MS = 3_600_000;
const DEED_USE_BY_MS = 7 * 86_400_000;

const Days = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .refine((days) => days >= 1 && days <= 365);
const Which = z.union([
  z.tuple([]).transform((): Filter => ({ is: 'stale' })),
  z.tuple([z.literal('--stale')]).transform((): Filter => ({ is: 'stale' })),
  z.tuple([z.literal('--expired')]).transform((): Filter => ({ is: 'expired' })),
  z.tuple([z.literal('--expiring'), Days]).transform(([, days]): Filter => ({ is: 'expiring', days })),
]);

interface Asked {
  path?: string;
  filter: Filter;
}

/** The words behind the name: a path, and which tokens. */
const Args = z.array(z.string()).transform((words, context): Asked => {
  const [first = '', ...rest] = words;
  const hasPath = words.length > 0 && !first.startsWith('--');
  const path = hasPath ? ProjectPath.safeParse(first) : undefined;
  const filter = Which.safeParse(hasPath ? rest : words);
  if (path?.success !== false && filter.success)
    return { filter: filter.data, ...(path === undefined ? {} : { path: path.data }) };
  context.addIssue({
    code: 'custom',
    message:
      path?.success === false
        ? 'not a GitLab path: it takes a group or a project, or nothing for the whole instance'
        : 'it takes --stale, --expired, or --expiring with 1 to 365 days',
  });
  return z.NEVER;
});

/**
 * `/registry rotate-tokens [PATH] [--stale | --expired | --expiring DAYS]`: finds all tokens that need replacing, and
 * replaces them as one: asked for by one of the configuration's rotation.people, approved by another.
 */
export const rotateTokens = {
  name: 'rotate-tokens',
  usage: '[PATH] [--stale | --expired | --expiring DAYS]',
  needs: 'identity',
  summary: 'find tokens that need replacing, and replace them all',
  args: Args,
  run: (asked): Outcome => plan(asked),
  actions: {
    /** `ID GROUP`: one group out of a longer list. */
    'bulk-group': ({ value }) => {
      const [bulkId = '', group = ''] = value.split(' ');
      return { is: 'job', queue: 'bulk', data: { step: 'narrow', bulkId, group }, useByMs: PLAN_USE_BY_MS };
    },
    'bulk-show': ({ value }) => view('show', value),
    'bulk-choose': ({ value }) => view('choose', value),
    'bulk-ask': ({ value, message }) => deed('ask', value, message),
    'bulk-approve': ({ value, message }) => deed('approve', value, message),
    'bulk-cancel': ({ value, message }) => deed('cancel', value, message),
    'bulk-pause': ({ value, message }) => deed('pause', value, message),
    'bulk-resume': ({ value, message }) => deed('resume', value, message),
    'bulk-hurry': ({ value, message }) => deed('hurry', value, message),
  },
  examples: [
    { says: 'rotate-tokens', queues: 'bulk' },
    { says: 'rotate-tokens shop --expiring 30', queues: 'bulk' },
    { says: 'rotate-tokens --expired', queues: 'bulk' },
    { says: 'rotate-tokens --expiring 0', answers: '1 to 365 days' },
    { says: 'rotate-tokens $(id)', answers: 'not a GitLab path' },
    { says: 'rotate-tokens shop --all', answers: 'it takes --stale' },
  ],
} as const satisfies Command<typeof Args>;

function plan(asked: Asked): Outcome {
  return { is: 'job', queue: 'bulk', data: { step: 'plan', ...asked }, useByMs: PLAN_USE_BY_MS };
}

function view(step: 'show' | 'choose', bulkId: string): Outcome {
  return { is: 'job', queue: 'bulk', data: { step, bulkId }, useByMs: PLAN_USE_BY_MS };
}

function deed(
  step: 'ask' | 'approve' | 'cancel' | 'pause' | 'resume' | 'hurry',
  bulkId: string,
  message: string,
): Outcome {
  return { is: 'job', queue: 'bulk', data: { step, bulkId, message }, useByMs: DEED_USE_BY_MS };
}
