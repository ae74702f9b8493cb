/**
 * An Aho-Corasick automaton over bytes, ASCII case folded: finds any of many literals in one pass, one table
 * look-up a byte, whatever the bytes are. That is what makes the reader linear in the log's size.
 */
export interface Tokens {
  /** `(state + byte)` → next state; states are multiplied by 256 so that no multiplication is in the loop. */
  readonly table: Int32Array;
  /** States at or above this one end a token. */
  readonly accepting: number;
  /** For each accepting state, in their order: the tokens that end there, by their place in the list given. */
  readonly outputs: readonly (readonly number[])[];
}

/** The state behind a line end: tokens that begin with one see the beginning of a text. */
export const NEWLINE = 10;

/** Every token of a text, with the place where it begins. A place before the text is that of a line end. */
export function* tokensIn(
  text: string,
  { table, accepting, outputs }: Tokens,
  lengths: readonly number[],
): Generator<{ token: number; at: number }> {
  let state = table[NEWLINE] as number;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    state = table[state + (code < 128 ? code : 0)] as number;
    if (state < accepting) continue;
    for (const token of outputs[(state - accepting) >> 8] as readonly number[])
      yield { token, at: i + 1 - (lengths[token] as number) };
  }
}

/** Builds the automaton. `tokens` must be lower-case ASCII and not empty. */
export function compileTokens(tokens: readonly string[]): Tokens {
  const children: Map<number, number>[] = [new Map()];
  const ends: number[][] = [[]];
  for (const [index, token] of tokens.entries()) {
    if (token === '' || /[^\0-\x7f]|[A-Z]/.test(token)) throw new Error(`not a token: ${JSON.stringify(token)}`);
    let state = 0;
    for (const byte of Buffer.from(token)) {
      let next = children[state]?.get(byte);
      if (next === undefined) {
        next = children.length;
        children.push(new Map());
        ends.push([]);
        children[state]?.set(byte, next);
      }
      state = next;
    }
    (ends[state] as number[]).push(index);
  }

  const order: number[] = [0];
  const fail = new Array<number>(children.length).fill(0);
  const dense = children.map(() => new Int32Array(256));
  for (let i = 0; i < order.length; i++) {
    const state = order[i] as number;
    const row = dense[state] as Int32Array;
    const fallback = dense[fail[state] as number] as Int32Array;
    (ends[state] as number[]).push(...(ends[fail[state] as number] as number[]));
    for (let byte = 0; byte < 256; byte++) {
      const child = children[state]?.get(byte);
      if (child === undefined) row[byte] = state === 0 ? 0 : (fallback[byte] as number);
      else {
        row[byte] = child;
        fail[child] = state === 0 ? 0 : (fallback[byte] as number);
        order.push(child);
      }
    }
  }

  // Renumber so that the accepting states come last: "did a token end here?" is then one comparison.
  const isEnd = (state: number) => (ends[state] as number[]).length > 0;
  const sorted = [...order].sort((a, b) => Number(isEnd(a)) - Number(isEnd(b)) || a - b);
  const rank = new Array<number>(children.length);
  sorted.forEach((state, index) => {
    rank[state] = index;
  });
  const table = new Int32Array(children.length * 256);
  for (const state of order) {
    const row = dense[state] as Int32Array;
    const base = (rank[state] as number) * 256;
    for (let byte = 0; byte < 256; byte++) {
      const folded = byte >= 65 && byte <= 90 ? byte + 32 : byte;
      table[base + byte] = (rank[row[folded] as number] as number) * 256;
    }
  }
  const first = sorted.findIndex(isEnd);
  const accepting = first === -1 ? sorted.length : first;
  return {
    table,
    accepting: accepting * 256,
    outputs: sorted.slice(accepting).map((state) => ends[state] as number[]),
  };
}
