/** The last bytes of a text that is read once, in a buffer of its own. */
export class Tail {
  readonly #buffer: Buffer;
  #length = 0;

  constructor(bytes: number) {
    this.#buffer = Buffer.allocUnsafe(bytes);
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  push(more: Buffer): void {
    const buffer = this.#buffer;
    const kept = Math.min(this.#length, Math.max(0, buffer.length - more.length));
    buffer.copyWithin(0, this.#length - kept, this.#length);
    this.#length = kept + more.copy(buffer, kept, Math.max(0, more.length - buffer.length));
  }
}
