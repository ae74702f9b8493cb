import type * as Prism from '@ruby/prism/src/index.js';
import { lineIndex } from './lines.js';

export type RbValue = string | number | boolean | null | RbValue[] | { [key: string]: RbValue };

/** One assignment of gitlab.rb, in the order of the file: a later one of the same path wins. */
export interface Setting {
  /** `registry['nginx']['ssl_certificate']` is `['registry', 'nginx', 'ssl_certificate']`. */
  path: string[];
  /** `undefined` where Ruby would have to run to know it (ENV, interpolation, inside an `if`). */
  value: RbValue | undefined;
  /** 1-based line of the file. */
  line: number;
}

/** From the first byte to the one behind the last: the parser counts bytes. */
export type Range = readonly [from: number, to: number];

/** Where a setting stands in the source, for whoever wants to change it there. */
export interface Span {
  /** `registry['enable']`. */
  name: Range;
  value: Range;
  /** The value is a text in double quotes. */
  doubleQuoted: boolean;
  /** Its lines with their ends, where nothing but a comment stands on them besides. */
  lines?: Range;
}

export interface GitlabRb {
  settings: Setting[];
  /** None for a heredoc, whose text stands elsewhere, and for `||=` and the like. */
  spans: ReadonlyMap<Setting, Span>;
  /** Syntax errors: with one of these, `gitlab-ctl reconfigure` fails before it writes anything. */
  errors: { line: number; message: string }[];
  /** What Ruby itself warns of that changes what the file says: a key that stands in a hash twice. */
  warnings: { line: number; message: string }[];
  /** Variables of the file's own. `registry_external_url = '…'` is one: it sets nothing. */
  variables: { name: string; line: number }[];
}

type Parse = Awaited<ReturnType<typeof Prism.loadPrism>>;
let prism: typeof Prism;
let loading: Promise<Parse> | undefined;

/**
 * Reads gitlab.rb with Ruby's own parser (Prism as WebAssembly), which runs nothing of the file.
 *
 * Never throws on bad Ruby: the faults are in `errors`, and what could be read is in `settings`.
 */
export async function parseGitlabRb(source: string): Promise<GitlabRb> {
  loading ??= loadPrism();
  const result = (await loading)(source);
  const lineOf = lineIndex(source);
  const settings: Setting[] = [];
  const spans = new Map<Setting, Span>();
  const variables: GitlabRb['variables'] = [];
  const bytes = Buffer.from(source);
  collect(result.value.statements.body, true);
  return {
    settings,
    spans,
    variables,
    errors: result.errors.map((error) => ({ line: lineOf(error.location.startOffset), message: error.message })),
    warnings: result.warnings
      .filter(({ message }) => message.includes('duplicated'))
      .map(({ location, message }) => ({ line: lineOf(location.startOffset), message })),
  };

  function collect(nodes: readonly unknown[], certain: boolean): void {
    for (const node of nodes) {
      const found = settingOf(node);
      if (found !== undefined) {
        const { path, value, startOffset } = found;
        const setting = { path, value: certain ? value : undefined, line: lineOf(startOffset) };
        const span = found.at && spanOf(bytes, startOffset, found.at);
        settings.push(setting);
        if (span !== undefined) spans.set(setting, span);
      } else if (isNode(node)) {
        if (node instanceof prism.LocalVariableWriteNode)
          variables.push({ name: node.name, line: lineOf(node.location.startOffset) });
        // An assignment inside `if`, `unless`, a block …: it exists, but whether it counts only Ruby can tell.
        collect(node.compactChildNodes(), certain && isTransparent(node));
      }
    }
  }
}

/** The last value that the file gives a path; `undefined` when it gives none or it is computed. */
export function settingOfPath(file: GitlabRb, ...path: string[]): Setting | undefined {
  return file.settings.findLast(
    (one) => one.path.length === path.length && one.path.every((key, i) => key === path[i]),
  );
}

async function loadPrism(): Promise<Parse> {
  // Prism is built on node:wasi, whose import warns that it is experimental: noise on every terminal.
  // Hence the late import, with that one warning held back.
  const warn = process.emitWarning;
  process.emitWarning = (warning, ...rest: unknown[]) => {
    if (!String(warning).includes('WASI')) Reflect.apply(warn, process, [warning, ...rest]);
  };
  try {
    prism = await import('@ruby/prism/src/index.js');
    return await prism.loadPrism();
  } finally {
    process.emitWarning = warn;
  }
}

function isNode(node: unknown): node is { compactChildNodes(): unknown[] } {
  return typeof node === 'object' && node !== null && 'compactChildNodes' in node;
}

function isTransparent(node: object): boolean {
  return (
    node instanceof prism.StatementsNode || node instanceof prism.ParenthesesNode || node instanceof prism.BeginNode
  );
}

interface Node {
  location: Location;
}
interface Location {
  startOffset: number;
  length: number;
}

interface Found {
  path: string[];
  value: RbValue | undefined;
  startOffset: number;
  at?: { name: Range; value: Range; end: number };
}

function settingOf(node: unknown): Found | undefined {
  if (node instanceof prism.CallNode) {
    const args = node.arguments_?.arguments_ ?? [];
    const startOffset = node.location.startOffset;
    const at = (nameEnd: number, given: Node | undefined) =>
      given === undefined
        ? {}
        : { at: { name: [startOffset, nameEnd] as const, value: rangeOf(given.location), end: endOf(node.location) } };
    if (node.name === '[]=' && args.length === 2) {
      const path = pathOf(node.receiver);
      const key = literal(args[0]);
      if (path === undefined || typeof key !== 'string') return undefined;
      return { path: [...path, key], value: literal(args[1]), startOffset, ...at(endOf(node.closingLoc), args[1]) };
    }
    // `external_url 'https://…'`: a call without a receiver.
    if (node.receiver === null && args.length === 1 && !node.name.endsWith('=')) {
      return { path: [node.name], value: literal(args[0]), startOffset, ...at(endOf(node.messageLoc), args[0]) };
    }
  }
  if (node instanceof prism.IndexOrWriteNode || node instanceof prism.IndexOperatorWriteNode) {
    const path = pathOf(node.receiver);
    const key = literal(node.arguments_?.arguments_[0]);
    if (path === undefined || typeof key !== 'string') return undefined;
    return { path: [...path, key], value: undefined, startOffset: node.location.startOffset };
  }
  return undefined;
}

function rangeOf({ startOffset, length }: Location): Range {
  return [startOffset, startOffset + length];
}

function endOf(location: Location | null): number {
  return location === null ? 0 : location.startOffset + location.length;
}

const HEREDOC = /<<[-~]?["'`\w]/;

function spanOf(bytes: Buffer, from: number, { name, value, end }: NonNullable<Found['at']>): Span | undefined {
  if (HEREDOC.test(bytes.toString('utf8', from, end))) return undefined;
  const first = from === 0 ? 0 : bytes.lastIndexOf(10, from - 1) + 1;
  const last = bytes.indexOf(10, end);
  const after = last === -1 ? bytes.length : last + 1;
  const isAlone =
    bytes.toString('utf8', first, from).trim() === '' && /^\s*(?:#.*)?\s*$/.test(bytes.toString('utf8', end, after));
  return { name, value, doubleQuoted: bytes[value[0]] === 34, ...(isAlone ? { lines: [first, after] as const } : {}) };
}

function pathOf(node: unknown): string[] | undefined {
  if (!(node instanceof prism.CallNode)) return undefined;
  if (node.receiver === null && node.arguments_ === null) return [node.name];
  if (node.name !== '[]') return undefined;
  const path = pathOf(node.receiver);
  const key = literal(node.arguments_?.arguments_[0]);
  return path === undefined || typeof key !== 'string' ? undefined : [...path, key];
}

function literal(node: unknown): RbValue | undefined {
  if (node instanceof prism.StringNode || node instanceof prism.SymbolNode) return node.unescaped.value;
  if (node instanceof prism.IntegerNode || node instanceof prism.FloatNode) return Number(node.value);
  if (node instanceof prism.TrueNode) return true;
  if (node instanceof prism.FalseNode) return false;
  if (node instanceof prism.NilNode) return null;
  if (node instanceof prism.ParenthesesNode && node.body instanceof prism.StatementsNode)
    return literal(node.body.body[0]);
  if (node instanceof prism.CallNode && node.name === 'freeze' && node.receiver !== null) return literal(node.receiver);
  if (node instanceof prism.InterpolatedStringNode) {
    // Prism also gives this node to heredocs and adjacent literals that interpolate nothing.
    const parts = node.parts.map(literal);
    return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
  }
  if (node instanceof prism.ArrayNode) return all(node.elements.map(literal));
  if (node instanceof prism.HashNode || node instanceof prism.KeywordHashNode) return hash(node.elements);
  return undefined;
}

function all(values: (RbValue | undefined)[]): RbValue[] | undefined {
  return values.every((value) => value !== undefined) ? values : undefined;
}

function hash(elements: readonly unknown[]): RbValue | undefined {
  const entries: [string, RbValue][] = [];
  for (const element of elements) {
    if (!(element instanceof prism.AssocNode)) return undefined;
    const key = literal(element.key);
    const value = literal(element.value);
    if ((typeof key !== 'string' && typeof key !== 'number') || value === undefined) return undefined;
    entries.push([String(key), value]);
  }
  // fromEntries defines own properties, so a key named __proto__ stays a key.
  return Object.fromEntries(entries);
}
