import { z } from 'zod';
import type { Command } from '../src/chat/command.js';

/** `/registry help`, or `/registry` alone: what can be asked, made for the person. */
export const help = {
  name: 'help',
  usage: '',
  summary: 'what you can ask, and who I think you are',
  args: z.array(z.string()),
  run: () => ({ is: 'help' }),
  examples: [{ says: 'help', helps: true }],
} as const satisfies Command;
