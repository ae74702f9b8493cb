import type { Directive } from '../nginx.js';
import { UNKNOWN } from '../render/settings.js';
import { agrees, cut, type RawDifference } from './difference.js';
import { identity, meaning, orderMatters, told } from './nginx-words.js';

interface Pair {
  expected: Directive;
  actual: Directive;
}

/**
 * Block by block and directive by directive; comments, blank lines, quotes and indentation are gone already, and the
 * order of directives counts only where nginx carries them out in turn.
 */
export function compareNginx(expected: readonly Directive[], actual: readonly Directive[]): RawDifference[] {
  return compareBlocks(expected, actual, '', undefined);
}

function compareBlocks(
  expected: readonly Directive[],
  actual: readonly Directive[],
  path: string,
  opened: number | undefined,
): RawDifference[] {
  const anything = expected.some(({ name }) => name === UNKNOWN);
  const wanted = expected.filter(({ name }) => name !== UNKNOWN);
  const same = pairUp(wanted, actual, canonical);
  const computed = takeComputed(same.expected, same.actual);
  const alike = pairUp(computed.expected, computed.actual, identity);
  const named = pairUp(alike.expected, alike.actual, ({ name }) => name);
  const pairs = [...same.pairs, ...computed.pairs, ...alike.pairs, ...named.pairs];
  const lineOf = new Map(pairs.map((pair) => [pair.expected, pair.actual]));
  const found = [...alike.pairs, ...named.pairs].flatMap((pair) => comparePair(pair, path));
  let before = opened;
  for (const one of wanted) {
    const other = lineOf.get(one);
    if (other !== undefined) before = lastLine(other);
    else if (named.expected.includes(one)) {
      const { key, value } = told(one);
      found.push({ key: path + key, expected: cut(value), actual: undefined, line: before, expectedLine: one.line });
    }
  }
  if (!anything)
    for (const one of named.actual) {
      const { key, value } = told(one);
      found.push({
        key: cut(path + key),
        expected: undefined,
        actual: cut(value),
        line: one.line,
        expectedLine: undefined,
      });
    }
  return [...found, ...outOfOrder(pairs, path)];
}

function comparePair({ expected, actual }: Pair, path: string): RawDifference[] {
  const { key, value } = told(expected);
  const words = meaning(expected);
  const others = meaning(actual);
  const fits = words.length === others.length && words.every((word, i) => agrees(word, others[i] ?? ''));
  const block = expected.children !== undefined;
  const found: RawDifference[] = [];
  if (!fits || block !== (actual.children !== undefined)) {
    const other = told(actual);
    found.push({
      key: path + key,
      expected: cut(value),
      actual: cut(other.key === key ? other.value : `${other.key} ${other.value}`),
      line: actual.line,
      expectedLine: expected.line,
    });
  } else if (block) {
    const inside = expected.name === 'server' ? (identity(expected) === 'server' ? '' : 'redirect: ') : `${key}: `;
    return compareBlocks(expected.children ?? [], actual.children ?? [], path + inside, actual.line);
  }
  return found;
}

/** Takes directives of the same key together, in their order; what is left over has no partner. */
function pairUp(
  expected: readonly Directive[],
  actual: readonly Directive[],
  keyOf: (one: Directive) => string,
): { pairs: Pair[]; expected: Directive[]; actual: Directive[] } {
  const waiting = new Map<string, Directive[]>();
  for (const one of [...actual].reverse()) {
    const key = keyOf(one);
    const queue = waiting.get(key);
    if (queue === undefined) waiting.set(key, [one]);
    else queue.push(one);
  }
  const pairs: Pair[] = [];
  const alone: Directive[] = [];
  for (const one of expected) {
    const partner = waiting.get(keyOf(one))?.pop();
    if (partner === undefined) alone.push(one);
    else pairs.push({ expected: one, actual: partner });
  }
  const left = new Set([...waiting.values()].flat());
  return { pairs, expected: alone, actual: actual.filter((one) => left.has(one)) };
}

/** Made from the items of a list, which gitlab.rb may compute. */
const FROM_LISTS = new Set(['listen', 'set_real_ip_from', 'proxy_set_header', 'ssl_conf_command']);

/** A directive made from a computed list stands for any number of the kind; computed headers for none as well. */
function takeComputed(expected: readonly Directive[], actual: readonly Directive[]) {
  const pairs: Pair[] = [];
  let left = [...actual];
  const alone = expected.filter((one) => {
    if (!FROM_LISTS.has(one.name) || !one.args.some((word) => word.includes(UNKNOWN))) return true;
    const words = meaning(one);
    const takes = left.filter((other) => {
      const others = meaning(other);
      if (other.name !== one.name) return false;
      return words.every((word, i) => agrees(word, others[i] ?? ''));
    });
    left = left.filter((other) => !takes.includes(other));
    const [first] = takes;
    if (first !== undefined) pairs.push({ expected: one, actual: first });
    return first === undefined && one.args[0] !== UNKNOWN;
  });
  return { pairs, expected: alone, actual: left };
}

/** The whole directive as one text; two that mean the same, but for the order in blocks, have the same. */
function canonical(one: Directive): string {
  const words = JSON.stringify([one.name, ...meaning(one)]);
  return one.children === undefined ? words : `${words}{${one.children.map(canonical).join('')}}`;
}

function outOfOrder(pairs: readonly Pair[], path: string): RawDifference[] {
  const ordered = pairs
    .filter(({ expected }) => orderMatters(expected))
    .sort((a, b) => a.expected.line - b.expected.line);
  for (const [i, pair] of ordered.entries()) {
    const next = ordered[i + 1];
    if (next === undefined || next.actual.line >= pair.actual.line) continue;
    const { key } = told(pair.expected);
    return [
      {
        key: path + key,
        expected: `before ${told(next.expected).key}`,
        actual: 'after it',
        line: pair.actual.line,
        expectedLine: pair.expected.line,
      },
    ];
  }
  return [];
}

function lastLine({ line, children }: Directive): number {
  const last = children?.at(-1);
  return last === undefined ? line : lastLine(last);
}
