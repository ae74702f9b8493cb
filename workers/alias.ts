import { ALIASES_MOST, AliasStore } from '../src/aliases/store.js';
import { type Answer, answer, code, text } from '../src/chat/answer.js';
import { offers } from '../src/chat/typed.js';
import { EdgeError } from '../src/errors.js';
import { findOwner } from '../src/gitlab/find-owner.js';
import { instanceWith } from '../src/gitlab/where.js';
import { withInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Handler } from '../src/queue/work.js';
import type { WorkerContext } from './context.js';

/** `/registry alias`: whoever is known in GitLab may name what they see there; the channel sees who did. */
export function aliasWorker(context: WorkerContext): Handler<'alias'> {
  const store = new AliasStore(context.redis);
  return async (data, say) => {
    if (data.task === 'list') return say({ ...listed(await store.all(data.replyTo)), quiet: true });
    await say(data.task === 'set' ? await set(data, store, context) : await drop(data, store, context));
  };
}

function listed(all: readonly [string, string][]): Answer {
  return all.length === 0
    ? answer('info', 'This channel has no aliases', text('One is made so:'), code('/registry alias api GROUP/PROJECT'))
    : answer('info', `${all.length} alias${all.length === 1 ? '' : 'es'} in this channel`, {
        kind: 'rows',
        rows: all.map(([name, path]) => ({ mark: 'info', name, text: path })),
      });
}

async function set(
  { name, of, person, replyTo }: Extract<JobOf<'alias'>, { task: 'set' }>,
  store: AliasStore,
  context: WorkerContext,
): Promise<Answer> {
  const { config, hosts, identities } = context;
  const { owner } = await withInstance(
    config,
    await instanceWith(of, person, context),
    async ({ gitlab, config: instance }) => findOwner(of, await identities.identify(person, instance, gitlab), gitlab),
    hosts,
  );
  if (!(await store.set(replyTo, name, owner.path)))
    throw new EdgeError({
      part: 'registrar',
      code: 'not-allowed',
      forPerson: {
        what: `This channel has ${ALIASES_MOST} aliases already`,
        next: 'take one away: /registry alias NAME off',
      },
    });
  return answer(
    'pass',
    `In this channel, ${name} is ${owner.path}`,
    text('Every command takes it in place of the path.'),
    offers(`audit ${owner.path}`, `alias ${name} off`),
  );
}

async function drop(
  { name, person, replyTo }: Extract<JobOf<'alias'>, { task: 'drop' }>,
  store: AliasStore,
  { config, identities }: WorkerContext,
): Promise<Answer> {
  await known(person, { config, identities });
  return (await store.drop(replyTo, name))
    ? answer('pass', `${name} is no alias of this channel any more`)
    : { ...answer('info', `This channel has no alias ${name}`, offers('alias')), quiet: true };
}

/** Errors: `not-allowed`: no instance knows who it is. */
async function known(
  person: JobOf<'alias'>['person'],
  { config, identities }: Pick<WorkerContext, 'config' | 'identities'>,
): Promise<void> {
  const tried = await Promise.allSettled(
    config.current().instances.map((instance) => identities.nameOf(person, instance)),
  );
  const refused = tried.find((one) => one.status === 'rejected');
  if (refused !== undefined && tried.every(({ status }) => status === 'rejected')) throw refused.reason;
}
