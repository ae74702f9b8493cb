import { type Answer, type AnswerPart, answer, buttons, footer, text } from '../chat/answer.js';
import { utc } from '../chat/availability.js';
import { offers } from '../chat/typed.js';
import {
  type OldToken,
  type PlannedWrite,
  type RotatedToken,
  type RotationPlan,
  STEPS,
  type StepName,
  tokenWords,
} from './plan/plan.js';
import { baseName, successorExpiry } from './plan/token.js';
import { proofWords, provenWords } from './proof.js';

/** The dry run: what will be created, rewritten, revoked, and what nobody can know. Pure. */
export function planAnswer(plan: RotationPlan, now: number): Answer {
  const { old, owner, writes, outside, unknown, reasons } = plan;
  const rows: AnswerPart = {
    kind: 'rows',
    rows: [
      {
        mark: 'info',
        name: 'create',
        text: `${old.kind === 'deploy' ? 'a deploy token' : 'an access token'} “${baseName(old.name)}” with ${old.scopes.join(', ')} in ${owner.path}${untilWords(old, now)}`,
      },
      {
        mark: 'info',
        name: 'prove',
        text: proofWords(plan),
      },
      ...writes.map((write) => ({
        mark: 'info' as const,
        name: 'rewrite',
        text: `${variableName(write, owner)}: the ${write.carries} (${write.because})`,
      })),
      ...outside.map((name) => ({ mark: 'info' as const, name: 'hand over', text: name })),
      { mark: 'info', name: 'revoke', text: revokeWords(plan) },
    ],
  };
  const warnings: AnswerPart = {
    kind: 'rows',
    rows: unknown.map((words) => ({ mark: 'warn', name: 'unknown', text: words })),
  };
  return answer(
    'info',
    `Rotate ${tokenWords(old)} “${old.name}” of ${owner.path}?`,
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

function untilWords(old: RotatedToken, now: number): string {
  const expiry = successorExpiry(old, now);
  return expiry === undefined ? '' : `, until ${expiry}`;
}

function revokeWords({ old, quietHours, unseen }: RotationPlan): string {
  const name = `${tokenWords(old)}${old.username === undefined ? '' : ` (${old.username})`}`;
  if (quietHours === 0) return `${name}, last, and see it refused`;
  const hours = `${quietHours} hour${quietHours === 1 ? '' : 's'}`;
  return unseen === undefined
    ? `${name}, when nobody used it for ${hours}, or when you say so, and see it refused`
    : `${name}, ${hours} after everything has the new one, or when you say so, and see it refused; its use can’t be seen: ${unseen}`;
}

/** Several tokens could be meant. Pure. */
export function chooseAnswer(owner: string, tokens: readonly RotatedToken[]): Answer {
  return answer(
    'info',
    `${owner} has ${tokens.length} tokens for the registry: which one?`,
    {
      kind: 'rows',
      rows: tokens.map((token) => ({
        mark: 'info',
        name: wordFor(token),
        text: `“${token.name}”${token.username === undefined ? '' : ` (${token.username})`}: ${token.scopes.join(', ')}`,
      })),
    },
    buttons(
      ...tokens.slice(0, 5).map((token) => ({
        label: tokenWords(token),
        action: 'rotate-choose',
        value: `${owner} ${wordFor(token)}`,
        style: 'plain' as const,
      })),
    ),
    footer(`or type: rotate-token ${owner} ID`),
  );
}

/** Edited in place while the rotation runs. Pure. */
export function progressAnswer(
  { old, owner }: RotationPlan,
  current: StepName,
  details: Partial<Record<StepName, string>>,
): Answer {
  const at = STEPS.indexOf(current);
  return answer('running', `Rotating ${tokenWords(old)} “${old.name}” of ${owner.path}`, {
    kind: 'rows',
    rows: STEPS.map((step, index) => ({
      mark: index < at ? 'pass' : index === at ? 'running' : 'skipped',
      name: step,
      text: details[step] ?? (index > at ? 'not yet' : ''),
    })),
  });
}

/** Everything holds the new token; the old one is revoked later. Pure. */
export function waitingAnswer(
  plan: RotationPlan,
  details: Partial<Record<StepName, string>>,
  { since, seen }: { since: number; seen: string },
): Answer {
  const { old, owner, quietHours, unseen } = plan;
  const may = owner.kind === 'group' ? 'an Owner of the group' : 'a Maintainer';
  const due = utc(since + quietHours * 3_600_000);
  return answer(
    'running',
    `The new token of ${owner.path} is in use everywhere I can see; ${tokenWords(old)} is still in force`,
    {
      kind: 'rows',
      rows: [
        ...(['create', 'prove', 'rewrite'] as const).map((name) => ({
          mark: 'pass' as const,
          name,
          text: details[name] ?? '',
        })),
        { mark: 'running', name: 'wait', text: seen },
        {
          mark: 'skipped',
          name: 'revoke',
          text: unseen === undefined ? `not before ${due}, when nobody used it for ${quietHours} h` : `at ${due}`,
        },
      ],
    },
    buttons(
      { label: 'Revoke now', action: 'rotate-revoke', value: plan.id, style: 'danger' },
      { label: 'Undo', action: 'rotate-undo', value: plan.id, style: 'plain' },
    ),
    footer(
      `Until it is revoked everything can be undone. Revoke now breaks whoever still uses the old token; ${may} may press either.`,
    ),
  );
}

/** It is done. Pure. */
export function doneAnswer(
  plan: RotationPlan,
  fresh: { id: number; username: string },
  refusedSeen: string,
  uploadLeft?: string,
): Answer {
  const { old, owner, writes, outside, unknown } = plan;
  const rewritten = [...writes.map((write) => variableName(write, owner)), ...outside];
  const name = old.kind === 'deploy' ? ` (${fresh.username})` : '';
  return answer(
    'pass',
    `Rotated: ${tokenWords(old)} of ${owner.path} is replaced by ${fresh.id}`,
    {
      kind: 'rows',
      rows: [
        { mark: 'pass', name: 'create', text: `${old.kind} token ${fresh.id}${name} with ${old.scopes.join(', ')}` },
        { mark: 'pass', name: 'prove', text: provenWords(plan, uploadLeft) },
        {
          mark: 'pass',
          name: 'rewrite',
          text:
            rewritten.length === 0 ? 'no CI/CD variable carried the old one' : `${rewritten.join(', ')}: flags kept`,
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
    offers(`audit ${owner.path}`),
    footer(
      `${plan.reveal ? 'The secret was shown to the asker alone' : 'The secret was never shown'}. Running jobs keep the old one and fail; logins stored on laptops have to be made again.`,
    ),
  );
}

/** It failed, or a person wanted it undone: what was undone, and what is left for a person. Pure. */
export function undoneAnswer(
  { old, owner }: RotationPlan,
  { why, next, undone, left, oldToken }: Failed,
  wasWanted = false,
): Answer {
  const became = wasWanted ? 'is undone' : 'failed';
  const title =
    oldToken !== 'in force'
      ? 'The new token is in force, but the end of the rotation could not be seen'
      : left.length === 0
        ? `The rotation ${became}; everything in ${owner.path} is as before`
        : `The rotation ${became}, and something is left for a person to do`;
  return answer(
    wasWanted && oldToken === 'in force' && left.length === 0 ? 'info' : 'fail',
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
    ...(oldToken === 'in force'
      ? [footer(`${old.kind === 'deploy' ? 'Deploy' : 'Access'} token ${old.id} is still in force.`)]
      : []),
  );
}

interface Failed {
  why: string;
  next: string;
  undone: readonly string[];
  left: readonly string[];
  oldToken: OldToken;
}

/** With its scope, and with whoever has it where that is not the token's own project or group. */
export function variableName({ owner, variable }: PlannedVariable, home: Pick<RotationPlan['owner'], 'kind' | 'id'>) {
  const scope = variable.environment_scope === '*' ? '' : ` (${variable.environment_scope})`;
  return `${variable.key}${scope}${owner.kind === home.kind && owner.id === home.id ? '' : placeOf(owner)}`;
}

type PlannedVariable = Pick<PlannedWrite, 'owner'> & { variable: { key: string; environment_scope: string } };

function placeOf({ kind, path }: PlannedWrite['owner']): string {
  return kind === 'instance' ? ' of the instance' : ` of ${kind} ${path}`;
}

/** The word by which a person names this very token. */
export function wordFor({ kind, id }: Pick<RotatedToken, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}
