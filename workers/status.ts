import { type Answer, answer, buttons, footer, text } from '../src/chat/answer.js';
import { utc } from '../src/chat/availability.js';
import { look } from '../src/checks/gather/look.js';
import { headline, statusAnswer } from '../src/checks/report.js';
import { EdgeError, messageOf } from '../src/errors.js';
import { chooseInstance, lookAtUrl, type OpenInstance, withInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Say } from '../src/queue/replies.js';
import type { Handler } from '../src/queue/work.js';
import { spanOf } from '../src/watch/alerts.js';
import { historyAnswer } from '../src/watch/history.js';
import { freeSpaceOf, GROWTH_MS } from '../src/watch/sample.js';
import { type Maintenance, WatchStore } from '../src/watch/store.js';
import type { WorkerContext } from './context.js';

type Task<T extends JobOf<'status'>['task']> = Extract<JobOf<'status'>, { task: T }>;

/** A look that is older tells nothing of now. Milliseconds. */
const FRESH_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
/** Instances that have a button of their own in the list of all. */
const BUTTONS = 5;

/** Looks at every link of an instance's chain and says which is broken, or tells how it fared. Reads only. */
export function statusWorker(context: WorkerContext): Handler<'status'> {
  return async (data, say) => {
    if (data.task === 'history') await tellHistory(data, say, context);
    else await lookAt(data, say, context);
  };
}

async function lookAt({ instance: name, all }: Task<'look'>, say: Say, context: WorkerContext): Promise<void> {
  const { instances } = context.config.current();
  if (name === undefined && instances.length > 1) return lookAtAll(say, context);
  const { name: chosen } = chooseInstance(context.config.current(), name);
  await say(await lookingAnswer(chosen, context));
  await withInstance(
    context.config,
    chosen,
    async (instance) => {
      const { seen, maintenance } = await noted(instance, context);
      const note = `checked in ${seen.seconds.toFixed(1)} s`;
      const more = maintenance === undefined ? [] : [text(maintenanceWords(maintenance))];
      await say(statusAnswer(chosen, seen.results, { all: all === true, note, more }));
      // The history is a by-product: a GitLab that is down must not spoil the answer about it.
      await lookAtUrl(instance, context.redis, context.now()).catch((error: unknown) =>
        context.log.debug({ error: String(error) }, 'no look at the url'),
      );
    },
    context.hosts,
  );
}

/** Every instance at once, a line each. */
async function lookAtAll(say: Say, context: WorkerContext): Promise<void> {
  const { config, hosts, now } = context;
  const { instances } = config.current();
  const begun = now();
  await say(answer('running', `Looking at ${instances.length} instances`));
  const rows = await Promise.all(
    instances.map(async ({ name }) => {
      try {
        return await withInstance(
          config,
          name,
          async (instance) => {
            const { seen, maintenance } = await noted(instance, context);
            const { mark, title } = headline(name, seen.results);
            const words = title.slice(`${name}: `.length);
            return {
              mark,
              name,
              text: maintenance === undefined ? words : `${words}; ${maintenanceWords(maintenance)}`,
            };
          },
          hosts,
        );
      } catch (error) {
        // One that can't even be opened (a secret is missing) hides no other.
        const why = error instanceof EdgeError ? error.forPerson.what : messageOf(error);
        return { mark: 'fail' as const, name, text: why };
      }
    }),
  );
  const wrong = rows.filter(({ mark }) => mark !== 'pass');
  const broken = rows.filter(({ mark }) => mark === 'fail').length;
  const title =
    broken > 0
      ? `${broken} of ${rows.length} registries need help`
      : wrong.length > 0
        ? `all ${rows.length} registries work, ${wrong.length} with warnings`
        : `all ${rows.length} registries work`;
  const show = [...wrong, ...rows.filter(({ mark }) => mark === 'pass')].slice(0, BUTTONS);
  await say(
    answer(
      broken > 0 ? 'fail' : wrong.length > 0 ? 'warn' : 'pass',
      title,
      { kind: 'rows', rows: [...wrong, ...rows.filter((row) => !wrong.includes(row))] },
      buttons(
        { label: 'Re-check', action: 'status-all-again', value: 'all', style: 'primary' },
        ...show.map(({ name }) => ({ label: name, action: 'status-show', value: name, style: 'plain' as const })),
      ),
      footer(`checked in ${((now() - begun) / 1000).toFixed(1)} s`),
    ),
  );
}

/** A look, with what is known from earlier ones; the next answer says how it was. */
async function noted(instance: OpenInstance, { config, redis, now }: WorkerContext) {
  const store = new WatchStore(redis, instance.config.name);
  const freeSpace = freeSpaceOf(await store.samples(now() - GROWTH_MS));
  const [seen, maintenance] = await Promise.all([
    look(instance, config.secret(instance.config.gitlab.token), now, freeSpace),
    store.maintenance(),
  ]);
  await store.keepLook(seen);
  return { seen, maintenance };
}

/** What is said before the look: the last one, if it is not old, and how old it is. */
async function lookingAnswer(name: string, { redis, now }: WorkerContext): Promise<Answer> {
  const looking = answer('running', `${name}: looking at every link of the chain`);
  const last = await new WatchStore(redis, name).lastLook();
  if (last === undefined || now() - last.at > FRESH_MS) return looking;
  const seconds = Math.round((now() - last.at) / 1000);
  const age = seconds < 120 ? `${seconds} s` : spanOf(now() - last.at);
  return { ...looking, parts: [text(`As it was ${age} ago: ${headline(name, last.results).title}`)] };
}

function maintenanceWords({ until, by, reason }: Maintenance): string {
  return `maintenance until ${utc(until)} by ${by}: ${reason}`;
}

async function tellHistory({ instance, days }: Task<'history'>, say: Say, context: WorkerContext): Promise<void> {
  const { name } = chooseInstance(context.config.current(), instance);
  const store = new WatchStore(context.redis, name);
  const to = context.now();
  const from = to - days * DAY_MS;
  const [samples, incidents] = await Promise.all([store.samples(from), store.incidents()]);
  await say(historyAnswer(name, samples, incidents, { from, to }));
}
