import { RE2JS, RE2Set } from 're2js';
import type { Cause } from '../cause.js';
import type { Landmark, LandmarkId } from '../landmarks.js';
import { compileTokens, type Tokens, tokensIn } from './tokens.js';

/** What one pattern found on one line. */
export type Match =
  | { kind: 'signal'; cause: string; signal: number; at: number; groups: Readonly<Record<string, string>> }
  | { kind: 'landmark'; id: LandmarkId; groups: Readonly<Record<string, string>> };

export interface Patterns {
  /** For the scan of raw bytes: a line without any token can't match. */
  tokens: Tokens;
  /** All that the catalogue and the landmarks see in a cleaned line. */
  match(text: string): Match[];
}

/** A signal, compiled. A literal needs no expression: its token is the match. */
interface Pattern {
  cause: string;
  signal: number;
  expression?: { re: RE2JS; named: string[] };
}

/**
 * Compiles every signal and landmark once. RE2 runs in time linear in the line (automata, no backtracking), and an
 * expression that could not (lookaround, backreference) does not compile: that is the guarantee.
 *
 * Over a thousand signals in one RE2 set make its automaton grow with every new kind of line (measured: 40 ms a
 * line); so the tokens choose the few expressions that a line is tried against.
 */
export function compilePatterns(causes: readonly Cause[], landmarks: readonly Landmark[]): Patterns {
  const byToken = new Map<string, Pattern[]>();
  const add = (token: string, pattern?: Pattern) => {
    const list = byToken.get(token) ?? [];
    if (pattern !== undefined) list.push(pattern);
    byToken.set(token, list);
  };
  for (const { id, signals } of causes) {
    signals.forEach((signal, index) => {
      if ('says' in signal) add(signal.says.toLowerCase(), { cause: id, signal: index });
      else add(signal.token, { cause: id, signal: index, expression: compile(signal.matches) });
    });
  }
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE);
  const places = landmarks.map(({ id, matches, tokens }) => {
    set.add(matches);
    for (const token of tokens) add(token);
    return { id, ...compile(matches) };
  });
  set.compile();
  const list = [...byToken.keys()];
  const patternsOf = [...byToken.values()];
  const lengths = list.map((token) => token.length);
  const tokens = compileTokens(list);

  return {
    tokens,
    match(text) {
      const found = new Map<Pattern, number>();
      for (const { token, at } of tokensIn(text, tokens, lengths)) {
        for (const pattern of patternsOf[token] ?? []) if (!found.has(pattern)) found.set(pattern, at);
      }
      const signals = [...found].flatMap(([{ cause, signal, expression }, token]): Match[] => {
        if (expression === undefined) return [{ kind: 'signal', cause, signal, at: token, groups: {} }];
        const hit = findIn(expression, text);
        return hit === undefined ? [] : [{ kind: 'signal', cause, signal, ...hit }];
      });
      const landmarkHits = set.match(text).flatMap((index): Match[] => {
        const place = places[index];
        return place === undefined
          ? []
          : [{ kind: 'landmark', id: place.id, groups: findIn(place, text)?.groups ?? {} }];
      });
      return [...signals, ...landmarkHits];
    },
  };
}

function compile(source: string): { re: RE2JS; named: string[] } {
  const re = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  return { re, named: Object.keys(re.namedGroups()) };
}

function findIn(
  { re, named }: { re: RE2JS; named: string[] },
  text: string,
): { at: number; groups: Record<string, string> } | undefined {
  const matcher = re.matcher(text);
  if (!matcher.find()) return undefined;
  const groups = named.map((name) => [name, matcher.group(name)]);
  return {
    at: matcher.start(),
    groups: Object.fromEntries(groups.filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
  };
}
