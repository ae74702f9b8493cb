import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Holder } from '../gitlab/schema.js';
import { PREFIX } from '../queue/connection.js';
import { OldToken, PLAN_SECONDS, RotationPlan } from './plan/plan.js';

/** One consumer's rewriting. `old` is sealed; `null`: it can't be read. Without it: the rotation is over. */
const WriteEntry = z.object({ old: z.string().nullish(), state: z.enum(['intended', 'done', 'undone']) });

/**
 * What a rotation has done and is about to do. An intent is stored before the effect, with what the effect is found
 * by; the result after it. Secrets in it are sealed, and forgotten at the end.
 */
export const Journal = z.object({
  plan: RotationPlan,
  /**
   * `knownIds`: of the owner's tokens just before the new one was asked for, where its name alone does not tell it;
   * `again`: what was asked for before was never heard of.
   */
  createIntent: z.object({ knownIds: z.array(z.int()).optional(), again: z.literal(true).optional() }).optional(),
  created: z.object({ id: z.int(), username: z.string(), secret: z.string().optional() }).optional(),
  proven: z.boolean().optional(),
  /** Why the upload of the proof could not be cancelled. */
  uploadLeft: z.string().optional(),
  /** By index of the plan's writes. */
  writes: z.record(z.string(), WriteEntry).default({}),
  /** By index of the plan's consumers outside. */
  outside: z.record(z.string(), WriteEntry).default({}),
  revealed: z.boolean().optional(),
  /** Everything holds the new token since then (milliseconds since the epoch); the old one is listened for. */
  waiting: z.object({ since: z.int(), seen: z.string().optional() }).optional(),
  /** What a person decided meanwhile, and who. */
  decided: z.object({ what: z.enum(['revoke', 'undo']), by: z.string() }).optional(),
  revokeIntent: z.boolean().optional(),
  revoked: z.boolean().optional(),
  /** The end. `failed` means that everything was undone, or that `left` says what was not. */
  end: z
    .discriminatedUnion('is', [
      z.object({ is: z.literal('done'), refused: z.string() }),
      z.object({
        is: z.literal('failed'),
        why: z.string(),
        next: z.string(),
        undone: z.array(z.string()),
        left: z.array(z.string()),
        oldToken: OldToken.default('in force'),
      }),
    ])
    .optional(),
  /** Since then (milliseconds since the epoch) it is being undone. */
  failing: z.object({ why: z.string(), next: z.string(), since: z.int() }).optional(),
});
export type Journal = z.infer<typeof Journal>;

/** A finished journal is kept so long: a repeated click still tells what happened. Seconds. */
const KEPT_SECONDS = 30 * 86_400;

/** A token that a rotation has to itself. */
type Held = Pick<RotationPlan, 'id' | 'instance'> & { old: Pick<RotationPlan['old'], 'kind' | 'id'> };
/** Where a rotation does something. */
export type Place = Pick<RotationPlan, 'id' | 'instance'> & { owner: Pick<Holder, 'kind' | 'id'> };

/** Of a rotation that was begun and has done nothing: so long its click is remembered by the queue. Seconds. */
const BEGUN_SECONDS = 7 * 86_400;
/** A lock of a rotation that was not begun: its process may be dead, and its plan over. Seconds. */
const UNBEGUN_SECONDS = PLAN_SECONDS;

/** Gives who has it then. */
const TAKE = `
  local holder = redis.call('get', KEYS[1]) or ARGV[1]
  if holder ~= ARGV[1] then return holder end
  redis.call('set', KEYS[1], holder, 'EX', ARGV[2])
  if redis.call('exists', KEYS[2]) == 1 then redis.call('persist', KEYS[1]) end
  return holder
`;

/** What was taken for it stays from now on. */
const BEGIN = `
  if redis.call('del', KEYS[1]) == 0 then return 0 end
  redis.call('set', KEYS[2], ARGV[1], 'NX', 'EX', ARGV[3])
  if redis.call('get', KEYS[3]) == ARGV[2] then redis.call('persist', KEYS[3]) end
  local holder = redis.call('get', KEYS[4])
  if holder and holder:sub(1, #ARGV[2] + 1) == ARGV[2] .. ' ' then redis.call('persist', KEYS[4]) end
  return 1
`;

/**
 * Plans, journals and the locks: one rotation at a time has a token, from its click to its end; one at a time does
 * something in a project or group, and a rotation that waits does nothing. All in Redis, append-only file on.
 */
export class RotationStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async savePlan(plan: RotationPlan): Promise<void> {
    await this.#redis.set(planKey(plan.id), JSON.stringify(plan), 'EX', PLAN_SECONDS);
  }

  async plan(id: string): Promise<RotationPlan | undefined> {
    const stored = await this.#redis.get(planKey(id));
    return stored === null ? undefined : RotationPlan.parse(JSON.parse(stored));
  }

  async dropPlan(id: string): Promise<boolean> {
    return (await this.#redis.del(planKey(id))) === 1;
  }

  async journal(id: string): Promise<Journal | undefined> {
    const stored = await this.#redis.get(journalKey(id));
    return stored === null ? undefined : Journal.parse(JSON.parse(stored));
  }

  async save(journal: Journal): Promise<void> {
    const key = journalKey(journal.plan.id);
    if (journal.end === undefined) await this.#redis.set(key, JSON.stringify(journal));
    else await this.#redis.set(key, JSON.stringify(withoutSecrets(journal)), 'EX', KEPT_SECONDS);
  }

  /** Turns a plan into a journal, in one step: of [Rotate] and [Cancel] pressed together only one counts. */
  async begin(plan: RotationPlan): Promise<boolean> {
    const journal: Journal = { plan, writes: {}, outside: {} };
    const keys = [planKey(plan.id), journalKey(plan.id), tokenKey(plan), lockKey(plan)];
    return (await this.#redis.eval(BEGIN, 4, ...keys, JSON.stringify(journal), plan.id, BEGUN_SECONDS)) === 1;
  }

  /**
   * Takes the token for this rotation, from its click to its end; false when another one has it. It lapses when the
   * rotation is not begun.
   */
  async hold(plan: Held): Promise<boolean> {
    return (await this.#take(tokenKey(plan), plan.id, plan)) === plan.id;
  }

  /** The token is free for another rotation. */
  async release(plan: Held): Promise<void> {
    if ((await this.#redis.get(tokenKey(plan))) === plan.id) await this.#redis.del(tokenKey(plan));
  }

  /**
   * `mine` also when this request had the lock before it was killed; `twice` when another click on the same plan
   * has it. It lapses when the rotation is not begun.
   */
  async lock(plan: Place, requestId: string): Promise<'mine' | 'twice' | 'taken'> {
    const holder = `${plan.id} ${requestId}`;
    const present = await this.#take(lockKey(plan), holder, plan);
    if (present === holder) return 'mine';
    return present.startsWith(`${plan.id} `) ? 'twice' : 'taken';
  }

  async #take(key: string, holder: string, { id }: { id: string }): Promise<string> {
    return String(await this.#redis.eval(TAKE, 2, key, journalKey(id), holder, UNBEGUN_SECONDS));
  }

  async unlock(plan: Place): Promise<void> {
    if ((await this.#redis.get(lockKey(plan)))?.startsWith(`${plan.id} `)) await this.#redis.del(lockKey(plan));
  }
}

/** Pure. What was sealed is not even kept sealed once nothing has to be undone with it. */
export function withoutSecrets({ created, plan: { oldSecret: _, ...plan }, ...journal }: Journal): Journal {
  const forgotten = (entries: Journal['writes']) =>
    Object.fromEntries(Object.entries(entries).map(([index, { state }]) => [index, { state }]));
  return {
    ...journal,
    plan,
    writes: forgotten(journal.writes),
    outside: forgotten(journal.outside),
    ...(created === undefined ? {} : { created: { id: created.id, username: created.username } }),
  };
}

function planKey(id: string): string {
  return `${PREFIX}:rotation-plan:${id}`;
}

function journalKey(id: string): string {
  return `${PREFIX}:rotation:${id}`;
}

function tokenKey({ instance, old }: Held): string {
  return `${PREFIX}:rotation-token:${instance}:${old.kind}:${old.id}`;
}

function lockKey({ instance, owner }: Place): string {
  return `${PREFIX}:rotation-lock:${instance}:${owner.kind}:${owner.id}`;
}
