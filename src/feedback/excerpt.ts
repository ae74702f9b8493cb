/** Of a long log the beginning and the end are kept. Bytes. */
const HEAD_BYTES = 16 * 1024;
const TAIL_BYTES = 48 * 1024;

/** The beginning and the end of a log that streams by, in bounded memory. */
export class Excerpt {
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #size = 0;

  push(chunk: Buffer): void {
    const free = HEAD_BYTES - this.#head.length;
    if (free > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, free)]);
    const rest = chunk.subarray(Math.max(0, free));
    this.#size += chunk.length;
    if (rest.length > 0) {
      const joined = rest.length >= TAIL_BYTES ? rest : Buffer.concat([this.#tail, rest]);
      this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - TAIL_BYTES)));
    }
  }

  text(): string {
    const left = this.#size - this.#head.length - this.#tail.length;
    const gap = left > 0 ? `\n… ${left} bytes left out …\n` : '';
    return `${this.#head.toString('utf8')}${gap}${this.#tail.toString('utf8')}`;
  }
}
