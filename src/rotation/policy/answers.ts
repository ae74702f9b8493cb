import { type Answer, answer, footer, text } from '../../chat/answer.js';
import type { Policy } from '../../config/rotation.js';
import { wordFor } from '../answers.js';
import { bulkCsv } from '../bulk/csv.js';
import { ageWords } from './age.js';
import type { Aged, Batch } from './batch.js';

/** So many tokens are listed; all are in the file. */
const LISTED = 10;

/** What will be replaced, and when: edited in place while that changes. Pure. */
export function announcement(
  policy: Policy,
  { due }: Batch,
  tokens: readonly Aged[],
  unread: number,
  now: number,
): Answer {
  return answer(
    'info',
    `${policy.path}: ${count(tokens)} will be replaced on ${due}`,
    {
      kind: 'rows',
      rows: tokens.slice(0, LISTED).map(({ target: { owner, token }, birth }) => ({
        mark: 'info' as const,
        name: wordFor(token),
        text: `“${token.name}” of ${owner.path}: ${ageWords(birth, now)}`,
      })),
    },
    ...(tokens.length > LISTED
      ? [
          text(`… and ${tokens.length - LISTED} more, in the file.`),
          {
            kind: 'file' as const,
            name: `policy-${due}.csv`,
            text: bulkCsv({ targets: tokens.map(({ target }) => target) }, new Map()),
          },
        ]
      : []),
    ...(unread === 0
      ? []
      : [text(`The tokens of ${unread} projects and groups can't be seen: it takes the role maintainer.`)]),
    footer(
      `${policyWords(policy)}; nobody has to approve it. /registry rotate-token PATH replaces one before; what is to stay is taken out of rotation.policies.`,
    ),
  );
}

/** The announcement, once it has come true. Pure. */
export function begunAnswer(policy: Policy, day: string, tokens: readonly Aged[]): Answer {
  return answer(
    'info',
    `${policy.path}: ${count(tokens)}, replaced on ${day}`,
    text('How it goes stands in a message of its own.'),
    footer(policyWords(policy)),
  );
}

/** What was announced has gone, or is younger than it was. Pure. */
export function nothingLeft(policy: Policy, due: string): Answer {
  return answer(
    'info',
    `${policy.path}: nothing is left to replace on ${due}`,
    text('What was announced has been replaced or removed meanwhile, or the policy was changed.'),
    footer(policyWords(policy)),
  );
}

function policyWords({ everyDays, name }: Policy): string {
  const which = name === undefined ? '' : `, those whose names begin with “${name}”`;
  return `By the configuration’s policy: every ${everyDays} days${which}`;
}

function count({ length }: readonly unknown[]): string {
  return `${length} token${length === 1 ? '' : 's'}`;
}
