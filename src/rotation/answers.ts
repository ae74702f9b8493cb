import { type Answer, type AnswerPart, answer, buttons, footer, text } from '../chat/answer.js';
import type { DeployToken } from '../gitlab/schema.js';
import { isExpired, type OldToken, type PlannedWrite, type RotationPlan, STEPS, type StepName } from './plan/plan.js';
import { proofWords, provenWords } from './proof.js';

/** The dry run: what will be created, rewritten, revoked, and what nobody can know. Pure. */
export function planAnswer(plan: RotationPlan, now: number): Answer {
  const { old, owner, writes, unknown, reasons } = plan;
  const rows: AnswerPart = {
    kind: 'rows',
    rows: [
      {
        mark: 'info',
        name: 'create',
        text: `a deploy token “${old.name}” with ${old.scopes.join(', ')} in ${owner.path}${old.expires_at == null || isExpired(old, now) ? '' : `, until ${old.expires_at.slice(0, 10)}`}`,
      },
      {
        mark: 'info',
        name: 'prove',
        text: proofWords(plan),
      },
      ...writes.map((write) => ({
        mark: 'info' as const,
        name: 'rewrite',
        text: `${variableName(write)}: the ${write.carries} (${write.because})`,
      })),
      { mark: 'info', name: 'revoke', text: `deploy token ${old.id} (${old.username}), last, and see it refused` },
    ],
  };
  const warnings: AnswerPart = {
    kind: 'rows',
    rows: unknown.map((words) => ({ mark: 'warn', name: 'unknown', text: words })),
  };
  return answer(
    'info',
    `Rotate deploy token ${old.id} “${old.name}” of ${owner.path}?`,
    ...(reasons.length > 0 ? [text(reasons.join(' '))] : []),
    rows,
    warnings,
    buttons(
      { label: 'Rotate', action: 'rotate-run', value: plan.id, style: 'danger' },
      { label: 'Cancel', action: 'rotate-cancel', value: plan.id, style: 'plain' },
    ),
    footer('Nothing has been changed yet. Valid for 10 minutes, for the person who asked.'),
  );
}

/** Several tokens could be meant. Pure. */
export function chooseAnswer(project: string, tokens: readonly DeployToken[]): Answer {
  return answer(
    'info',
    `${project} has ${tokens.length} deploy tokens for the registry: which one?`,
    {
      kind: 'rows',
      rows: tokens.map(({ id, name, username, scopes }) => ({
        mark: 'info',
        name: String(id),
        text: `“${name}” (${username}): ${scopes.join(', ')}`,
      })),
    },
    buttons(
      ...tokens.slice(0, 5).map(({ id }) => ({
        label: `Token ${id}`,
        action: 'rotate-choose',
        value: `${project} ${id}`,
        style: 'plain' as const,
      })),
    ),
    footer(`or type: rotate-token ${project} ID`),
  );
}

/** Edited in place while the rotation runs. Pure. */
export function progressAnswer(
  { old, owner }: RotationPlan,
  current: StepName,
  details: Partial<Record<StepName, string>>,
): Answer {
  const at = STEPS.indexOf(current);
  return answer('running', `Rotating deploy token ${old.id} “${old.name}” of ${owner.path}`, {
    kind: 'rows',
    rows: STEPS.map((step, index) => ({
      mark: index < at ? 'pass' : index === at ? 'running' : 'skipped',
      name: step,
      text: details[step] ?? (index > at ? 'not yet' : ''),
    })),
  });
}

/** It is done. Pure. */
export function doneAnswer(
  plan: RotationPlan,
  fresh: { id: number; username: string },
  refusedSeen: string,
  uploadLeft?: string,
): Answer {
  const { old, owner, writes, unknown } = plan;
  return answer(
    'pass',
    `Rotated: deploy token ${old.id} of ${owner.path} is replaced by ${fresh.id}`,
    {
      kind: 'rows',
      rows: [
        {
          mark: 'pass',
          name: 'create',
          text: `deploy token ${fresh.id} (${fresh.username}) with ${old.scopes.join(', ')}`,
        },
        {
          mark: 'pass',
          name: 'prove',
          text: provenWords(plan, uploadLeft),
        },
        {
          mark: 'pass',
          name: 'rewrite',
          text:
            writes.length === 0
              ? 'no CI/CD variable carried the old one'
              : `${writes.map(variableName).join(', ')}: flags kept`,
        },
        { mark: 'pass', name: 'revoke', text: refusedSeen },
      ],
    },
    ...(unknown.length > 0
      ? [
          {
            kind: 'rows' as const,
            rows: unknown.map((words) => ({ mark: 'warn' as const, name: 'unknown', text: words })),
          },
        ]
      : []),
    footer(
      'The secret was never shown. Running jobs keep the old one and fail; logins stored on laptops have to be made again.',
    ),
  );
}

/** It failed: what was undone, and what is left for a person. Pure. */
export function undoneAnswer({ old, owner }: RotationPlan, { why, next, undone, left, oldToken }: Failed): Answer {
  const title =
    oldToken !== 'in force'
      ? 'The new deploy token is in force, but the end of the rotation could not be seen'
      : left.length === 0
        ? `The rotation failed; everything in ${owner.path} is as before`
        : 'The rotation failed, and something is left for a person to do';
  return answer(
    'fail',
    title,
    {
      kind: 'facts',
      facts: [
        { label: 'because', text: why },
        ...(undone.length > 0 ? [{ label: 'undone', text: undone.join('; ') }] : []),
        ...left.map((words) => ({ label: 'left', text: words })),
        { label: 'do', text: next },
      ],
    },
    ...(oldToken === 'in force' ? [footer(`Deploy token ${old.id} is still in force.`)] : []),
  );
}

interface Failed {
  why: string;
  next: string;
  undone: readonly string[];
  left: readonly string[];
  oldToken: OldToken;
}

export function variableName({
  owner,
  variable,
}: Pick<PlannedWrite, 'owner'> & { variable: { key: string; environment_scope: string } }): string {
  const scope = variable.environment_scope === '*' ? '' : ` (${variable.environment_scope})`;
  return `${variable.key}${scope}${owner.kind === 'group' ? ` of group ${owner.path}` : ''}`;
}
