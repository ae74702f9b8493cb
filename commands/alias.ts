import { z } from 'zod';
import { AliasName } from '../src/aliases/alias.js';
import type { Command, Outcome } from '../src/chat/command.js';
import { ProjectPath } from '../src/gitlab/path.js';

const USE_BY_MS = 3_600_000;

const Args = z.union(
  [
    z.tuple([]).transform(() => ({ task: 'list' as const })),
    z.tuple([AliasName, z.literal('off')]).transform(([name]) => ({ task: 'drop' as const, name })),
    z.tuple([AliasName, ProjectPath]).transform(([name, of]) => ({ task: 'set' as const, name, of })),
  ],
  { error: 'it takes a short name, and GROUP/PROJECT, GROUP or off' },
);

/** `/registry alias [NAME PATH|off]`: short names of this channel, which every command takes in place of a path. */
export const alias = {
  name: 'alias',
  usage: '[NAME GROUP/PROJECT|off]',
  needs: 'identity',
  summary: 'short names for projects and groups in this channel',
  args: Args,
  run: (data): Outcome => ({ is: 'job', queue: 'alias', data, useByMs: USE_BY_MS }),
  examples: [
    { says: 'alias', queues: 'alias' },
    { says: 'alias api shop/api', queues: 'alias' },
    { says: 'alias api off', queues: 'alias' },
    { says: 'alias api', answers: 'it takes a short name' },
    { says: 'alias a/b shop/api', answers: 'it takes a short name' },
    { says: 'alias api $(id)', answers: 'it takes a short name' },
  ],
} as const satisfies Command<typeof Args>;
