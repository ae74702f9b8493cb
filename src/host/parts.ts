/** One part of the script's answer: `NAME ARGUMENT`, and the lines below it. */
export interface Part {
  name: string;
  argument: string;
  text: string;
}

/** The parts of an answer, found by the word that begins each. */
export class Parts {
  readonly #parts: Part[] = [];

  /** Pure; what stands before the first part does not count. */
  constructor(output: string, boundary: string) {
    for (const line of output.split('\n')) {
      if (line.startsWith(`${boundary} `)) {
        const [name = '', ...rest] = line.slice(boundary.length + 1).split(' ');
        this.#parts.push({ name, argument: rest.join(' '), text: '' });
      } else {
        const part = this.#parts.at(-1);
        if (part !== undefined) part.text += `${line}\n`;
      }
    }
  }

  /** The first of that name, whose argument begins with that word where one is given. */
  find(name: string, word?: string): Part | undefined {
    return this.#parts.find(
      (part) => part.name === name && (word === undefined || part.argument.split(' ')[0] === word),
    );
  }

  text(name: string): string {
    return this.find(name)?.text ?? '';
  }

  lines(name: string): string[] {
    return linesOf(this.text(name));
  }

  all(name: string): Part[] {
    return this.#parts.filter((part) => part.name === name);
  }

  /** The one behind it. */
  after(part: Part): Part | undefined {
    return this.#parts[this.#parts.indexOf(part) + 1];
  }
}

/** Lines that hold something. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
