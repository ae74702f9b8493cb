import fc from 'fast-check';
import {
  type Attempt,
  BEGINNING,
  chained,
  type Entry,
  type Head,
  lineOf,
  type Outcome,
} from '../../src/audit/entry.js';

export const ATTEMPT: Attempt & { outcome: Outcome } = {
  instance: 'lab',
  action: 'operation',
  outcome: 'granted',
  by: { platform: 'slack', id: 'U0ANA', gitlab: 'ana' },
  subject: 'lab',
  details: 'restart confirmed',
  id: 'run-1',
};

/** Entries as they would be recorded, a second apart. */
export function chainOf(all: readonly (Attempt & { outcome: Outcome })[], from = 1_760_000_000_000): Entry[] {
  const entries: Entry[] = [];
  for (const [index, one] of all.entries()) {
    const head: Head = entries.at(-1) ?? BEGINNING;
    entries.push(chained(head, { ...one, at: from + index * 1_000 }));
  }
  return entries;
}

export const linesOf = (count: number): string[] => chainOf(Array.from({ length: count }, () => ATTEMPT)).map(lineOf);

const word = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 12 }));

/** Attempts with whatever words a chat may give. */
export const attempts = (minLength: number) =>
  fc.array(
    fc.record(
      {
        instance: word,
        action: fc.constantFrom('rotation' as const, 'reveal' as const, 'operation' as const),
        outcome: fc.constantFrom('granted' as const, 'refused' as const, 'done' as const, 'failed' as const),
        by: fc.record(
          { platform: fc.constant('slack' as const), id: word, gitlab: word },
          { requiredKeys: ['platform', 'id'] },
        ),
        subject: word,
        details: word,
        id: word,
      },
      { requiredKeys: ['instance', 'action', 'outcome', 'by', 'subject', 'details'] },
    ),
    { minLength, maxLength: 8 },
  );
