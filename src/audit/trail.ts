import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { EdgeError, messageOf, RETRY_MS } from '../errors.js';
import type { Logger } from '../log.js';
import {
  type Attempt,
  BEGINNING,
  BY_REGISTRAR,
  chained,
  Entry,
  isAbout,
  type Outcome,
  type Place,
  readEntry,
  verifyChain,
} from './entry.js';
import { readLines, writeLines } from './file.js';
import { AuditStream } from './stream.js';

/** The trail's file in the data folder. */
export const AUDIT_FILE = 'audit.jsonl';

/** How far the file is known to hold what the stream does. */
interface Mark {
  sequence: number;
  hash: string;
  /** The last line that both hold; empty where none is. */
  line: string;
  /** Where it ends in the file. */
  bytes: number;
}

const START: Mark = { ...BEGINNING, line: '', bytes: 0 };

/** A place that somebody may not know of is told as one that is not there, or by what is near it. */
const REFUSALS: ReadonlySet<string> = new Set(['not-allowed', 'not-found', 'ambiguous']);

/**
 * Every attempt, granted or refused: in a Redis stream that all workers share, and as a copy in a file of each worker's
 * data folder. docs/audit.md tells what becomes of either when the other one is lost or contradicts it.
 *
 * Errors: every method rejects with an `EdgeError` `audit-failed`: what changes something must not go on then.
 */
export class AuditTrail {
  readonly #stream: AuditStream;
  readonly #path: string;
  readonly #log: Logger;
  readonly #now: () => number;
  #mark = START;
  /** It was said that the copies contradict each other, and they still do. */
  #isTold = false;
  /** What Redis lost and got back, until an entry says so. */
  #loss: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(redis: Redis, dir: string, log: Logger, now: () => number) {
    this.#stream = new AuditStream(redis);
    this.#path = join(dir, AUDIT_FILE);
    this.#log = log;
    this.#now = now;
  }

  /**
   * Resolves when the entry is in the stream and on the disk: wait for it before the effect. `once` names the deed: a
   * job that is taken up again finds what it recorded before, and gets that.
   */
  record({ once, ...fields }: Attempt & { outcome: Outcome; once?: string }): Promise<Entry> {
    return this.#alone(async () => {
      await this.#follow();
      const entry = await this.#append(fields, once);
      await this.#follow();
      return entry;
    });
  }

  /** Decides whether somebody may: a grant, too, is recorded before it is acted upon. Errors: those of `decide`, too. */
  async attempt<T>(attempt: Attempt, once: string, decide: () => Promise<T>): Promise<T> {
    const decided = await this.deciding(attempt, once, decide);
    await this.granted(attempt, once);
    return decided;
  }

  /** The same, for what is not granted by that alone: only a refusal is recorded, be it of what nobody may know of. */
  async deciding<T>(attempt: Attempt, once: string, decide: () => Promise<T>): Promise<T> {
    try {
      return await decide();
    } catch (error) {
      if (error instanceof EdgeError && REFUSALS.has(error.code))
        await this.refused(attempt, once, error.forPerson.what);
      throw error;
    }
  }

  async granted(attempt: Attempt, once: string): Promise<void> {
    await this.record({ ...attempt, outcome: 'granted', once: `${once} granted` });
  }

  async refused(attempt: Attempt, once: string, why: string): Promise<void> {
    const details = `${attempt.details}: ${why}`;
    await this.record({ ...attempt, details, outcome: 'refused', once: `${once} refused` });
  }

  /** Brings the file to where the stream is: with what other workers recorded, and what a crash left out. */
  follow(): Promise<void> {
    return this.#alone(() => this.#follow());
  }

  /** The newest first. What can't be read any more is left out: `registrar audit verify` names it. */
  recent(places: readonly Place[], limit: number): Promise<Entry[]> {
    return worded(async () => {
      const found: Entry[] = [];
      for await (const line of this.#stream.newest()) {
        const entry = readEntry(line);
        if (entry !== undefined && places.some((place) => isAbout(entry, place))) found.push(entry);
        if (found.length === limit) break;
      }
      return found;
    });
  }

  /** One after the other: the file has one end. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(() => worded(work));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #append(fields: Attempt & { outcome: Outcome }, once?: string): Promise<Entry> {
    for (;;) {
      const last = await this.#stream.last();
      const head = last === '' ? BEGINNING : readEntry(last);
      if (head === undefined) throw new Error('the last entry in Redis can’t be read');
      const entry = chained(head, { ...fields, at: this.#now() });
      const added = await this.#stream.add(last, [entry], once);
      if (added === 'moved') continue;
      if (added === 'added') {
        // A copy of the chain's end in a third place.
        this.#log.info({ part: 'registrar', trail: entry.sequence, hash: entry.hash }, 'recorded in the audit trail');
        return entry;
      }
      return Entry.parse(JSON.parse((await this.#stream.line(added)) ?? '{}'));
    }
  }

  /** The file is read before the stream, which is then never behind it but by a loss. */
  async #follow(): Promise<void> {
    if (this.#loss !== undefined) {
      await this.#appendOwn(this.#loss);
      this.#loss = undefined;
    }
    for (;;) {
      const { lines, rest, size } = await readLines(this.#path, this.#mark.bytes);
      if (size < this.#mark.bytes) {
        this.#log.error(
          { part: 'registrar', file: this.#path },
          `${AUDIT_FILE} was cut or removed: it is written anew`,
        );
        this.#mark = START;
        continue;
      }
      const { sequence, line } = this.#mark;
      if (sequence > 0 && (await this.#stream.line(sequence)) !== line) {
        // Redis was another one a moment ago: everything is compared once more.
        this.#mark = START;
        continue;
      }
      const met = await this.#compare(lines);
      if ('wrong' in met) return this.#tell(met.wrong);
      if (met.ahead.length > 0) {
        await this.#putBack(met.ahead, met.mark);
        continue;
      }
      if (rest.length > 0)
        this.#log.warn({ part: 'registrar', file: this.#path }, `the last line of ${AUDIT_FILE} was half written`);
      if (met.missing.length > 0 || rest.length > 0) await writeLines(this.#path, met.missing, met.mark.bytes, rest);
      this.#mark = met.missing.reduce(marked, met.mark);
      this.#isTold = false;
      return;
    }
  }

  /** The file's lines behind the mark against the stream's entries behind it. */
  async #compare(
    lines: readonly string[],
  ): Promise<{ mark: Mark; missing: string[]; ahead: readonly string[] } | { wrong: string }> {
    let mark = this.#mark;
    let last: Mark = mark;
    let held = 0;
    const missing: string[] = [];
    for await (const line of this.#stream.after(mark.sequence)) {
      const broken = verifyChain([line], last);
      if (broken !== undefined) return { wrong: `the trail in Redis is broken: ${broken.words}` };
      const own = lines[held];
      last = marked(last, line);
      if (own === undefined) missing.push(line);
      else if (own !== line)
        return { wrong: `entry ${last.sequence} in ${AUDIT_FILE} on ${hostname()} is not the one in Redis` };
      else {
        mark = last;
        held += 1;
      }
    }
    const ahead = lines.slice(held);
    const broken = verifyChain(ahead, mark);
    return broken === undefined
      ? { mark, missing, ahead }
      : { wrong: `${AUDIT_FILE} on ${hostname()} is broken: ${broken.words}` };
  }

  /**
   * Redis lost entries: they are put back, so that the chain goes on where it ended. The loss becomes an entry a little
   * later: another worker may have to put back what came behind them.
   */
  async #putBack(lines: readonly string[], mark: Mark): Promise<void> {
    const entries = lines.flatMap((line) => readEntry(line) ?? []);
    if ((await this.#stream.add(mark.line, entries)) === 'moved') return;
    const to = mark.sequence + entries.length;
    this.#loss = `Redis had lost entries ${mark.sequence + 1} to ${to}: put back from ${AUDIT_FILE} on ${hostname()}`;
    this.#log.error({ part: 'redis', file: this.#path }, this.#loss);
  }

  /** Loudly, and once: in the log, and as an entry of the trail itself. */
  async #tell(wrong: string): Promise<void> {
    if (this.#isTold) return;
    this.#log.error({ part: 'registrar', file: this.#path, wrong }, 'the audit trail does not add up');
    await this.#appendOwn(wrong);
    this.#isTold = true;
  }

  async #appendOwn(details: string): Promise<void> {
    const attempt = { instance: '', action: 'trail', by: BY_REGISTRAR, subject: AUDIT_FILE, details } as const;
    await this.#append({ ...attempt, outcome: 'failed' }, details);
  }
}

function marked(mark: Mark, line: string): Mark {
  const { sequence, hash } = readEntry(line) ?? BEGINNING;
  return { sequence, hash, line, bytes: mark.bytes + Buffer.byteLength(line) + 1 };
}

async function worded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    throw new EdgeError({
      part: 'registrar',
      code: 'audit-failed',
      retry: { afterMs: RETRY_MS },
      forPerson: {
        what: 'the audit trail can’t be kept, and nothing goes on without it',
        why: messageOf(error),
        next: 'on the worker’s machine: registrar audit verify, and see that its data folder has room and is its own',
      },
      cause: error,
    });
  }
}
