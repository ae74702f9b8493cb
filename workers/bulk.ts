import { randomUUID } from 'node:crypto';
import { type Attempt, BY_REGISTRAR, byOf } from '../src/audit/entry.js';
import { answer } from '../src/chat/answer.js';
import { EdgeError } from '../src/errors.js';
import { findOwner } from '../src/gitlab/find-owner.js';
import { lookAtUrl, type OpenInstance, withInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Say } from '../src/queue/replies.js';
import { failed } from '../src/queue/troubles.js';
import { type Handler, Postponed } from '../src/queue/work.js';
import {
  bulkAskedAnswer,
  bulkChooseAnswer,
  bulkListAnswer,
  bulkPlanAnswer,
  bulkProgressAnswer,
  bulkStandAnswer,
} from '../src/rotation/bulk/answers.js';
import {
  type Bulk,
  countWords,
  filterWords,
  type Result,
  type Rotator,
  tallyOf,
  withinGroup,
} from '../src/rotation/bulk/bulk.js';
import { hasten, startFlow } from '../src/rotation/bulk/flow.js';
import { requireAnother, requirePerson } from '../src/rotation/bulk/permit.js';
import { BulkStore, type Stored } from '../src/rotation/bulk/store.js';
import { findTargets } from '../src/rotation/bulk/targets.js';
import { requireRotator } from '../src/rotation/permit.js';
import type { WorkerContext } from './context.js';

type Data = JobOf<'bulk'>;
type Job<S extends Data['step']> = Extract<Data, { step: S }>;
type Deed = Job<'ask' | 'approve' | 'cancel' | 'pause' | 'resume' | 'hurry'>;

/** A bulk that waits for silence may take long. Milliseconds. */
const RUN_MS = 60 * 86_400_000;
/** A token of it is just at work, for seconds. Milliseconds. */
const MEANWHILE_MS = 2_000;

/** Plans many rotations, has one person ask and another approve, and lets people stop, go on and end them. */
export function bulkWorker(context: WorkerContext): Handler<'bulk'> {
  const store = new BulkStore(context.redis);
  return async (data, say) => {
    if (data.step === 'plan') return plan(data, say, store, context);
    if (data.step === 'end') await store.end(data.bulkId);
    const stored = await store.find(data.bulkId);
    if (stored === undefined) return say(tooOld());
    if (data.step === 'end') await recordEnd(stored, store, context);
    if (data.step === 'progress' || data.step === 'end') return tell(stored, say, store);
    const attempt = attemptOf(data, stored, context);
    let by: Rotator;
    try {
      by = await context.audit.deciding(attempt, data.requestId, () => permitted(data, stored, context));
    } catch (error) {
      if (!(error instanceof EdgeError) || error.retry !== 'never') throw error;
      // In a message of its own: the bulk's stays as it is for those who may.
      return context.replies.to(data.replyTo, data.requestId)({ ...failed(error), quiet: true });
    }
    if (data.step === 'show') return say(bulkListAnswer(stored.bulk));
    if (data.step === 'choose') return say(bulkChooseAnswer(stored.bulk));
    if (data.step === 'narrow') return narrow(stored, data.group, say, store, context);
    await context.audit.granted(attempt, data.requestId);
    await does[data.step](data as Deed, { stored, by, say, store, context });
  };
}

async function plan(data: Job<'plan'>, say: Say, store: BulkStore, context: WorkerContext): Promise<void> {
  const { config, redis, now } = context;
  const { path, filter, moved } = data;
  await say(answer('running', 'Looking for the tokens of every project and group: this may take minutes'));
  await withInstance(config, data.instance, async (instance) => {
    const { gitlab } = instance;
    const place = await placeOf(data, instance, context);
    const history = await lookAtUrl(instance, redis, now());
    const { targets, unread } = await findTargets(place, filter, history, gitlab, now());
    const bulk: Bulk = {
      id: randomUUID(),
      instance: instance.config.name,
      filter,
      targets,
      unknown:
        unread === 0 ? [] : [`the tokens of ${unread} projects and groups can't be seen: it takes the role maintainer`],
      at: now(),
      ...(path === undefined ? {} : { path }),
      ...(moved === undefined ? {} : { moved }),
    };
    await store.add(bulk);
    await say(bulkPlanAnswer(bulk));
  });
}

/** A list of its own, out of a longer one. */
async function narrow(
  { bulk }: Stored,
  group: string,
  say: Say,
  store: BulkStore,
  { now }: WorkerContext,
): Promise<void> {
  const { moved: _, ...kept } = bulk;
  const targets = withinGroup(bulk.targets, group);
  const part: Bulk = { ...kept, id: randomUUID(), path: group, targets, at: now() };
  await store.add(part);
  await say(bulkPlanAnswer(part));
}

/** Where it is to be looked, by somebody who may know what is there. Of the whole instance: those of rotation.people. */
async function placeOf(data: Job<'plan'>, { config: instance, gitlab }: OpenInstance, { identities }: WorkerContext) {
  if (data.unasked === true) return undefined;
  if (data.path === undefined) {
    await requirePerson(data.person, identities, instance, gitlab);
    return undefined;
  }
  const asker = await identities.identify(data.person, instance, gitlab);
  const found = await findOwner(data.path, asker, gitlab);
  await requireRotator(found.owner, asker, gitlab);
  return found;
}

/** May this person do that? Who asked does not approve. */
async function permitted(
  { person, step }: Data,
  { bulk, asker }: Stored,
  { config, hosts, identities }: WorkerContext,
): Promise<Rotator> {
  const permit = (open: OpenInstance) => requirePerson(person, identities, open.config, open.gitlab);
  const by = await withInstance(config, bulk.instance, permit, hosts);
  if (step === 'approve' && asker !== undefined) requireAnother(by, asker);
  return by;
}

/** For the audit trail. */
function attemptOf({ person, step }: Data, { bulk }: Stored, { config }: WorkerContext): Attempt {
  return {
    instance: bulk.instance,
    action: 'bulk',
    by: byOf(person, config.current()),
    subject: bulk.path ?? bulk.instance,
    details: `${step}: ${countWords(bulk)} ${filterWords(bulk.filter)}`,
    id: bulk.id,
  };
}

interface Scene {
  stored: Stored;
  by: Rotator;
  say: Say;
  store: BulkStore;
  context: WorkerContext;
}

const does: Record<Deed['step'], (data: Deed, scene: Scene) => Promise<void>> = {
  async ask(_, { stored: { bulk, state, asker }, by, say, store, context }) {
    const isMine = state === 'asked' && asker?.id === by.id;
    if (!isMine && !(await store.move(bulk.id, 'planned', 'asked', { asker: by }))) return;
    await say(bulkAskedAnswer(bulk, by, othersThan(by, bulk.instance, context)));
  },

  async approve(data, { stored: { bulk, state, asker, approver }, by, say, store, context }) {
    if (asker === undefined) return;
    // Stopped right after it was approved, the flow may not have been added.
    const isMine = state === 'running' && approver?.id === by.id;
    if (!isMine && !(await store.move(bulk.id, 'asked', 'running', { approver: by }))) return;
    const { person, replyTo, message } = data;
    await say(bulkProgressAnswer(bulk, await store.results(bulk.id), 'running'));
    await startFlow(bulk, { person, replyTo, message, useBy: context.now() + RUN_MS }, context.redis);
  },

  // Of each: a job that was stopped after its effect says so when it is taken up again.
  async pause(_, { stored: { bulk, state }, say, store }) {
    if ((await store.move(bulk.id, 'running', 'paused')) || state === 'paused')
      await say(bulkProgressAnswer(bulk, await store.results(bulk.id), 'paused'));
  },

  async resume(_, { stored: { bulk, state }, say, store, context }) {
    if (!(await store.move(bulk.id, 'paused', 'running')) && state !== 'running') return;
    await say(bulkProgressAnswer(bulk, await store.results(bulk.id), 'running'));
    await hastenThose(undefined, bulk, store, context);
  },

  async cancel(_, { stored: { bulk, state }, say, store, context }) {
    const dropped =
      (await store.move(bulk.id, 'planned', 'dropped')) || (await store.move(bulk.id, 'asked', 'dropped'));
    if (dropped || state === 'dropped') return say(answer('info', 'Cancelled: nothing was changed'));
    const was =
      (await store.move(bulk.id, 'running', 'cancelled')) || (await store.move(bulk.id, 'paused', 'cancelled'));
    if (!was && state !== 'cancelled') return;
    await say(bulkProgressAnswer(bulk, await store.results(bulk.id), 'cancelled'));
    await hastenThose(undefined, bulk, store, context);
  },

  async hurry(_, { stored: { bulk, state }, by, store, context }) {
    if (!['running', 'paused', 'cancelled'].includes(state)) return;
    await store.hurry(bulk.id, by.username);
    // One that looked before it was said is asked again: it would wait for an hour.
    if (!(await hastenThose('waiting', bulk, store, context))) throw new Postponed(MEANWHILE_MS);
  },
};

/** Those of that result, or without any. False when one of them was just at work. */
async function hastenThose(
  is: Result['is'] | undefined,
  { id, targets }: Bulk,
  store: BulkStore,
  { redis }: WorkerContext,
): Promise<boolean> {
  const results = await store.results(id);
  const those = [...targets.keys()].filter((index) => results.get(index)?.is === is);
  return hasten(id, those, redis);
}

/** How it stands. The end is the last word, also when it came while this was said. */
async function tell(stored: Stored, say: Say, store: BulkStore): Promise<void> {
  const { bulk, state } = stored;
  await say(bulkStandAnswer(stored, await store.results(bulk.id)));
  if (state === 'ended') return;
  const now = await store.find(bulk.id);
  if (now?.state === 'ended') await say(bulkStandAnswer(now, await store.results(bulk.id)));
}

/** What came of it; each token has an entry of its own. */
async function recordEnd({ bulk }: Stored, store: BulkStore, { audit }: WorkerContext): Promise<void> {
  const { done, failed: broken } = tallyOf(bulk, await store.results(bulk.id));
  await audit.record({
    ...{ instance: bulk.instance, action: 'bulk', by: BY_REGISTRAR, subject: bulk.path ?? bulk.instance, id: bulk.id },
    outcome: broken === 0 ? 'done' : 'failed',
    details: `${done} of ${countWords(bulk)} replaced, ${broken} failed`,
    once: `${bulk.id} ended`,
  });
}

function othersThan({ username }: Rotator, instance: string, { config }: WorkerContext): string[] {
  const people = config.current().instances.find(({ name }) => name === instance)?.rotation.people ?? [];
  return people.filter((name) => name.toLowerCase() !== username.toLowerCase());
}

function tooOld() {
  return answer('warn', 'This list of tokens is no longer kept: ask for a new one');
}
