import { cleanLine, LINE_LIMIT } from './clean.js';
import type { Match, Patterns } from './patterns.js';
import { WINDOW_BYTES } from './scan.js';
import { Tail } from './tail.js';
import { printedAt } from './time.js';
import { NEWLINE } from './tokens.js';

/** A line that the catalogue or a landmark recognised, or one of the log's last lines. */
export interface Event {
  /** 1-based line of the log. */
  line: number;
  text: string;
  matches: readonly Match[];
  /** When it was printed, if the log has stamps. Milliseconds since the epoch. */
  at?: number;
}

export interface Reading {
  /** In the order of the log. Of a log with very many, the first and the last are kept. */
  events: readonly Event[];
  /** The last lines as a person sees them, empty ones left out: what failed usually stands there. */
  tail: readonly { line: number; text: string; at?: number }[];
  lines: number;
  bytes: number;
}

/** Events kept from the beginning and from the end: bounds the memory of a hostile log. */
const KEPT_EVENTS = 2_000;
/** The end of the log that is read line by line, tokens or not. Bytes. */
const TAIL_BYTES = 48 * 1024;
/** Of a longer line the part around its first token is looked at: so much before it, and twice as much in all. Bytes. */
const AROUND = LINE_LIMIT / 2;

/**
 * Reads a log of any size in one pass and bounded memory.
 *
 * Feed it buffers with {@link push}, then call {@link end} once. Bytes are scanned for tokens; only lines that hold
 * one are decoded, cleaned and matched. Never throws on any bytes. What is seen does not depend on how the log is cut
 * into buffers: it is scanned in windows of its own.
 */
export class Reader {
  readonly #patterns: Patterns;
  readonly #first: Event[] = [];
  #last: Event[] = [];
  readonly #window = Buffer.allocUnsafe(WINDOW_BYTES);
  #filled = 0;
  readonly #tail = new Tail(TAIL_BYTES);
  /** Complete lines, up to the window. */
  #line = 0;
  #bytes = 0;
  /** The window begins in the middle of a line that is longer than a window … */
  #within = false;
  /** … and that was looked at. */
  #seen = false;

  constructor(patterns: Patterns) {
    this.#patterns = patterns;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(this.#window, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled < WINDOW_BYTES) return;
      const complete = this.#window.lastIndexOf(NEWLINE) + 1;
      if (complete > 0) this.#scan(complete);
      else this.#scanLongLine();
    }
  }

  end(): Reading {
    // What stands behind the last line end is a line too.
    const open = this.#filled === 0 ? this.#within : this.#window[this.#filled - 1] !== NEWLINE;
    this.#scan(this.#filled);
    if (open) this.#line++;
    const tail = this.#readTail();
    const seen = new Set([...this.#first, ...this.#last].map((event) => event.line));
    const late = tail
      .filter(({ line }) => !seen.has(line))
      .map((one) => ({ ...one, matches: this.#patterns.match(one.text) }));
    const events = [...this.#first, ...this.#last, ...late.filter((event) => event.matches.length > 0)];
    events.sort((a, b) => a.line - b.line);
    return { events, tail, lines: this.#line, bytes: this.#bytes };
  }

  /** Looks at the lines with a token in `[0, end)` of the window, which are complete, and lets go of them. */
  #scan(end: number): void {
    const { scanner } = this.#patterns;
    const text = this.#window.subarray(0, end);
    let counted = 0;
    for (const hit of scanner.scan(text, !this.#within)) {
      const begin = text.lastIndexOf(NEWLINE, hit) + 1;
      this.#line += scanner.lineEnds(counted, begin);
      counted = begin;
      if (begin === 0 && this.#seen) continue;
      const behind = text.indexOf(NEWLINE, hit);
      this.#look(begin, behind === -1 ? end : behind, hit);
    }
    this.#line += scanner.lineEnds(counted, end);
    this.#within = false;
    this.#seen = false;
    this.#drop(end);
  }

  /** The window is full and holds no line end: looks around the line's first token, unless that was done. */
  #scanLongLine(): void {
    const hit = this.#seen ? undefined : this.#patterns.scanner.scan(this.#window, !this.#within)[0];
    const from = hit === undefined ? WINDOW_BYTES - AROUND : Math.max(0, hit - AROUND);
    if (this.#seen || (hit !== undefined && from + LINE_LIMIT <= WINDOW_BYTES)) {
      if (hit !== undefined) this.#look(0, WINDOW_BYTES, hit);
      this.#seen = true;
      this.#drop(WINDOW_BYTES);
    } else this.#drop(from);
    this.#within = true;
  }

  /** A line of the window, or of a very long one the part around `hit`, its first token. */
  #look(begin: number, end: number, hit: number): void {
    const from = end - begin <= LINE_LIMIT ? begin : Math.max(begin, hit - AROUND);
    const raw = this.#window.toString('utf8', from, Math.min(end, from + LINE_LIMIT));
    const text = cleanLine(raw);
    const matches = this.#patterns.match(text);
    if (matches.length === 0) return;
    const event = { line: this.#line + 1, text, matches, ...stamped(raw) };
    if (this.#first.length < KEPT_EVENTS) this.#first.push(event);
    else {
      this.#last.push(event);
      if (this.#last.length > 2 * KEPT_EVENTS) this.#last = this.#last.slice(-KEPT_EVENTS);
    }
  }

  #drop(bytes: number): void {
    this.#tail.push(this.#window.subarray(0, bytes));
    this.#window.copyWithin(0, bytes, this.#filled);
    this.#filled -= bytes;
  }

  #readTail(): { line: number; text: string; at?: number }[] {
    const lines = this.#tail.bytes.toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    const first = this.#line - lines.length + 1;
    const numbered = lines.map((raw, index) => ({ line: first + index, text: cleanLine(raw), ...stamped(raw) }));
    // The tail may begin in the middle of a line: that half is left to the scan.
    return (this.#bytes > TAIL_BYTES ? numbered.slice(1) : numbered).filter(({ text }) => text.trim() !== '');
  }
}

function stamped(raw: string): { at?: number } {
  const at = printedAt(raw);
  return at === undefined ? {} : { at };
}
