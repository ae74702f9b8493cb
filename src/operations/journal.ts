import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Mark } from '../chat/answer.js';
import { PREFIX } from '../queue/connection.js';
import { OPERATIONS, OperationKind } from './operation.js';

/** Somebody who may operate: a GitLab user, found by the access module. */
const Operator = z.object({ id: z.int(), username: z.string() });
export type Operator = z.infer<typeof Operator>;

/** What somebody asked for, until another one confirms it. */
const OperationRequest = z.object({ id: z.string(), kind: OperationKind, instance: z.string(), asker: Operator });
export type OperationRequest = z.infer<typeof OperationRequest>;

/** What a look saw, as far as a later one is compared with it. `verdicts` by the check's id. */
const Seen = z.object({ mark: Mark, title: z.string(), verdicts: z.record(z.string(), Mark) });
export type Seen = z.infer<typeof Seen>;

const OperationEnd = z.discriminatedUnion('is', [
  /** `done`: it printed what it prints when it did what it is for. `output`: its last lines, without secrets. */
  z.object({ is: z.literal('ran'), code: z.int(), done: z.boolean(), output: z.string() }),
  /** It was surely not run. */
  z.object({ is: z.literal('refused'), what: z.string(), why: z.string().optional(), next: z.string() }),
  /** It was begun, and nobody saw its end. */
  z.object({ is: z.literal('unknown'), why: z.string() }),
]);
export type OperationEnd = z.infer<typeof OperationEnd>;

/** An operation that was confirmed. Stored before its command runs, and never begun a second time. */
const OperationJournal = z.object({
  request: OperationRequest,
  confirmer: Operator,
  /** Id of the request that confirmed it: the same one was taken up again, another one is another click. */
  confirmedBy: z.string(),
  before: Seen,
  end: OperationEnd.optional(),
  /** The person has been told the end. */
  told: z.boolean().default(false),
});
export type OperationJournal = z.infer<typeof OperationJournal>;

/** A request can be confirmed for so long. Seconds. */
const REQUEST_SECONDS = 600;
/** The looks before and after a command, and what hangs on after its deadline. Milliseconds. */
const LOCK_MARGIN_MS = 120_000;
/** A journal that is closed is kept so long: a late click still finds it. Seconds. */
const KEPT_SECONDS = 30 * 86_400;

/** Only who has the lock begins, and of a request only once; from then on the lock is held for the command's time. */
const BEGIN = `
  if redis.call('get', KEYS[3]) ~= ARGV[2] then return 0 end
  if redis.call('exists', KEYS[2]) == 1 or redis.call('del', KEYS[1]) == 0 then return 0 end
  redis.call('set', KEYS[2], ARGV[1])
  redis.call('pexpire', KEYS[3], ARGV[3])
  return 1
`;

/** Requests, journals and the lock that lets one operation at a time on an instance. */
export class OperationStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async saveRequest(request: OperationRequest): Promise<void> {
    await this.#redis.set(requestKey(request.id), JSON.stringify(request), 'EX', REQUEST_SECONDS);
  }

  async request(id: string): Promise<OperationRequest | undefined> {
    const stored = await this.#redis.get(requestKey(id));
    return stored === null ? undefined : OperationRequest.parse(JSON.parse(stored));
  }

  /** False when it was not there any more. */
  async dropRequest(id: string): Promise<boolean> {
    return (await this.#redis.del(requestKey(id))) === 1;
  }

  async journal(id: string): Promise<OperationJournal | undefined> {
    const stored = await this.#redis.get(journalKey(id));
    return stored === null ? undefined : OperationJournal.parse(JSON.parse(stored));
  }

  async save(journal: OperationJournal): Promise<void> {
    const key = journalKey(journal.request.id);
    if (journal.told) await this.#redis.set(key, JSON.stringify(journal), 'EX', KEPT_SECONDS);
    else await this.#redis.set(key, JSON.stringify(journal));
  }

  /** Turns a request into a journal, in one step: of two clicks, or [Confirm] and [Cancel] together, one counts. */
  async begin(journal: OperationJournal): Promise<boolean> {
    const { request, confirmedBy } = journal;
    const keys = [requestKey(request.id), journalKey(request.id), lockKey(request)];
    const words = [JSON.stringify(journal), holderOf(request, confirmedBy), lockMs(request)];
    return (await this.#redis.eval(BEGIN, 3, ...keys, ...words)) === 1;
  }

  /** `mine` also when the job had it before it was killed; `twice` when another click on the same request has it. */
  async lock(request: OperationRequest, job: string): Promise<'mine' | 'twice' | 'taken'> {
    const holder = holderOf(request, job);
    if ((await this.#redis.set(lockKey(request), holder, 'PX', lockMs(request), 'NX')) !== null) return 'mine';
    const present = await this.#redis.get(lockKey(request));
    if (present === null) return this.lock(request, job);
    if (present === holder) return 'mine';
    return present.startsWith(`${request.id} `) ? 'twice' : 'taken';
  }

  async unlock(request: OperationRequest, job: string): Promise<void> {
    if ((await this.#redis.get(lockKey(request))) === holderOf(request, job)) await this.#redis.del(lockKey(request));
  }
}

function holderOf({ id }: OperationRequest, job: string): string {
  return `${id} ${job}`;
}

function lockMs({ kind }: OperationRequest): number {
  return OPERATIONS[kind].ms + LOCK_MARGIN_MS;
}

function requestKey(id: string): string {
  return `${PREFIX}:operation-request:${id}`;
}

/** Not `operation:`, where the queue of that name keeps its jobs. */
function journalKey(id: string): string {
  return `${PREFIX}:operation-journal:${id}`;
}

function lockKey({ instance }: OperationRequest): string {
  return `${PREFIX}:operation-lock:${instance}`;
}
