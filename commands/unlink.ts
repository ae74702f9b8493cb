import { z } from 'zod';
import type { Command } from '../src/chat/command.js';

const Args = z.tuple([], 'it takes no words');

/** `/registry unlink`: what `/registry link` brought about is forgotten, of every instance. */
export const unlink = {
  name: 'unlink',
  usage: '',
  summary: 'forget who you are in GitLab',
  args: Args,
  run: () => ({ is: 'unlink' }),
  examples: [
    { says: 'unlink', links: true },
    { says: 'unlink ana', answers: 'no words' },
  ],
} as const satisfies Command<typeof Args>;
