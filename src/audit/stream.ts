import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { PREFIX } from '../queue/connection.js';
import { type Entry, lineOf } from './entry.js';

const KEY = `${PREFIX}:audit`;
/** Entries that are read at once. */
const PAGE = 500;
/** What is recorded once is known so long: longer than any journal that may be taken up again. Seconds. */
const ONCE_SECONDS = 90 * 86_400;

/**
 * KEYS: the stream, and where a deed is known by, if it has a name. ARGV: the last line as the caller knows it, seconds,
 * then ids and lines. An id that was deleted from the end is free again: the caller says what belongs there.
 */
const ADD = `
  local known = KEYS[2] and redis.call('get', KEYS[2])
  if known then return known end
  local last = redis.call('xrevrange', KEYS[1], '+', '-', 'COUNT', 1)[1]
  if (last and last[2][2] or '') ~= ARGV[1] then return 'moved' end
  if last then redis.call('xsetid', KEYS[1], last[1]) else redis.call('del', KEYS[1]) end
  for i = 3, #ARGV, 2 do redis.call('xadd', KEYS[1], ARGV[i], 'entry', ARGV[i + 1]) end
  if KEYS[2] then redis.call('set', KEYS[2], ARGV[3], 'EX', ARGV[2]) end
  return 'added'
`;

/** The trail in Redis: a stream whose ids are the entries' numbers. It is never trimmed. */
export class AuditStream {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** The lines behind the entry of that number, the oldest first. */
  async *after(sequence: number): AsyncGenerator<string> {
    let id = idOf(sequence);
    for (;;) {
      const page = await this.#redis.xrange(KEY, `(${id}`, '+', 'COUNT', PAGE);
      for (const [, [, line = '']] of page) yield line;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      id = last[0];
    }
  }

  /** All lines, the newest first. */
  async *newest(): AsyncGenerator<string> {
    let end = '+';
    for (;;) {
      const page = await this.#redis.xrevrange(KEY, end, '-', 'COUNT', PAGE);
      for (const [, [, line = '']] of page) yield line;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      end = `(${last[0]}`;
    }
  }

  /** Empty when there is none. */
  async last(): Promise<string> {
    const [last] = await this.#redis.xrevrange(KEY, '+', '-', 'COUNT', 1);
    return last?.[1][1] ?? '';
  }

  async line(sequence: number): Promise<string | undefined> {
    const [found] = await this.#redis.xrange(KEY, idOf(sequence), idOf(sequence));
    return found?.[1][1];
  }

  /**
   * Adds entries behind `last`, in one step; `moved` when another line is the last one by now. A number: the deed that
   * `once` names was recorded before, as that entry.
   */
  async add(last: string, entries: readonly Entry[], once?: string): Promise<'added' | 'moved' | number> {
    const keys = once === undefined ? [KEY] : [KEY, onceKey(once)];
    const words = entries.flatMap((entry) => [idOf(entry.sequence), lineOf(entry)]);
    const added = await this.#redis.eval(ADD, keys.length, ...keys, last, ONCE_SECONDS, ...words);
    return added === 'added' || added === 'moved' ? added : Number.parseInt(String(added), 10);
  }
}

function idOf(sequence: number): string {
  return `${sequence}-0`;
}

function onceKey(once: string): string {
  return `${PREFIX}:audit-once:${createHash('sha256').update(once).digest('hex')}`;
}
