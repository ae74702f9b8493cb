/**
 * An Aho-Corasick automaton over bytes, ASCII case folded: finds any of many literals in one pass, one table
 * look-up a byte, whatever the bytes are. That is what makes the reader linear in the log's size.
 */
export interface Tokens {
  /** Byte → class: bytes that no token tells apart share one, so that the table stays small. */
  readonly classes: Uint8Array;
  /** Number of classes: the length of a state's row. */
  readonly width: number;
  /**
   * `(state >> 2) + class` → next state. A state is the place of its row, in bytes. One in which a token ends is
   * given as its complement: to see whether any did is to look at the sign.
   */
  readonly table: Int32Array;
  /** The state after a token was seen: it leaves it only at the line's end. No token leads here. */
  readonly seen: number;
  /** For each row: the tokens that end there, by their place in the list given. */
  readonly outputs: readonly (readonly number[] | undefined)[];
  readonly lengths: readonly number[];
}

export const NEWLINE = 10;

const BYTES_PER_STATE = 4;
/** A byte, or the letter of a text, that is in no token. */
export const NOT_ASCII = 128;

/**
 * Shows every token of a text, with the place where it begins. Tokens that begin with a line end see one before the
 * text; their place is -1.
 */
export function eachToken(text: string, tokens: Tokens, show: (token: number, at: number) => void): void {
  const { classes, width, table, outputs, lengths } = tokens;
  let state = table[classes[NEWLINE] as number] as number;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    state = table[(state >> 2) + (code < NOT_ASCII ? (classes[code] as number) : 0)] as number;
    if (state >= 0) continue;
    state = ~state;
    for (const token of outputs[state / (BYTES_PER_STATE * width)] ?? [])
      show(token, i + 1 - (lengths[token] as number));
  }
}

/**
 * Builds the automaton. Tokens are lower-case ASCII and not empty; a line end can only stand before others.
 * `allocate` gives the room for the table: so many numbers, all 0, of which the last ones may be left over.
 */
export function compileTokens(
  list: readonly string[],
  allocate: (length: number) => Int32Array = (length) => new Int32Array(length),
): Tokens {
  const tokens = list.map((token) => {
    if (!/^\n?[\0-\x09\x0b-\x7f]+$/.test(token) || /[A-Z]/.test(token))
      throw new Error(`not a token: ${JSON.stringify(token)}`);
    return Buffer.from(token);
  });
  const { classes, width } = classesOf(tokens);
  const most = tokens.reduce((sum, { length }) => sum + length, 2);
  const room = allocate(most * width);
  const { ends, states } = fillTree(room, tokens, classes, width);
  const table = room.subarray(0, (states + 1) * width);
  const outputs = complete(table, ends, states, width);

  // The state behind a token that was seen: one more row, which no transition above leads to.
  const seen = states;
  table.fill(seen, seen * width, (seen + 1) * width);
  table[seen * width + (classes[NEWLINE] as number)] = table[classes[NEWLINE] as number] as number;

  for (let i = 0; i < table.length; i++) {
    const state = table[i] as number;
    const place = state * width * BYTES_PER_STATE;
    table[i] = outputs[state] === undefined ? place : ~place;
  }
  return {
    classes,
    width,
    table,
    seen: seen * width * BYTES_PER_STATE,
    outputs,
    lengths: tokens.map(({ length }) => length),
  };
}

/** Class 0 is that of all bytes that are in no token. The line end has its own, in a token or not. */
function classesOf(tokens: readonly Buffer[]): { classes: Uint8Array; width: number } {
  const classes = new Uint8Array(256);
  let width = 1;
  classes[NEWLINE] = width++;
  for (const byte of tokens.flatMap((token) => [...token])) if (classes[byte] === 0) classes[byte] = width++;
  for (let upper = 65; upper <= 90; upper++) classes[upper] = classes[upper + 32] as number;
  return { classes, width };
}

/**
 * The tokens as a tree, all first letters before all second ones: a row's number grows with its depth. Ordinary text
 * never leaves the first rows, and these lie together in the processor's cache.
 */
function fillTree(table: Int32Array, tokens: readonly Buffer[], classes: Uint8Array, width: number) {
  const ends: number[][] = [[]];
  let states = 1;
  const at = tokens.map(() => 0);
  const longest = Math.max(0, ...tokens.map(({ length }) => length));
  for (let depth = 0; depth < longest; depth++) {
    for (const [index, token] of tokens.entries()) {
      if (depth >= token.length) continue;
      const edge = (at[index] as number) * width + (classes[token[depth] as number] as number);
      if (table[edge] === 0) {
        table[edge] = states++;
        ends.push([]);
      }
      at[index] = table[edge] as number;
      if (depth === token.length - 1) ends[at[index] as number]?.push(index);
    }
  }
  return { ends, states };
}

/** Where the tree has no edge, the automaton goes on with the longest end of the text that is in the tree. */
function complete(table: Int32Array, ends: readonly number[][], states: number, width: number) {
  const fallback = new Int32Array(states);
  const outputs: (readonly number[] | undefined)[] = [];
  for (let state = 0; state < states; state++) {
    const shorter = fallback[state] as number;
    const here = [...(ends[state] ?? []), ...(outputs[shorter] ?? [])];
    outputs.push(here.length > 0 ? here : undefined);
    for (let edge = 0; edge < width; edge++) {
      const next = table[state * width + edge] as number;
      const other = state === 0 ? 0 : (table[shorter * width + edge] as number);
      if (next === 0) table[state * width + edge] = other;
      else fallback[next] = other;
    }
  }
  return outputs;
}
