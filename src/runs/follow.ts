import type { Redis } from 'ioredis';
import { type Answer, answer } from '../chat/answer.js';
import { filtered } from '../chat/filter.js';
import type { AnyJob, JobQueue } from '../queue/jobs.js';
import type { Replies, Say } from '../queue/replies.js';
import { cancelled } from '../queue/troubles.js';
import { type Cancellations, Cancelled } from './cancel.js';
import { Group, type Listener } from './group.js';
import { questionOf } from './question.js';
import { type Ending, runId } from './run.js';
import type { RunStore } from './store.js';
import { type Trace, tracing } from './trace.js';

export interface Runs {
  store: RunStore;
  cancellations: Cancellations;
}

/** A run that is under way. */
export interface Followed {
  /** To whoever asked, and to those who asked the same meanwhile. */
  say: Say;
  /** The work, its calls noted; `mayCancel`: it ends with `Cancelled`, and with that word, when somebody wants it to. */
  of(work: () => Promise<void>, mayCancel: boolean): Promise<void>;
  /** It is taken up again later. */
  putOff(): Promise<void>;
  ended(ending: Ending): Promise<void>;
}

/**
 * Follows a job: what it says and does is remembered, whoever asks the same meanwhile hears it too (`joined`: this one
 * does), and it can be cancelled. `key`: of the message that it answers with. Without `runs` it is done, and that is all.
 */
export async function follow(
  queue: JobQueue,
  data: AnyJob,
  key: string,
  { redis, replies, runs, now }: { redis: Redis; replies: Replies; runs?: Runs; now: () => number },
): Promise<Followed | 'joined'> {
  const id = runId(data.requestId);
  const self: Listener = { address: data.replyTo, key, ...(data.lines === undefined ? {} : { lines: data.lines }) };
  const tell = async (one: Listener, run: string, said: Answer) =>
    replies.to(one.address, one.key, run)(filtered(said, one.lines));
  if (runs === undefined)
    return { say: (said) => tell(self, id, said), of: (work) => work(), putOff: async () => {}, ended: async () => {} };

  const question = questionOf(queue, data);
  const group = question === undefined ? undefined : new Group(redis, question, id);
  const { store, cancellations } = runs;
  for (let leader = await group?.leader(data.useBy - now()); group !== undefined && leader !== id; ) {
    if (leader === undefined) break;
    await tell(self, leader, answer('running', 'Somebody has just asked the same: the answer comes here, too'));
    if (await group.join(leader, self)) {
      await quietly(store.joined(leader, data.person));
      return 'joined';
    }
    leader = await group.leader(data.useBy - now());
  }

  const trace: Trace = { calls: [], made: 0 };
  const { asked, person } = data;
  let last: Answer | undefined;
  let isOver = false;
  await quietly(store.begin(id, { queue, asked: asked ?? queue, person }));
  const say: Say = async (said) => {
    if (isOver) return;
    last = said;
    await quietly(store.said(id, said));
    await tell(self, id, said);
    for (const one of (await group?.listeners()) ?? []) await tell(one, id, said);
  };
  return {
    say,
    async of(work, mayCancel) {
      const done = tracing(trace, work);
      if (!mayCancel) return done;
      const { cancelled: stop, over } = cancellations.of(id);
      // What goes on after it was cancelled fails unheard.
      done.catch(() => {});
      try {
        await Promise.race([done, stop]);
      } catch (error) {
        if (error instanceof Cancelled) await say(cancelled());
        throw error;
      } finally {
        over();
      }
    },
    putOff: () => quietly(store.end(id, 'put-off', trace)),
    async ended(ending) {
      isOver = true;
      const late = (await group?.end()) ?? [];
      if (last !== undefined) for (const one of late) await tell(one, id, last);
      await quietly(store.end(id, ending, trace));
    },
  };
}

/** What Redis does not take is not remembered: nobody's answer hangs on that. */
function quietly(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => {},
    () => {},
  );
}
