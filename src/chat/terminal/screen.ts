import { stripVTControlCharacters } from 'node:util';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;

/** Prints messages; the last one can be drawn again in place, with a spinner while it is not final. */
export class Screen {
  readonly #output: NodeJS.WriteStream | NodeJS.WritableStream;
  readonly #live: boolean;
  #last: { key: string; rows: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `live`: the output is a terminal, whose cursor can be moved. */
  constructor(output: NodeJS.WriteStream | NodeJS.WritableStream, live: boolean) {
    this.#output = output;
    this.#live = live;
  }

  get width(): number {
    return 'columns' in this.#output && typeof this.#output.columns === 'number' ? this.#output.columns : 100;
  }

  /** Draws a message; over its former state when nothing was printed since. */
  show(key: string, text: string, running: boolean): void {
    this.#stopSpinner();
    if (!this.#live) {
      // Piped to a file, each state of a running message would stand there for ever.
      if (!running) this.#output.write(`${text}\n\n`);
      return;
    }
    this.#erase(key);
    this.#paint(key, running ? `${text}\n${FRAMES[0]}` : `${text}\n`);
    if (!running) return;
    let frame = 0;
    this.#timer = setInterval(() => {
      frame = (frame + 1) % FRAMES.length;
      this.#output.write(`\u001b[1A\u001b[2K${FRAMES[frame]}\n`);
    }, FRAME_MS);
    this.#timer.unref();
  }

  /** Something else was printed (the person's own typing): the last message is no longer at the cursor. */
  moved(): void {
    this.#stopSpinner();
    this.#last = undefined;
  }

  close(): void {
    this.#stopSpinner();
  }

  #paint(key: string, text: string): void {
    this.#output.write(`${text}\n`);
    const rows = text
      .split('\n')
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / this.width)), 0);
    this.#last = { key, rows };
  }

  #erase(key: string): void {
    if (this.#last?.key === key) this.#output.write(`\u001b[${this.#last.rows}A\u001b[0J`);
  }

  #stopSpinner(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
