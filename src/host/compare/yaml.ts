import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { isSecret } from '../../secrets/keys.js';
import { UNKNOWN } from '../render/settings.js';
import { agrees, cut, type RawDifference } from './difference.js';

/** A YAML value with its line, aliases resolved; a scalar has neither `map` nor `list`. */
interface Tree {
  /** Of a scalar, as it is told: `"false"` and `false` are two texts. */
  text: string;
  line: number | undefined;
  map?: Map<string, Tree>;
  list?: Tree[];
}

export interface ReadYaml {
  tree: Tree;
  /** For which the registry would refuse the file, or read something else than is written. */
  errors: { line: number; message: string }[];
}

/** Values that a file may hold, and how deep: more is an attack by aliases, or no configuration. */
const MAX_VALUES = 200_000;
const MAX_DEPTH = 100;

/** A generated file has some thousand; reading a megabyte takes seconds. Characters. */
const MAX_LENGTH = 1_000_000;

/**
 * Reads config.yml as the registry does (YAML 1.1: `yes` is true). Never throws: what can't be read is in `errors`.
 *
 * Source: the registry's configuration parser, gopkg.in/yaml.v2.
 */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const errors: ReadYaml['errors'] = [];
  if (text.length > MAX_LENGTH) {
    errors.push({ line: 1, message: `it has ${text.length} characters, more than any configuration of a registry` });
    return { tree: { text: 'null', line: 1 }, errors };
  }
  try {
    // The library looks for a key twice in quadratic time; `treeOf` does it as it goes.
    const document = parseDocument(text, {
      lineCounter: lines,
      version: '1.1',
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
    });
    for (const { pos, message } of document.errors.slice(0, 20))
      errors.push({ line: lines.linePos(pos[0]).line, message: firstLine(message) });
    const state: State = { left: MAX_VALUES, lines, anchors: new Map(), errors };
    return { tree: treeOf(document.contents, state, 0), errors };
  } catch (error) {
    errors.push({ line: 1, message: error instanceof Error ? firstLine(error.message) : String(error) });
    return { tree: { text: 'null', line: 1 }, errors };
  }
}

interface State {
  left: number;
  lines: LineCounter;
  /** The last node of each name so far: an alias means the one before it. */
  anchors: Map<string, Node>;
  errors: ReadYaml['errors'];
}

function treeOf(given: unknown, state: State, depth: number): Tree {
  if (state.left-- <= 0) throw new Error(`it has more than ${MAX_VALUES} values`);
  if (depth > MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH} levels`);
  const node = isAlias(given) ? state.anchors.get(given.source) : given;
  const line = lineOf(given, state);
  if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string') state.anchors.set(node.anchor, node);
  if (isMap(node)) {
    const map = new Map<string, Tree>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const at = lineOf(key, state);
      if (map.has(name)) state.errors.push({ line: at ?? 1, message: `the key ${cut(name)} stands there twice` });
      const tree = treeOf(value, state, depth + 1);
      map.set(name, { ...tree, line: at ?? tree.line });
    }
    return { text: '', line, map };
  }
  if (isSeq(node)) return { text: '', line, list: node.items.map((item) => treeOf(item, state, depth + 1)) };
  return { text: isScalar(node) ? scalar(node.value) : 'null', line };
}

function lineOf(node: unknown, { lines }: State): number | undefined {
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? undefined : lines.linePos(start).line;
}

function scalar(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  return JSON.stringify(value) ?? 'null';
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** As it is told: JSON, cut where it is long. */
function shown(tree: Tree, room = 200): string {
  const { map, list } = tree;
  if (map === undefined && list === undefined) return cut(tree.text);
  let text = '';
  for (const [key, inner] of map ?? (list ?? []).entries()) {
    if (text.length > room) return cut(`${map === undefined ? '[' : '{'}${text},…`);
    const value = typeof key === 'string' && isSecret(key) ? '"***"' : shown(inner, room - text.length);
    text += `${text === '' ? '' : ','}${map === undefined ? '' : `${JSON.stringify(key)}:`}${value}`;
  }
  return map === undefined ? `[${text}]` : `{${text}}`;
}

/** Value by value: types count, the order of a map does not, that of a list does. */
export function compareYaml(expected: Tree, actual: Tree): RawDifference[] {
  return compare(expected, actual, '', actual.line);
}

function compare(expected: Tree, actual: Tree, key: string, line: number | undefined): RawDifference[] {
  if (isHidden(expected) || isHidden(actual)) return [];
  if (expected.map !== undefined && actual.map !== undefined) return compareMaps(expected.map, actual.map, key, line);
  if (expected.list !== undefined && actual.list?.length === expected.list.length) {
    const { list } = actual;
    return expected.list.flatMap((one, i) => {
      const other = list[i];
      return other === undefined ? [] : compare(one, other, `${key}[${i}]`, other.line ?? line);
    });
  }
  const scalars = !expected.map && !expected.list && !actual.map && !actual.list;
  // A text with a hidden part agrees with a text only: it is never a number.
  const texts = expected.text.startsWith('"') && actual.text.startsWith('"');
  if (scalars && (expected.text === actual.text || (texts && agrees(expected.text, actual.text)))) return [];
  return [
    { key, expected: shown(expected), actual: shown(actual), line: line ?? actual.line, expectedLine: expected.line },
  ];
}

/** A whole value that was masked, or that gitlab.rb computes. */
function isHidden({ text }: Tree): boolean {
  return text === '"***"' || text === `"${UNKNOWN}"`;
}

function compareMaps(
  expected: Map<string, Tree>,
  actual: Map<string, Tree>,
  path: string,
  line: number | undefined,
): RawDifference[] {
  const found: RawDifference[] = [];
  const at = (key: string) => (path === '' ? key : `${path}.${cut(key)}`);
  let before = line;
  for (const [key, one] of expected) {
    const other = actual.get(key);
    if (other === undefined)
      found.push({ key: at(key), expected: shown(one), actual: undefined, line: before, expectedLine: one.line });
    else {
      for (const difference of compare(one, other, at(key), other.line)) found.push(difference);
      before = lastLine(other) ?? before;
    }
  }
  for (const [key, other] of actual) {
    if (!expected.has(key))
      found.push({
        key: at(key),
        expected: undefined,
        actual: shown(other),
        line: other.line,
        expectedLine: undefined,
      });
  }
  return found;
}

function lastLine(tree: Tree): number | undefined {
  const last = tree.map === undefined ? tree.list?.at(-1) : [...tree.map.values()].at(-1);
  return (last === undefined ? undefined : lastLine(last)) ?? tree.line;
}
