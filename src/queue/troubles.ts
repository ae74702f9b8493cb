import { type Answer, answer, text } from '../chat/answer.js';
import { instead, offers } from '../chat/typed.js';
import type { EdgeError } from '../errors.js';

/** What people read when a job did not go as it should. Pure. */

/** Of the names that could have been meant so many are offered. */
const CHOICES = 5;

/** What the person reads when a part of the world failed for good. */
export function failed({ forPerson: { what, why, next, meant } }: EdgeError, asked?: string): Answer {
  const said = answer('fail', sentence(what), {
    kind: 'facts',
    facts: [...(why === undefined || why === '' ? [] : [{ label: 'because', text: why }]), { label: 'do', text: next }],
  });
  if (asked === undefined || meant === undefined) return said;
  const commands = meant.names.slice(0, CHOICES).map((name) => instead(asked, meant.word, name));
  const choices = commands.filter((command) => command !== asked);
  return choices.length === 0 ? said : { ...said, parts: [...said.parts, offers(...choices)] };
}

/** What they read while it may come back. `remainingMs` undefined: until it is finished. */
export function waiting({ forPerson: { what, why, next } }: EdgeError, remainingMs: number | undefined): Answer {
  return answer(
    'running',
    sentence(what),
    {
      kind: 'facts',
      facts: [
        ...(why === undefined || why === '' ? [] : [{ label: 'because', text: why }]),
        { label: 'do', text: next },
      ],
    },
    {
      kind: 'footer',
      text:
        remainingMs === undefined
          ? 'It is half done, so I go on trying until it is finished; this message will change.'
          : `I try again by myself for another ${duration(remainingMs)}; this message will change.`,
    },
  );
}

export function expired(): Answer {
  return answer(
    'warn',
    'This request became too old before it could be done',
    text('Nothing was changed. The part that was missing is back: ask again if you still want it.'),
  );
}

/** What a person reads in place of what they don’t want any more. */
export function cancelled(): Answer {
  return answer('skipped', 'Cancelled', text('Nothing was changed.'));
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function duration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes >= 120 ? `${Math.round(minutes / 60)} hours` : `${minutes} minute${minutes === 1 ? '' : 's'}`;
}
