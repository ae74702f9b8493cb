import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { InstanceName } from '../src/chat/instance-name.js';

/** The files change: an hour later the answer is another. Milliseconds. */
const USE_BY_MS = 3_600_000;

const Args = z
  .array(z.string())
  .transform((words) => ({
    propose: words.includes('--propose'),
    names: words.filter((word) => word !== '--propose'),
  }))
  .pipe(
    z.object({
      propose: z.boolean(),
      names: z.union([z.tuple([]), z.tuple([InstanceName])], {
        error: 'it takes at most the name of an instance, and --propose',
      }),
    }),
  );

/** `/registry config [INSTANCE] [--propose]`: the settings in force, and how gitlab.rb is put right. Anybody may ask. */
export const config = {
  name: 'config',
  usage: '[INSTANCE] [--propose]',
  summary: 'the settings in force, what decides each, and how gitlab.rb is put right',
  args: Args,
  run: ({ propose, names: [instance] }): Outcome =>
    look({ ...(instance === undefined ? {} : { instance }), ...(propose ? { propose } : {}) }),
  actions: {
    'config-again': ({ value, message }) => look({ instance: value, message }),
    'config-propose': ({ value, message }) => look({ instance: value, message, propose: true }),
  },
  examples: [
    { says: 'config', queues: 'config' },
    { says: 'config main', queues: 'config' },
    { says: 'config main --propose', queues: 'config' },
    { says: 'config two words', answers: 'at most' },
  ],
} as const satisfies Command<typeof Args>;

function look(data: { instance?: string; propose?: boolean; message?: string }): Outcome {
  return { is: 'job', queue: 'config', data, useByMs: USE_BY_MS };
}
