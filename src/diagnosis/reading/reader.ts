import { cleanLine, LINE_LIMIT } from './clean.js';
import type { Match, Patterns } from './patterns.js';
import { NEWLINE } from './tokens.js';

/** A line that the catalogue or a landmark recognised, or one of the log's last lines. */
export interface Event {
  /** 1-based line of the log. */
  line: number;
  text: string;
  matches: readonly Match[];
}

export interface Reading {
  /** In the order of the log. Of a log with very many, the first and the last are kept. */
  events: readonly Event[];
  /** The last lines as a person sees them, empty ones left out: what failed usually stands there. */
  tail: readonly { line: number; text: string }[];
  lines: number;
  bytes: number;
}

/** Events kept from the beginning and from the end: bounds the memory of a hostile log. */
const KEPT_EVENTS = 4_000;
/** The end of the log that is read line by line, tokens or not. Bytes. */
const TAIL_BYTES = 48 * 1024;
/** Longest piece of a line without an end that is waited for; what is behind it is looked at by its tokens only. Bytes. */
const LINE_BYTES = 4 * LINE_LIMIT;

/**
 * Reads a log of any size in one pass and bounded memory.
 *
 * Feed it buffers with {@link push}, then call {@link end} once. Bytes are scanned for tokens; only lines that hold
 * one are decoded, cleaned and matched. Never throws on any bytes.
 */
export class Reader {
  readonly #patterns: Patterns;
  readonly #first: Event[] = [];
  #last: Event[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #line = 0;
  #bytes = 0;
  #cut = false;

  constructor(patterns: Patterns) {
    this.#patterns = patterns;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#keepTail(chunk);
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const complete = text.lastIndexOf(NEWLINE) + 1;
    this.#scan(text, complete);
    const rest = text.subarray(complete);
    if (rest.length > LINE_BYTES) {
      // A line without end: look at what is there (its beginning counts), and forget all but its last bytes.
      if (!this.#cut) this.#look(rest, 0, LINE_BYTES, this.#line + 1, 0);
      this.#cut = true;
      this.#rest = Buffer.from(rest.subarray(rest.length - LINE_LIMIT));
    } else {
      this.#rest = Buffer.from(rest);
    }
  }

  end(): Reading {
    if (this.#rest.length > 0) {
      const text = Buffer.concat([this.#rest, Buffer.from('\n')]);
      this.#scan(text, text.length);
      this.#rest = Buffer.alloc(0);
    }
    const tail = this.#readTail();
    const seen = new Set([...this.#first, ...this.#last].map((event) => event.line));
    const late = tail
      .filter(({ line }) => !seen.has(line))
      .map((one) => ({ ...one, matches: this.#patterns.match(one.text) }));
    const events = [...this.#first, ...this.#last, ...late.filter((event) => event.matches.length > 0)];
    events.sort((a, b) => a.line - b.line);
    return { events, tail, lines: this.#line, bytes: this.#bytes };
  }

  /** Walks the complete lines in `text[0, end)`. */
  #scan(text: Buffer, end: number): void {
    const { table, accepting } = this.#patterns.tokens;
    // A line begins where the text does: the state behind a newline, so that tokens like "\n$ " see it.
    let state = table[NEWLINE] as number;
    let begin = 0;
    let hit = -1;
    for (let i = 0; i < end; i++) {
      const byte = text[i] as number;
      if (byte === NEWLINE) {
        this.#line++;
        if (hit !== -1 && !this.#cut) this.#look(text, begin, i, this.#line, hit);
        this.#cut = false;
        hit = -1;
        begin = i + 1;
        state = table[NEWLINE] as number;
      } else {
        state = table[state + byte] as number;
        if (state >= accepting && hit === -1) hit = i;
      }
    }
  }

  /** Of a very long line the part around `hit`, the first token, is looked at. */
  #look(text: Buffer, begin: number, end: number, line: number, hit: number): void {
    const from = end - begin <= LINE_LIMIT ? begin : Math.max(begin, hit - LINE_LIMIT / 2);
    const cleaned = cleanLine(text.toString('utf8', from, Math.min(end, from + LINE_LIMIT)));
    const matches = this.#patterns.match(cleaned);
    if (matches.length === 0) return;
    const event = { line, text: cleaned, matches };
    if (this.#first.length < KEPT_EVENTS) this.#first.push(event);
    else {
      this.#last.push(event);
      if (this.#last.length > 2 * KEPT_EVENTS) this.#last = this.#last.slice(-KEPT_EVENTS);
    }
  }

  #keepTail(chunk: Buffer): void {
    if (chunk.length >= TAIL_BYTES) this.#tail = Buffer.from(chunk.subarray(chunk.length - TAIL_BYTES));
    else {
      const joined = Buffer.concat([this.#tail, chunk]);
      this.#tail = joined.length > TAIL_BYTES ? Buffer.from(joined.subarray(joined.length - TAIL_BYTES)) : joined;
    }
  }

  #readTail(): { line: number; text: string }[] {
    const lines = this.#tail.toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    const first = this.#line - lines.length + 1;
    const numbered = lines.map((raw, index) => ({ line: first + index, text: cleanLine(raw) }));
    // The tail may begin in the middle of a line: that half is left to the scan.
    return (this.#bytes > TAIL_BYTES ? numbered.slice(1) : numbered).filter(({ text }) => text.trim() !== '');
  }
}
