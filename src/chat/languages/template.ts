/** A sentence with holes, `{name}`, for what differs each time. */
export interface Template {
  /** What stands between the holes: one more than there are holes. */
  words: readonly string[];
  holes: readonly string[];
}

/** Pure. */
export function parseTemplate(sentence: string): Template {
  const parts = sentence.split(/\{([a-z]+)\}/);
  return { words: parts.filter((_, at) => at % 2 === 0), holes: parts.filter((_, at) => at % 2 === 1) };
}

/**
 * What fills the holes of a sentence; `undefined`: it is another one. Each hole takes as little as it can, and never
 * nothing. Pure, and linear in the text.
 */
export function match({ words, holes }: Template, text: string): Map<string, string> | undefined {
  const [first = '', ...others] = words;
  const last = others.at(-1);
  if (last === undefined) return text === first ? new Map() : undefined;
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined;
  const end = text.length - last.length;
  const filled = new Map<string, string>();
  let at = first.length;
  for (const [index, hole] of holes.entries()) {
    const isLast = index === holes.length - 1;
    const next = isLast ? end : text.indexOf(others[index] ?? '', at + 1);
    if (next <= at || next > end) return undefined;
    filled.set(hole, text.slice(at, next));
    at = next + (isLast ? 0 : (others[index] ?? '').length);
  }
  return filled;
}

/** Pure. */
export function fill({ words, holes }: Template, values: ReadonlyMap<string, string>): string {
  return words.map((one, at) => one + (holes[at] === undefined ? '' : (values.get(holes[at]) ?? ''))).join('');
}
