import { setTimeout as pause } from 'node:timers/promises';
import { type Attempt, byOf } from '../src/audit/entry.js';
import { type Answer, answer } from '../src/chat/answer.js';
import type { CheckResult } from '../src/checks/check.js';
import { look } from '../src/checks/gather/look.js';
import type { Instance } from '../src/config/schema.js';
import { EdgeError } from '../src/errors.js';
import { chooseInstance, type OpenInstance, withInstance } from '../src/instance.js';
import {
  busyAnswer,
  endAnswer,
  offAnswer,
  progressAnswer,
  requestAnswer,
  seenOf,
  tooOldAnswer,
} from '../src/operations/answers.js';
import {
  type OperationEnd,
  type OperationJournal,
  type OperationRequest,
  OperationStore,
  type Operator,
} from '../src/operations/journal.js';
import { isAllowed, requireAnother, requireHost, requireOperator } from '../src/operations/permit.js';
import { runOperation } from '../src/operations/run.js';
import { jobId } from '../src/queue/dispatcher.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Say } from '../src/queue/replies.js';
import { failed } from '../src/queue/troubles.js';
import type { Handler } from '../src/queue/work.js';
import type { WorkerContext } from './context.js';

type Job<S extends JobOf<'operation'>['step']> = Extract<JobOf<'operation'>, { step: S }>;

/** A service that was just started may not listen yet: looked at so often, so far apart. Milliseconds. */
const LOOKS = 3;
const SETTLE_MS = 3_000;

/** Why nobody may, in the audit trail. */
const OFF = 'the configuration does not allow it';

/** Has the operation of this job begun, and nobody was told its end? Then it is carried there, whatever its age. */
export async function isBegun(data: JobOf<'operation'>, redis: WorkerContext['redis']): Promise<boolean> {
  if (data.step !== 'confirm') return false;
  const journal = await new OperationStore(redis).journal(data.operationId);
  return journal?.confirmedBy === data.requestId && !journal.told;
}

/** Asks for a confirmation, does what was confirmed by a second person, or drops it. */
export function operationWorker(context: WorkerContext): Handler<'operation'> {
  const store = new OperationStore(context.redis);
  return async (data, say) => {
    if (data.step === 'ask') await ask(data, say, store, context);
    else if (data.step === 'cancel') await cancel(data, say, store, context);
    else await confirm(data, say, store, context);
  };
}

async function ask(data: Job<'ask'>, say: Say, store: OperationStore, context: WorkerContext): Promise<void> {
  const { config, hosts, identities, audit } = context;
  const { kind } = data;
  const chosen = chooseInstance(config.current(), data.instance);
  const id = jobId(data.requestId);
  const attempt = attemptOf(data, { id, kind, instance: chosen.name }, 'asked for', context);
  if (!isAllowed(chosen, kind)) {
    await audit.refused(attempt, data.requestId, OFF);
    return say(offAnswer(chosen, kind));
  }
  // Taken up again after it was shown and confirmed: it is not shown a second time.
  if ((await store.journal(id)) !== undefined) return;
  const question = async (instance: OpenInstance) => {
    const asker = await audit.attempt(attempt, data.requestId, () =>
      requireOperator(data.person, identities, chosen, instance.gitlab),
    );
    const host = requireHost(chosen);
    await say(answer('running', `${chosen.name}: looking at every link of the chain before anything is done`));
    const results = await lookAt(instance, context);
    const request = { id, kind, instance: chosen.name, asker };
    await store.saveRequest(request);
    await say(requestAnswer(request, host, results, othersThan(asker, chosen)));
  };
  await withInstance(config, chosen.name, question, hosts);
}

function othersThan({ username }: Operator, { operations }: Instance): string[] {
  return operations?.people.filter((name) => name.toLowerCase() !== username.toLowerCase()) ?? [];
}

async function cancel(data: Job<'cancel'>, say: Say, store: OperationStore, context: WorkerContext): Promise<void> {
  const request = await store.request(data.operationId);
  if (request !== undefined) {
    const attempt = attemptOf(data, request, 'cancelled', context);
    const right = await orAside(data, context, () =>
      context.audit.attempt(attempt, data.requestId, () => operatorOf(data, request, context, request.asker)),
    );
    if (right === undefined) return;
  }
  if (await store.dropRequest(data.operationId)) await say(answer('info', 'Cancelled: nothing was done'));
  else if ((await store.journal(data.operationId)) === undefined) await say(tooOldAnswer());
}

async function confirm(data: Job<'confirm'>, say: Say, store: OperationStore, context: WorkerContext): Promise<void> {
  const { config, hosts, audit } = context;
  const begun = await store.journal(data.operationId);
  if (begun !== undefined) {
    // Another click on what was confirmed already: its answer is under way, or there.
    if (begun.confirmedBy !== data.requestId || begun.told) return;
    const end: OperationEnd = begun.end ?? { is: 'unknown', why: 'Registrar was stopped while it was done' };
    const tell = (instance: OpenInstance) => finish({ ...begun, end }, data, say, store, instance, context);
    await withInstance(config, begun.request.instance, tell, hosts);
    return;
  }
  const request = await store.request(data.operationId);
  if (request === undefined) return say(tooOldAnswer());
  // The right is asked for again, of the confirmer: nothing of the request is believed but who asked.
  const decide = async () => {
    const operator = await operatorOf(data, request, context);
    requireAnother(operator, request.asker);
    return operator;
  };
  const attempt = attemptOf(data, request, 'confirmed', context);
  const confirmer = await orAside(data, context, () => audit.deciding(attempt, data.requestId, decide));
  if (confirmer === undefined) return;
  const begin = (instance: OpenInstance) => carryOut(request, confirmer, data, say, store, instance, context);
  await withInstance(config, request.instance, begin, hosts);
}

async function carryOut(
  request: OperationRequest,
  confirmer: Operator,
  data: Job<'confirm'>,
  say: Say,
  store: OperationStore,
  instance: OpenInstance,
  context: WorkerContext,
): Promise<void> {
  const { kind } = request;
  const { audit } = context;
  const job = data.requestId;
  const attempt = attemptOf(data, request, 'confirmed', context);
  if (!isAllowed(instance.config, kind)) {
    await audit.refused(attempt, job, OFF);
    return aside(data, offAnswer(instance.config, kind), context);
  }
  const host = requireHost(instance.config);
  const lock = await store.lock(request, job);
  if (lock === 'twice') return;
  if (lock === 'taken') {
    await audit.refused(attempt, job, 'another operation is under way');
    return aside(data, busyAnswer(request), context);
  }
  await say(progressAnswer(request, host, 'look'));
  const before = seenOf(request.instance, await lookAt(instance, context));
  await say(progressAnswer(request, host, 'run'));
  const journal = { request, confirmer, confirmedBy: job, before, told: false };
  await audit.granted(attempt, job);
  if (!(await store.begin(journal))) {
    // A worker that was thought dead carries it on; or it was cancelled, or became too old, during the look.
    if ((await store.journal(request.id)) !== undefined) return;
    await audit.refused(attempt, job, 'it was cancelled, or became too old, meanwhile');
    await store.unlock(request, job);
    return say(tooOldAnswer());
  }
  const end = await runOperation(context.hosts, host, kind);
  await finish({ ...journal, end }, data, say, store, instance, context);
}

/** Keeps the end before anybody is told, and tells it again when it is not sure that somebody was. */
async function finish(
  journal: OperationJournal & { end: OperationEnd },
  data: Job<'confirm'>,
  say: Say,
  store: OperationStore,
  instance: OpenInstance,
  context: WorkerContext,
): Promise<void> {
  const { request, confirmer, confirmedBy, end } = journal;
  await store.save(journal);
  const outcome = end.is === 'ran' && end.code === 0 ? 'done' : 'failed';
  const ended = attemptOf(data, request, endWords(end), context);
  await context.audit.record({ ...ended, outcome, once: `${request.id} ended` });
  const after = end.is === 'refused' ? undefined : await lookAfter(end, instance, context);
  context.log.info(
    {
      audit: 'operation',
      operation: request.id,
      kind: request.kind,
      instance: request.instance,
      askedBy: request.asker,
      confirmedBy: confirmer,
      end: end.is,
      ...(end.is === 'ran' ? { code: end.code } : {}),
    },
    'operation ended',
  );
  await say(endAnswer(journal, after));
  // What may still run keeps others out until the lock expires.
  if (end.is !== 'unknown') await store.unlock(request, confirmedBy);
  await store.save({ ...journal, told: true });
}

function endWords(end: OperationEnd): string {
  if (end.is === 'ran') return `ended with exit code ${end.code}`;
  return end.is === 'refused' ? `was not run: ${end.what}` : `was begun, and its end is not known: ${end.why}`;
}

/** For the audit trail; `what` became of the request. */
function attemptOf(
  { person }: JobOf<'operation'>,
  { id, kind, instance }: Pick<OperationRequest, 'id' | 'kind' | 'instance'>,
  what: string,
  { config }: WorkerContext,
): Attempt {
  const by = byOf(person, config.current());
  return { instance, action: 'operation', by, subject: instance, details: `${kind} ${what}`, id };
}

async function lookAfter(end: OperationEnd, instance: OpenInstance, context: WorkerContext): Promise<CheckResult[]> {
  let results = await lookAt(instance, context);
  const succeeded = end.is === 'ran' && end.code === 0;
  for (let looks = 1; succeeded && isDown(results) && looks < LOOKS; looks++) {
    await pause(SETTLE_MS);
    results = await lookAt(instance, context);
  }
  return results;
}

function isDown(results: readonly CheckResult[]): boolean {
  return results.some(({ link, verdict }) => link !== undefined && verdict.is === 'fail');
}

async function lookAt(instance: OpenInstance, { config, now }: WorkerContext): Promise<CheckResult[]> {
  return (await look(instance, config.secret(instance.config.gitlab.token), now)).results;
}

/** `asker`: as in {@link requireOperator}. */
function operatorOf(
  { person }: Job<'confirm' | 'cancel'>,
  { instance }: OperationRequest,
  { config, hosts, identities }: WorkerContext,
  asker?: Operator,
): Promise<Operator> {
  const permit = (open: OpenInstance) => requireOperator(person, identities, open.config, open.gitlab, asker);
  return withInstance(config, instance, permit, hosts);
}

/** What stands in the way is told in a message of its own: the request stays as it is, and can be answered later. */
async function orAside<T>(
  data: Job<'confirm' | 'cancel'>,
  context: WorkerContext,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    await aside(data, failed(error), context);
    return undefined;
  }
}

async function aside(
  { replyTo, requestId }: Job<'confirm' | 'cancel'>,
  words: Answer,
  { replies }: WorkerContext,
): Promise<void> {
  await replies.to(replyTo, requestId)({ ...words, quiet: true });
}
