import { createHash } from 'node:crypto';
import { byOf } from '../src/audit/entry.js';
import { EdgeError, messageOf } from '../src/errors.js';
import { type Remembering, remembering } from '../src/gitlab/remembering.js';
import { type OpenInstance, shareInstances } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import { recallUrls } from '../src/queue/memory.js';
import { type Handler, Postponed } from '../src/queue/work.js';
import type { Result } from '../src/rotation/bulk/bulk.js';
import { openQueue, tellSoon } from '../src/rotation/bulk/flow.js';
import { keyOfPlace, Places } from '../src/rotation/bulk/places.js';
import { BulkStore } from '../src/rotation/bulk/store.js';
import { planRotation } from '../src/rotation/gather/gather.js';
import { type Journal, RotationStore } from '../src/rotation/journal.js';
import { outsideConsumers } from '../src/rotation/outside/index.js';
import { type RotationPlan, tokenWords } from '../src/rotation/plan/plan.js';
import { baseName } from '../src/rotation/plan/token.js';
import { PolicyStore } from '../src/rotation/policy/store.js';
import { runRotation } from '../src/rotation/saga.js';
import { mayComeBack, reasonOf } from '../src/rotation/step.js';
import { TOKENS } from '../src/rotation/tokens.js';
import type { WorkerContext } from './context.js';
import { sagaContext } from './rotation-saga.js';

type Data = JobOf<'bulk-token'>;
type Became = Result | { is: 'later'; ms: number };

/** A bulk that is paused is asked again, besides being told when it goes on. Milliseconds. */
const PAUSED_MS = 60_000;
/** Another rotation is at the same project or group, for seconds. Milliseconds. */
const MEANWHILE_MS = 500;

/** Has this token's rotation begun, and not ended? */
export async function isTokenHalfDone(data: Data, redis: WorkerContext['redis']): Promise<boolean> {
  const journal = await new RotationStore(redis).journal(planIdOf(data));
  return journal?.createIntent !== undefined && journal.end === undefined;
}

/** What the tokens of a bulk share in one process. */
interface Shared {
  context: WorkerContext;
  store: RotationStore;
  /** For plans: what is the same for all is not asked for each. */
  memory: Remembering;
}

/** Replaces one token of many: a rotation like any other, whose answer is the bulk's. */
export function bulkTokenWorker(context: WorkerContext): Handler<'bulk-token'> {
  const bulks = new BulkStore(context.redis);
  const queue = openQueue('bulk', context.redis);
  const withShared = shareInstances(context.config, context.hosts);
  const shared: Shared = { context, store: new RotationStore(context.redis), memory: remembering(context.now) };
  return async (data) => {
    const begun = await isTokenHalfDone(data, context.redis);
    const { state, hurriedBy } = await bulks.pulse(data.bulkId);
    if (!begun && state === 'paused') throw new Postponed(PAUSED_MS);
    const goes = begun || state === 'running';
    const became: Became = goes
      ? await turn(data, hurriedBy, shared, withShared)
      : { is: 'skipped', why: 'the rest was cancelled' };
    if (became.is !== 'later') await record(data, became, context);
    await bulks.note(data.bulkId, data.index, became.is === 'later' ? { is: 'waiting' } : became);
    await tellSoon(data.bulkId, data, context.now(), queue);
    if (became.is !== 'later') return;
    // Somebody may have said so since it was looked: whoever says it later finds this one waiting.
    const isNews = hurriedBy === undefined && (await bulks.pulse(data.bulkId)).hurriedBy !== undefined;
    throw new Postponed(isNews ? 0 : became.ms);
  };
}

/** In the audit trail, by whoever approved the bulk. */
async function record({ person, instance, bulkId, index, target }: Data, result: Result, context: WorkerContext) {
  const { owner, token } = target;
  await context.audit.record({
    ...{ instance, action: 'rotation', by: byOf(person, context.config.current()), subject: owner.path, id: bulkId },
    outcome: result.is === 'done' ? 'done' : 'failed',
    details: `${tokenWords(token)} “${token.name}”: ${result.is}${'why' in result ? `, ${result.why}` : ''}`,
    once: `${bulkId} ${index} ended`,
  });
}

/** What fails for good is the token's own result: the others go on. Errors: those that time mends. */
async function turn(
  data: Data,
  hurriedBy: string | undefined,
  shared: Shared,
  withShared: ReturnType<typeof shareInstances>,
): Promise<Became> {
  const { redis, log } = shared.context;
  try {
    return await withShared(data.instance, (instance) => rotateOne(data, hurriedBy, instance, shared));
  } catch (error) {
    if (error instanceof Postponed || mayComeBack(error) || (await isTokenHalfDone(data, redis))) throw error;
    if (!(error instanceof EdgeError))
      log.error({ bulk: data.bulkId, index: data.index, error: messageOf(error) }, 'a fault of Registrar');
    return { is: 'failed', ...reasonOf(error) };
  }
}

async function rotateOne(
  data: Data,
  hurriedBy: string | undefined,
  instance: OpenInstance,
  shared: Shared,
): Promise<Became> {
  const { store, context, memory } = shared;
  const { owner, token: old } = data.target;
  const rotation = { id: planIdOf(data), instance: data.instance };
  const places = new Places(context.redis, rotation, data.requestId);
  let journal: Journal | undefined;
  try {
    await places.reclaim();
    if (!(await places.take([owner]))) throw new Postponed(MEANWHILE_MS);
    if (!(await store.hold({ ...rotation, old })))
      return { is: 'failed', why: 'another rotation of this token is under way', next: 'wait for its answer' };
    journal = await store.journal(rotation.id);
    if (journal === undefined) {
      const plan = await planAlone(data, places, instance, shared);
      if (plan === undefined) return { is: 'skipped', why: 'it is gone: somebody else removed or replaced it' };
      await store.savePlan(plan);
      await store.begin(plan);
      journal = await store.journal(plan.id);
    } else if (!(await places.take(holdersOf(journal.plan)))) throw new Postponed(MEANWHILE_MS);
    if (journal === undefined) throw new Error('a rotation has no journal');
    if (hurriedBy !== undefined) journal.decided ??= { what: 'revoke', by: hurriedBy };
    const saga = sagaContext(journal.plan, instance, context, {
      save: (state) => store.save(state),
      progress: async () => {},
      alone: async () => {},
    });
    const went = await runRotation(journal, saga);
    return went.is === 'waiting' ? { is: 'later', ms: went.lookAgainMs } : resultOf(journal);
  } finally {
    if (journal?.createIntent === undefined || journal.end !== undefined) await store.release({ ...rotation, old });
    // What was written in a group is not as it is remembered.
    if (journal !== undefined && holdersOf(journal.plan).some((one) => keyOfPlace(one) !== keyOfPlace(owner)))
      memory.forget(instance.gitlab);
    await places.keep([]);
  }
}

/**
 * Planned when its turn comes, not before: what the token's variables are by then is what counts. Variables of a group
 * may carry tokens of several of its projects: their places are taken too, and then looked at once more.
 */
async function planAlone(
  data: Data,
  places: Places,
  instance: OpenInstance,
  { context, memory }: Shared,
): Promise<RotationPlan | undefined> {
  const look = () => planOf(data, { ...instance, gitlab: memory.of(instance.gitlab) }, context);
  const plan = await look();
  if (plan === undefined || holdersOf(plan).every((one) => places.has(one))) return plan;
  if (!(await places.take(holdersOf(plan)))) throw new Postponed(MEANWHILE_MS);
  memory.forget(instance.gitlab);
  const again = await look();
  if (again === undefined) return undefined;
  if (!holdersOf(again).every((one) => places.has(one))) throw new Postponed(MEANWHILE_MS);
  await places.keep([data.target.owner, ...holdersOf(again)]);
  return again;
}

async function planOf(
  data: Data,
  instance: OpenInstance,
  { redis, seal, now, config }: WorkerContext,
): Promise<RotationPlan | undefined> {
  const { token, owner, parentId } = data.target;
  const present = await TOKENS[token.kind].list(instance.gitlab, owner);
  const old = present.find(({ id }) => id === token.id);
  if (old === undefined) return undefined;
  const history = await recallUrls(redis, instance.config.name);
  const outside = outsideConsumers(instance.config, owner.path, baseName(old.name), config.secret);
  const found = { owner, ...(parentId === undefined ? {} : { parentId }) };
  const dated = await new PolicyStore(redis, instance.config.name).dated(old, now());
  const wanted = { id: planIdOf(data), asker: data.person, found, old: dated, reveal: false };
  const names = outside.map(({ name }) => name);
  return planRotation(wanted, instance, names, history, seal, now());
}

/** Each once: a place may have many of a token's variables. */
function holdersOf({ writes }: RotationPlan): RotationPlan['writes'][number]['owner'][] {
  return [...new Map(writes.map(({ owner }) => [keyOfPlace(owner), owner])).values()];
}

function resultOf({ end, created }: Journal): Result {
  if (end?.is === 'done' && created !== undefined) return { is: 'done', fresh: created.id };
  if (end?.is !== 'failed') throw new Error('a rotation has ended without an end');
  return { is: 'failed', why: [end.why, ...end.left].join('; '), next: end.next };
}

/** The same for every try, and like the ids of other rotations. */
function planIdOf({ bulkId, index }: Pick<Data, 'bulkId' | 'index'>): string {
  return createHash('sha256').update(`${bulkId} ${index}`).digest('hex').slice(0, 32);
}
