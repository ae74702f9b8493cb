import { RE2JS } from 're2js';
import type { Cause } from '../cause.js';
import type { Landmark, LandmarkId } from '../landmarks.js';
import { Scanner } from './scan.js';
import { eachToken } from './tokens.js';

/** What one pattern found on one line. */
export type Match =
  | { kind: 'signal'; cause: string; signal: number; at: number; groups: Readonly<Record<string, string>> }
  | { kind: 'landmark'; id: LandmarkId; groups: Readonly<Record<string, string>> };

export interface Patterns {
  /** For raw bytes: a line without any token can't match. */
  scanner: Scanner;
  /** All that the catalogue and the landmarks see in a cleaned line. */
  match(text: string): Match[];
}

/** What a token stands for. A literal needs no expression: its token is the match. */
interface Pattern {
  of: { kind: 'signal'; cause: string; signal: number } | { kind: 'landmark'; id: LandmarkId };
  matches?: string;
  /** Landmarks stand behind the signals, in the order of their list, whichever token a line holds first. */
  place: number;
  /** The last line in which one of its tokens was found: it is tried once a line. */
  turn: number;
}

/**
 * The tokens of all signals and landmarks in one automaton. They choose the few expressions that a line is tried
 * against: over a thousand of them in one RE2 set make its automaton grow with every new kind of line (measured: 40 ms
 * a line), and a set of the landmarks alone costs each line more than its token does.
 *
 * RE2 runs in time linear in the line (automata, no backtracking), and an expression that could not (lookaround,
 * backreference) does not compile: that is the guarantee. Each is compiled when a line first needs it, and by a test.
 */
export function compilePatterns(causes: readonly Cause[], landmarks: readonly Landmark[]): Patterns {
  const byToken = new Map<string, Pattern[]>();
  const add = (token: string, pattern: Pattern) => {
    const list = byToken.get(token);
    if (list === undefined) byToken.set(token, [pattern]);
    else list.push(pattern);
  };
  for (const { id, signals } of causes) {
    for (const [index, signal] of signals.entries()) {
      const of = { kind: 'signal', cause: id, signal: index } as const;
      if ('says' in signal) add(signal.says.toLowerCase(), { of, place: -1, turn: 0 });
      else add(signal.token, { of, matches: signal.matches, place: -1, turn: 0 });
    }
  }
  for (const [place, { id, matches, tokens }] of landmarks.entries()) {
    const pattern: Pattern = { of: { kind: 'landmark', id }, matches, place, turn: 0 };
    for (const token of tokens) add(token, pattern);
  }
  const patternsOf = [...byToken.values()];
  const scanner = new Scanner([...byToken.keys()]);
  let turn = 0;

  return {
    scanner,
    match(text) {
      const found: { pattern: Pattern; at: number }[] = [];
      turn++;
      eachToken(text, scanner.tokens, (token, at) => {
        for (const pattern of patternsOf[token] ?? []) {
          if (pattern.turn === turn) continue;
          pattern.turn = turn;
          found.push({ pattern, at });
        }
      });
      if (found.length > 1) found.sort((a, b) => a.pattern.place - b.pattern.place);
      return found.flatMap(({ pattern: { of, matches }, at: token }): Match[] => {
        const hit = matches === undefined ? { at: token, groups: {} } : findIn(matches, text);
        if (hit === undefined) return [];
        const { at, groups } = hit;
        // Spelt out, not spread: objects of one shape are read many times faster, and a story reads them often.
        return of.kind === 'signal'
          ? [{ kind: of.kind, cause: of.cause, signal: of.signal, at, groups }]
          : [{ kind: of.kind, id: of.id, groups }];
      });
    },
  };
}

interface Expression {
  re: RE2JS;
  named: readonly string[];
}

const compiled = new Map<string, Expression>();

function compile(source: string): Expression {
  let expression = compiled.get(source);
  if (expression === undefined) {
    const re = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    expression = { re, named: Object.keys(re.namedGroups()) };
    compiled.set(source, expression);
  }
  return expression;
}

function findIn(source: string, text: string): { at: number; groups: Record<string, string> } | undefined {
  const { re, named } = compile(source);
  // Whether it matches is told many times sooner than where.
  if (!re.test(text)) return undefined;
  const matcher = re.matcher(text);
  if (!matcher.find()) return undefined;
  const groups = named.map((name) => [name, matcher.group(name)]);
  return {
    at: matcher.start(),
    groups: Object.fromEntries(groups.filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
  };
}
