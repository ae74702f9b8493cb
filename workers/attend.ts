import { type Action, byOf } from '../src/audit/entry.js';
import { answer, text } from '../src/chat/answer.js';
import { utc } from '../src/chat/availability.js';
import { addressOfChannel } from '../src/chat/channel.js';
import { chooseInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Say } from '../src/queue/replies.js';
import type { Handler } from '../src/queue/work.js';
import { incidentAnswer } from '../src/watch/alerts.js';
import { WatchStore } from '../src/watch/store.js';
import type { WorkerContext } from './context.js';
import { messageKeyOf } from './watch.js';

type Task<T extends JobOf<'attend'>['task']> = Extract<JobOf<'attend'>, { task: T }>;

/**
 * What people do about an instance that is watched: it is theirs, they have heard enough, it is in maintenance. Whoever
 * is known may; GitLab is not asked, for it may be what is down.
 */
export function attendWorker(context: WorkerContext): Handler<'attend'> {
  return async (data, say) => {
    const by = await attempted(data, context);
    if ('incident' in data) await take(data, by, say, context);
    else await maintain(data, by, say, context);
  };
}

/** Who it is. What they do silences somebody else: it is recorded first. Errors: `not-allowed`, `not-found`. */
async function attempted(data: JobOf<'attend'>, { config, identities, audit }: WorkerContext): Promise<string> {
  const { person, instance, requestId } = data;
  const current = config.current();
  const attempt = { instance, by: byOf(person, current), subject: instance, ...wordsOf(data) };
  return audit.attempt(attempt, `${requestId} ${data.task}`, () =>
    identities.nameOf(person, chooseInstance(current, instance)),
  );
}

function wordsOf(data: JobOf<'attend'>): { action: Action; details: string; id?: string } {
  if (data.task === 'maintenance')
    return { action: 'maintenance', details: `begun, for ${data.minutes} minutes: ${data.reason}` };
  if (data.task === 'maintenance-end') return { action: 'maintenance', details: 'ended' };
  return { action: 'incident', details: data.task === 'mine' ? 'taken' : 'silenced', id: data.incident };
}

async function take(
  { task, instance, incident: id }: Task<'mine' | 'silence'>,
  by: string,
  say: Say,
  { config, redis, replies, log }: WorkerContext,
): Promise<void> {
  const { name, watch } = chooseInstance(config.current(), instance);
  const store = new WatchStore(redis, name);
  const kept = await store.kept();
  const { incident } = kept;
  if (watch === undefined || incident === undefined || incident.id !== id || incident.until !== undefined) {
    await say({ ...answer('info', 'This incident is over'), quiet: true });
    return;
  }
  const taken = task === 'mine' ? { ...incident, mine: by } : { ...incident, silenced: by };
  await store.keep({ ...kept, incident: taken });
  log.info({ audit: 'watch', instance: name, incident: id, task, by }, 'incident attended');
  const results = (await store.lastLook())?.results ?? [];
  await replies.to(addressOfChannel(watch), messageKeyOf(name, id))(incidentAnswer(name, taken, kept.known, results));
}

async function maintain(
  data: Task<'maintenance' | 'maintenance-end'>,
  by: string,
  say: Say,
  { config, redis, now, log }: WorkerContext,
): Promise<void> {
  const { name } = chooseInstance(config.current(), data.instance);
  const store = new WatchStore(redis, name);
  if (data.task === 'maintenance-end') {
    const was = await store.endMaintenance();
    await say(
      answer(
        'info',
        was ? `${name}: the maintenance is over, I tell again what breaks` : `${name} is not in maintenance`,
      ),
    );
  } else {
    const until = now() + data.minutes * 60_000;
    await store.beginMaintenance({ until, by, reason: data.reason });
    await say(
      answer(
        'info',
        `${name} is in maintenance until ${utc(until)}`,
        text(
          `${by}: ${data.reason}\nI go on looking, and tell nobody. /registry maintenance ${name} end ends it early.`,
        ),
      ),
    );
  }
  log.info({ audit: 'maintenance', instance: name, task: data.task, by }, 'maintenance');
}
