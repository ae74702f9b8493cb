import { z } from 'zod';
import { answer, footer } from '../src/chat/answer.js';
import type { Command } from '../src/chat/command.js';

/** `/registry help`: what can be asked. */
export const help = {
  name: 'help',
  usage: '',
  summary: 'what can be asked',
  args: z.array(z.string()),
  run: (_args, _request, commands) => ({
    is: 'answer',
    answer: {
      ...answer(
        'info',
        'I look after GitLab’s container registry',
        {
          kind: 'rows',
          rows: commands.map(({ name, usage, summary }) => ({
            mark: 'info',
            name: `${name} ${usage}`.trimEnd(),
            text: summary,
          })),
        },
        footer('A failed log can also be pasted in a direct message or beside a mention, as text or as a file.'),
      ),
      quiet: true,
    },
  }),
  examples: [{ says: 'help', answers: 'status' }],
} as const satisfies Command;
