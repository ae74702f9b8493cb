import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { InstanceName } from '../src/chat/instance-name.js';

const Args = z.union(
  [z.tuple([]).transform(() => ({})), z.tuple([InstanceName]).transform(([instance]) => ({ instance }))],
  {
    error: 'it takes the name of an instance at most',
  },
);

/** `/registry link [INSTANCE]`: who the asker is in GitLab, and a sign-in there that settles it. Anybody may ask. */
export const link = {
  name: 'link',
  usage: '[INSTANCE]',
  summary: 'say who you are in GitLab, by signing in there',
  args: Args,
  run: (asked): Outcome => ({ is: 'link', ...asked }),
  examples: [
    { says: 'link', links: true },
    { says: 'link main', links: true },
    { says: 'link ana@example.com', answers: 'at most' },
  ],
} as const satisfies Command<typeof Args>;
