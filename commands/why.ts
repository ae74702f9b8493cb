import { z } from 'zod';
import { answer, code, footer, text } from '../src/chat/answer.js';
import type { Command, Outcome } from '../src/chat/command.js';
import { nearest } from '../src/chat/words.js';
import type { Cause } from '../src/diagnosis/cause.js';
import { CAUSES } from '../src/diagnosis/causes/index.js';
import { NO_FACTS } from '../src/diagnosis/facts.js';

const Args = z.tuple([z.string().max(100)], { error: 'it takes the name of a cause, such as insufficient-rights' });

/** `/registry why CAUSE`: what a cause means, how it shows, and what to do about it. */
export const why = {
  name: 'why',
  usage: 'CAUSE',
  summary: 'what a cause means, how it shows and what mends it',
  args: Args,
  run([asked]): Outcome {
    const id = asked.toLowerCase();
    const cause = CAUSES.find((one) => one.id === id);
    return { is: 'answer', answer: { ...(cause === undefined ? unknown(asked) : explained(cause)), quiet: true } };
  },
  examples: [
    { says: 'why insufficient-rights', answers: 'insufficient-rights' },
    { says: 'why insuficient-rights', answers: 'Did you mean' },
    { says: 'why', answers: 'it takes the name of a cause' },
  ],
} as const satisfies Command<typeof Args>;

function explained(cause: Cause) {
  const { id, group, title, references } = cause;
  const signs = cause.signals.flatMap((signal) => ('says' in signal ? [signal.says] : [])).slice(0, 4);
  const fix = cause.fix(NO_FACTS);
  return answer(
    'info',
    title,
    text(cause.explain(NO_FACTS)),
    ...(signs.length > 0 ? [text(`It shows as: ${signs.map((sign) => `“${sign}”`).join(', ')}`)] : []),
    ...(fix.length > 0 ? [code(fix.join('\n'))] : []),
    ...(references.length > 0 ? [text(references.join('\n'))] : []),
    footer(`${id} · ${group}`),
  );
}

function unknown(asked: string) {
  const ids = CAUSES.map(({ id }) => id);
  const meant = nearest(asked, ids);
  const shown = asked.length > 60 ? `${asked.slice(0, 60)}…` : asked;
  return answer(
    'warn',
    `There is no cause “${shown}”`,
    text(meant === undefined ? 'These are known:' : 'Did you mean this?'),
    code(meant === undefined ? ids.join('\n') : `/registry why ${meant}`),
  );
}
