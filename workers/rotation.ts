import { type Attempt, byOf } from '../src/audit/entry.js';
import { type Answer, answer, text } from '../src/chat/answer.js';
import { EdgeError } from '../src/errors.js';
import type { OpenInstance } from '../src/instance.js';
import { withInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Say } from '../src/queue/replies.js';
import { failed } from '../src/queue/troubles.js';
import { type Handler, Postponed } from '../src/queue/work.js';
import { doneAnswer, progressAnswer, undoneAnswer, waitingAnswer } from '../src/rotation/answers.js';
import { type Journal, RotationStore } from '../src/rotation/journal.js';
import { requireRotator } from '../src/rotation/permit.js';
import { type RotationPlan, tokenWords } from '../src/rotation/plan/plan.js';
import { provenWords } from '../src/rotation/proof.js';
import { detailsOf, rewrittenWords, runRotation, type Went } from '../src/rotation/saga.js';
import type { WorkerContext } from './context.js';
import { makePlan } from './rotation-plan.js';
import { sagaContext } from './rotation-saga.js';

type Job<S extends JobOf<'rotation'>['step']> = Extract<JobOf<'rotation'>, { step: S }>;

/** Somebody else is at the same rotation, for seconds. Milliseconds. */
const MEANWHILE_MS = 2_000;

/** Has the rotation of this job begun, and not ended? Then it is carried to its end, whatever its age. */
export async function isHalfDone(data: JobOf<'rotation'>, redis: WorkerContext['redis']): Promise<boolean> {
  if (data.step !== 'run' && data.step !== 'decide') return false;
  const journal = await new RotationStore(redis).journal(data.planId);
  const begun = data.step === 'run' ? journal?.createIntent : journal?.decided;
  return begun !== undefined && journal?.end === undefined;
}

/** Plans a rotation, carries it out when the asker confirms, or drops it; ends the waiting by a person's word. */
export function rotationWorker(context: WorkerContext): Handler<'rotation'> {
  const store = new RotationStore(context.redis);
  return async (data, say) => {
    if (data.step === 'plan') await makePlan(data, say, store, context);
    else if (data.step === 'cancel') await cancel(data, say, store, context);
    else if (data.step === 'decide') await decide(data, say, store, context);
    else await carryOut(data, say, store, context);
  };
}

async function cancel(data: Job<'cancel'>, say: Say, store: RotationStore, context: WorkerContext): Promise<void> {
  const plan = await store.plan(data.planId);
  if (plan !== undefined && !isAsker(plan, data)) return refuseOthers(plan, data, context);
  if (await store.dropPlan(data.planId)) await say(answer('info', 'Cancelled: nothing was changed'));
  else if ((await store.journal(data.planId)) === undefined) await say(tooOld());
}

async function carryOut(data: Job<'run'>, say: Say, store: RotationStore, context: WorkerContext): Promise<void> {
  const begun = await store.journal(data.planId);
  const plan = begun?.plan ?? (await store.plan(data.planId));
  if (plan === undefined) return say(tooOld());
  if (!isAsker(plan, data)) return refuseOthers(plan, data, context);
  // A person's click has ended it: it needs nothing any more, and another rotation may be at work there.
  if (begun?.end !== undefined) return goOn(begun, data, say, store, context);
  const lock = await store.lock(plan, data.requestId);
  // One that waits has to come back, whoever is at work there at this moment: nobody else would end it.
  if (lock !== 'mine' && begun?.waiting !== undefined) throw new Postponed(MEANWHILE_MS);
  if (lock === 'twice') return;
  if (lock === 'taken') return say(busy(`in ${plan.owner.path}`));
  if (!(await store.hold(plan))) {
    await store.unlock(plan);
    return say(busy('of this token'));
  }
  await store.begin(plan);
  // Read under the lock: before, another click may have carried it on, or [Cancel] was quicker.
  const journal = await store.journal(plan.id);
  if (journal === undefined) {
    await letGo(plan, store);
    return say(tooOld());
  }
  await goOn(journal, data, say, store, context);
}

/** [Revoke now] and [Undo] of a rotation that waits. */
async function decide(data: Job<'decide'>, say: Say, store: RotationStore, context: WorkerContext): Promise<void> {
  const found = await store.journal(data.planId);
  if (found?.waiting === undefined) return say(tooOld());
  const { plan } = found;
  const { config, identities } = context;
  const permit = async ({ config: instance, gitlab }: OpenInstance) => {
    const user = await identities.identify(data.person, instance, gitlab);
    await requireRotator(plan.owner, user, gitlab);
    return user.username;
  };
  let by: string;
  try {
    by = await context.audit.attempt(attemptOf(plan, data, context), data.requestId, () =>
      withInstance(config, plan.instance, permit),
    );
  } catch (error) {
    if (!(error instanceof EdgeError) || error.retry !== 'never') throw error;
    // The lock may be of this very click, from before its process was killed.
    if ((await store.lock(plan, data.requestId)) === 'mine') await store.unlock(plan);
    return sayAside(failed(error), data, context);
  }
  if (found.end !== undefined) return goOn(found, data, say, store, context);
  if ((await store.lock(plan, data.requestId)) !== 'mine') throw new Postponed(MEANWHILE_MS);
  const journal = await store.journal(data.planId);
  if (journal === undefined) throw new Error('a rotation has no journal');
  if (journal.end === undefined && journal.decided === undefined) {
    journal.decided = { what: data.what, by };
    await store.save(journal);
  }
  await goOn(journal, data, say, store, context);
}

/** Carries it on as far as it goes now; its lock is held. */
async function goOn(
  journal: Journal,
  data: Job<'run' | 'decide'>,
  say: Say,
  store: RotationStore,
  context: WorkerContext,
): Promise<void> {
  const { plan } = journal;
  let went: Went;
  try {
    went = await withInstance(
      context.config,
      plan.instance,
      (instance) => rotate(journal, data, say, store, instance, context),
      context.hosts,
    );
  } catch (error) {
    // Nothing was begun: the next plan need not wait for this one.
    if (journal.createIntent === undefined) await letGo(plan, store);
    // While it waits nothing is half done: a person may end the waiting although a look is in trouble.
    else if (isWaiting(journal)) await store.unlock(plan);
    throw error;
  }
  if (went.is === 'waiting') {
    await store.unlock(plan);
    await say(waiting(journal));
    // A person's click has had its answer; the rotation's own job comes back.
    if (data.step === 'run') throw new Postponed(went.lookAgainMs);
    return;
  }
  const outcome = journal.end?.is ?? 'failed';
  await context.audit.record({ ...attemptOf(plan, data, context), outcome, once: `${plan.id} ended` });
  await letGo(plan, store);
  await say(endAnswer(journal));
}

async function rotate(
  journal: Journal,
  data: Job<'run' | 'decide'>,
  say: Say,
  store: RotationStore,
  instance: OpenInstance,
  context: WorkerContext,
): Promise<Went> {
  const { plan } = journal;
  // The right is asked for again: between the plan and the click it may have been taken away.
  if (journal.createIntent === undefined && journal.end === undefined) {
    await context.audit.attempt(attemptOf(plan, data, context), data.requestId, async () => {
      const asker = await context.identities.identify(data.person, instance.config, instance.gitlab);
      await requireRotator(plan.owner, asker, instance.gitlab);
    });
  }
  const saga = sagaContext(plan, instance, context, {
    save: (state) => store.save(state),
    progress: (step, details) => say(progressAnswer(plan, step, details)),
    alone: context.replies.to({ ...data.replyTo, person: plan.asker.id }, `${plan.id}-secret`),
  });
  return runRotation(journal, saga);
}

/** For the audit trail. */
function attemptOf(
  { id, instance, owner, old }: RotationPlan,
  data: Job<'run' | 'decide' | 'cancel'>,
  { config }: WorkerContext,
): Attempt {
  const deed = data.step === 'decide' ? data.what : data.step === 'cancel' ? 'cancel' : 'rotate';
  return {
    instance,
    action: deed === 'undo' ? 'rotation-undo' : 'rotation',
    by: byOf(data.person, config.current()),
    subject: owner.path,
    details: `${deed} ${tokenWords(old)} “${old.name}”`,
    id,
  };
}

async function letGo(plan: RotationPlan, store: RotationStore): Promise<void> {
  await store.release(plan);
  await store.unlock(plan);
}

function isAsker({ asker }: RotationPlan, { person }: Pick<Job<'run'>, 'person'>): boolean {
  return asker.platform === person.platform && asker.id === person.id;
}

function isWaiting({ waiting, revokeIntent, failing }: Journal): boolean {
  return waiting !== undefined && revokeIntent !== true && failing === undefined;
}

async function refuseOthers(plan: RotationPlan, data: Job<'run' | 'cancel'>, context: WorkerContext): Promise<void> {
  await context.audit.refused(attemptOf(plan, data, context), data.requestId, 'another person asked for the plan');
  const refusal = answer(
    'warn',
    'Only the person who asked for this plan can confirm or cancel it',
    text('Type the command yourself for a plan of your own.'),
  );
  await sayAside(refusal, data, context);
}

/** In a message of its own: the one with the buttons stays as it is for those who may press them. */
async function sayAside(words: Answer, data: Job<'run' | 'cancel' | 'decide'>, { replies }: WorkerContext) {
  await replies.to(data.replyTo, data.requestId)({ ...words, quiet: true });
}

function waiting({ plan, created, uploadLeft, waiting: since }: Journal) {
  if (created === undefined || since === undefined) throw new Error('a rotation waits for nothing');
  const details = {
    ...detailsOf(plan, created),
    prove: provenWords(plan, uploadLeft),
    rewrite: rewrittenWords(plan),
  };
  return waitingAnswer(plan, details, { since: since.since, seen: since.seen ?? '' });
}

function endAnswer({ plan, created, end, uploadLeft, decided }: Journal) {
  if (end?.is === 'done' && created !== undefined) return doneAnswer(plan, created, end.refused, uploadLeft);
  if (end?.is === 'failed') return undoneAnswer(plan, end, decided?.what === 'undo');
  throw new Error('a rotation has ended without an end');
}

function busy(where: string) {
  return answer(
    'warn',
    `Another rotation is under way ${where}`,
    text('Wait for its answer, then ask for a new plan.'),
  );
}

function tooOld() {
  return answer(
    'warn',
    'This plan is no longer valid',
    text('A plan can be confirmed for 10 minutes, once. Nothing was changed: ask for a new one.'),
  );
}
