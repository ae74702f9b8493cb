import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PREFIX } from '../queue/connection.js';
import { OldToken, PLAN_SECONDS, RotationPlan } from './plan/plan.js';

/** One variable's rewriting. `old` is sealed; `null` for a hidden variable, whose value nobody can read. */
const WriteEntry = z.object({ old: z.string().nullable(), state: z.enum(['intended', 'done', 'undone']) });

/**
 * What a rotation has done and is about to do. An intent is stored before the effect, with what the effect is found
 * by; the result after it. Secrets in it are sealed.
 */
export const Journal = z.object({
  plan: RotationPlan,
  /** Ids of the owner's tokens just before the new one was asked for: one that is not among them is ours. */
  createIntent: z.object({ knownIds: z.array(z.int()) }).optional(),
  created: z.object({ id: z.int(), username: z.string(), secret: z.string() }).optional(),
  proven: z.boolean().optional(),
  /** Why the upload of the proof could not be cancelled. */
  uploadLeft: z.string().optional(),
  /** By index of the plan's writes. */
  writes: z.record(z.string(), WriteEntry).default({}),
  /** The old token's secret, sealed, where a variable held it: to see it refused at the end. */
  oldSecret: z.string().optional(),
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
  failing: z.object({ why: z.string(), next: z.string() }).optional(),
});
export type Journal = z.infer<typeof Journal>;

/** A finished journal is kept so long: a repeated click still tells what happened. Seconds. */
const KEPT_SECONDS = 30 * 86_400;

const BEGIN = `
  if redis.call('del', KEYS[1]) == 0 then return 0 end
  redis.call('set', KEYS[2], ARGV[1], 'NX')
  return 1
`;

/** Plans, journals and the lock that lets one rotation at a time into a project. All in Redis, append-only file on. */
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
    else await this.#redis.set(key, JSON.stringify(journal), 'EX', KEPT_SECONDS);
  }

  /** Begins a confirmed plan's journal; one that was begun already is left as it is. */
  /** Turns a plan into a journal, in one step: of [Rotate] and [Cancel] pressed together only one counts. */
  async begin(plan: RotationPlan): Promise<boolean> {
    const journal: Journal = { plan, writes: {} };
    return (await this.#redis.eval(BEGIN, 2, planKey(plan.id), journalKey(plan.id), JSON.stringify(journal))) === 1;
  }

  /**
   * `mine` also when this request had the lock before it was killed; `twice` when another click on the same plan
   * has it.
   */
  async lock(plan: RotationPlan, requestId: string): Promise<'mine' | 'twice' | 'taken'> {
    const holder = `${plan.id} ${requestId}`;
    if ((await this.#redis.set(lockKey(plan), holder, 'NX')) !== null) return 'mine';
    const present = await this.#redis.get(lockKey(plan));
    if (present === null) return this.lock(plan, requestId);
    if (present === holder) return 'mine';
    return present.startsWith(`${plan.id} `) ? 'twice' : 'taken';
  }

  async unlock(plan: RotationPlan): Promise<void> {
    if ((await this.#redis.get(lockKey(plan)))?.startsWith(`${plan.id} `)) await this.#redis.del(lockKey(plan));
  }
}

function planKey(id: string): string {
  return `${PREFIX}:rotation-plan:${id}`;
}

function journalKey(id: string): string {
  return `${PREFIX}:rotation:${id}`;
}

function lockKey({ instance, owner }: RotationPlan): string {
  return `${PREFIX}:rotation-lock:${instance}:${owner.kind}:${owner.id}`;
}
