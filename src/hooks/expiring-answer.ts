import { type Answer, type AnswerPart, answer, buttons, footer, text } from '../chat/answer.js';
import { daysLeft, type ExpiringToken } from './expiring.js';

/** What is known of the token besides what the hook told. */
export type Seen = 'for the registry' | 'out of sight' | 'our own';

/** Told in the channel of the project or group that has the token. Pure. */
export function expiringAnswer(token: ExpiringToken, seen: Seen, instance: string, now: number): Answer {
  const { kind, id, name, owner, expiresAt } = token;
  return answer(
    'warn',
    `${kind} token ${id} “${name}” of ${owner.path} ${expires(daysLeft(token, now))}`,
    { kind: 'facts', facts: [{ label: 'expires', text: `${expiresAt.slice(0, 10)}, 00:00 UTC` }] },
    ...advice(token, seen, instance),
  );
}

function advice({ kind, id, owner }: ExpiringToken, seen: Seen, instance: string): AnswerPart[] {
  if (seen === 'our own')
    return [text(`It is Registrar’s own. Whoever runs Registrar: registrar rotate-own-token ${instance}`)];
  return [
    ...(seen === 'out of sight'
      ? [
          text(
            `What it is for can’t be seen: Registrar has no role in ${owner.path}. It may be none of the registry’s.`,
          ),
        ]
      : []),
    buttons({ label: 'Rotate', action: 'rotate-choose', value: `${owner.path} ${kind}:${id}`, style: 'primary' }),
    footer('The button makes a plan; nothing is changed before that is confirmed.'),
  ];
}

function expires(days: number): string {
  if (days < 0) return 'has expired';
  if (days === 0) return 'expires today';
  return `expires in ${days} day${days === 1 ? '' : 's'}`;
}
