import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { redact } from '../src/secrets/redact.js';

const USE_BY_MS = 3_600_000;

const Args = z.array(z.string());

/**
 * `/registry diagnose`: names the cause of a failed log. Alone it asks for the log; text behind it is the log.
 * Anybody may ask; what GitLab knows of the project is told to its members only.
 */
export const diagnose = {
  name: 'diagnose',
  usage: '[LOG]',
  summary: 'why did this login, push or pull fail: paste the log',
  args: Args,
  run(_, { text, log }): Outcome {
    const pasted = text.replace(/^\s*diagnose\b\s*/i, '');
    if (log === undefined && pasted.trim() === '') return { is: 'ask-for-log' };
    if (log !== undefined) return job(log);
    const { text: clean, found } = redact(pasted);
    return job({ kind: 'text', text: clean, leaked: found });
  },
  examples: [
    { says: 'diagnose', asks: true },
    { says: 'diagnose denied: access forbidden', queues: 'diagnosis' },
  ],
} as const satisfies Command<typeof Args>;

function job(log: Extract<Outcome, { queue: 'diagnosis' }>['data']['log']): Outcome {
  return { is: 'job', queue: 'diagnosis', data: { log }, useByMs: USE_BY_MS };
}
