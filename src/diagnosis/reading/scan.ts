import { MODULE } from './scan-module.js';
import { compileTokens, NEWLINE, NOT_ASCII, type Tokens } from './tokens.js';

/** Of the text that is scanned at once: it stays in the processor's cache. Bytes. */
export const WINDOW_BYTES = 64 * 1024;

/** Where scan.wat expects the automaton's table. */
const TABLE = 256;
const PAGE_BYTES = 64 * 1024;
const STREAMS = 4;

/** What of WebAssembly is used here; @types/node does not tell it, and the browser's types are not ours. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: object };
};

interface Exports {
  scan(a: number, b: number, c: number, d: number, length: number, seen: number, found: number): number;
  lineEnds(from: number, to: number): number;
}

/** Finds the lines of a text that hold a token. One serves any number of readers: it keeps nothing between two texts. */
export class Scanner {
  /** Their table lies in the scan's memory. */
  readonly tokens: Tokens;
  readonly #exports: Exports;
  readonly #memory: Buffer;
  readonly #text: number;
  readonly #found: number;

  constructor(list: readonly string[]) {
    let memory = new WebAssembly.Memory({ initial: 1 });
    let text = 0;
    let found = 0;
    // The table is built where the scan reads it: it is too large to be there twice.
    this.tokens = compileTokens(list, (length) => {
      // One byte stands before the text, and as much is free behind it: see `scan`.
      text = TABLE + length * Int32Array.BYTES_PER_ELEMENT + 1;
      found = Math.ceil((text + 2 * WINDOW_BYTES) / 4) * 4;
      // Each part finds one place in a line, and reads no more than the whole text.
      const most = STREAMS * (WINDOW_BYTES / 2) * Uint32Array.BYTES_PER_ELEMENT;
      memory = new WebAssembly.Memory({ initial: Math.ceil((found + most) / PAGE_BYTES) });
      return new Int32Array(memory.buffer, TABLE, length);
    });
    this.#text = text;
    this.#found = found;
    this.#memory = Buffer.from(memory.buffer);
    this.#memory.set(this.tokens.classes, 0);
    const module = new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
    this.#exports = new WebAssembly.Instance(module, { scan: { memory } }).exports as Exports;
  }

  /**
   * Of each line with a token: where the first token ends, its last byte, in the text's order. The text has at most
   * {@link WINDOW_BYTES}; its first line is one that began earlier unless `begins`.
   *
   * It is cut at line ends into four parts, which are read alongside each other, each as long as the longest: what a
   * part reads of the next one, or behind the text, it finds twice or for nothing.
   */
  scan(text: Buffer, begins: boolean): Uint32Array {
    const from = this.#text;
    this.#memory[from - 1] = begins ? NEWLINE : NOT_ASCII;
    text.copy(this.#memory, from);
    // Each part begins with the line end before it: tokens that begin with one see the beginning of a line.
    const cut = (quarter: number) => text.lastIndexOf(NEWLINE, Math.floor((quarter * text.length) / STREAMS));
    const [b, c, d] = [cut(1), cut(2), cut(3)];
    const length = Math.max(b + 1, c - b, d - c, text.length - d);
    const end = this.#exports.scan(from - 1, from + b, from + c, from + d, length, this.tokens.seen, this.#found);
    const found = new Uint32Array(
      this.#memory.buffer,
      this.#found,
      (end - this.#found) / Uint32Array.BYTES_PER_ELEMENT,
    );
    return found
      .sort()
      .map((place) => place - from)
      .filter((place, index, all) => place < text.length && place !== all[index - 1]);
  }

  /** Line ends in [from, to) of the text that was scanned last. */
  lineEnds(from: number, to: number): number {
    return this.#exports.lineEnds(this.#text + from, this.#text + to);
  }
}
