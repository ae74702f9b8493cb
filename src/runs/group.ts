import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { ReplyAddress } from '../chat/request.js';
import { PREFIX } from '../queue/connection.js';

/** Somebody else who waits for a run's answers. */
export const Listener = z.object({
  address: ReplyAddress,
  key: z.string(),
  lines: z.string().optional(),
});
export type Listener = z.infer<typeof Listener>;

/** Who leads: the holder of the key; nobody: the caller from now on. */
const LEAD = `
local holder = redis.call('GET', KEYS[1])
if not holder or holder == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ARGV[1]
end
return holder`;
/** 0: the run has ended in between. */
const JOIN = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], redis.call('PTTL', KEYS[1]))
return 1`;
const END = `
local all = redis.call('LRANGE', KEYS[2], 0, -1)
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1], KEYS[2]) end
return all`;

/**
 * Those who wait for one question's answer, in Redis: the first one's run leads, the others listen to it. A run that is
 * killed leads on when it is taken up again. Errors: Redis's own.
 */
export class Group {
  readonly #redis: Redis;
  readonly #keys: [string, string];
  readonly #run: string;
  /** Listeners that heard the last word. */
  #told = 0;

  constructor(redis: Redis, question: string, run: string) {
    const digest = createHash('sha256').update(question).digest('hex').slice(0, 32);
    this.#redis = redis;
    this.#keys = [`${PREFIX}:asking:${digest}`, `${PREFIX}:asking:${digest}:listeners`];
    this.#run = run;
  }

  /** The run that answers this question: this one, or the one that was there before. `ms`: until when at the latest. */
  async leader(ms: number): Promise<string> {
    return String(await this.#redis.eval(LEAD, 1, this.#keys[0], this.#run, Math.max(1, ms)));
  }

  /** False: that run has ended, and nobody answers. */
  async join(leader: string, listener: Listener): Promise<boolean> {
    return (await this.#redis.eval(JOIN, 2, ...this.#keys, leader, JSON.stringify(listener))) === 1;
  }

  async listeners(): Promise<Listener[]> {
    const all = (await this.#redis.lrange(this.#keys[1], 0, -1)).map(read);
    this.#told = all.length;
    return all;
  }

  /** Nobody joins any more. Gives those who came after the last word. */
  async end(): Promise<Listener[]> {
    const all = (await this.#redis.eval(END, 2, ...this.#keys, this.#run)) as string[];
    return all.slice(this.#told).map(read);
  }
}

function read(text: string): Listener {
  return Listener.parse(JSON.parse(text));
}
