import { type Answer, answer, text } from './answer.js';
import type { ChatRequest } from './request.js';

/**
 * Is a request heard where it was made? `channels`: left out, everywhere; else there, in direct messages, and in the
 * terminal. A button is heard wherever its answer was posted. Pure.
 */
export function isHeard({ replyTo, direct }: ChatRequest, channels: readonly string[] | undefined): boolean {
  return (
    channels === undefined || direct === true || replyTo.platform === 'terminal' || channels.includes(replyTo.channel)
  );
}

export function elsewhere(): Answer {
  return {
    ...answer(
      'warn',
      'I don’t answer in this channel',
      text(
        'Whoever runs Registrar chose the channels in which I do (chat.channels in registrar.yaml). Ask me in one of them, or in a direct message.',
      ),
    ),
    quiet: true,
  };
}
