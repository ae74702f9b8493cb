import { type Answer, answer, footer, type Mark, text } from '../chat/answer.js';
import { utc } from '../chat/availability.js';
import type { Entry, Outcome } from './entry.js';

const MARKS: Readonly<Record<Outcome, Mark>> = { granted: 'info', refused: 'warn', done: 'pass', failed: 'fail' };

/** The newest first. `subject`: left out, they are about everything that the asker may read. Pure. */
export function auditAnswer(entries: readonly Entry[], subject?: string): Answer {
  const of = subject === undefined ? '' : ` of ${subject}`;
  if (entries.length === 0) return answer('info', `Nothing${of} has been recorded`);
  return answer(
    'info',
    `The last ${entries.length === 1 ? 'entry' : `${entries.length} entries`}${of} in the audit trail`,
    {
      kind: 'rows',
      rows: entries.map((entry) => ({
        mark: MARKS[entry.outcome],
        name: utc(entry.at),
        text: wordsOf(entry, subject),
      })),
    },
    text('Granted is an attempt; what came of it is an entry of its own.'),
    footer('registrar audit verify, on the worker’s machine, tells whether anything was changed afterwards'),
  );
}

function wordsOf({ by, action, outcome, subject, details }: Entry, asked: string | undefined): string {
  const who = by.gitlab ?? `${by.platform} ${by.id}`;
  const what = subject === asked || subject === '' ? action : `${action} ${subject}`;
  return `${what}, ${outcome}: ${details} (${by.platform === 'registrar' ? 'by itself' : who})`;
}
