import { RE2JS, RE2Set } from 're2js';
import type { Cause, Signal } from '../cause.js';
import type { Landmark, LandmarkId } from '../landmarks.js';
import { compileTokens, type Tokens } from './tokens.js';

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

/**
 * Compiles every signal and landmark once. RE2 runs in time linear in the line (automata, no backtracking), and an
 * expression that could not (lookaround, backreference) does not compile: that is the guarantee.
 */
export function compilePatterns(causes: readonly Cause[], landmarks: readonly Landmark[]): Patterns {
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE);
  const entries: { expression: RE2JS; named: string[]; match: (found: Found) => Match }[] = [];
  const tokens = new Set<string>();
  const add = (source: string, of: (found: Found) => Match) => {
    const expression = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    set.add(source);
    entries.push({ expression, named: Object.keys(expression.namedGroups()), match: of });
  };
  for (const { id, signals } of causes) {
    signals.forEach((signal, index) => {
      add(sourceOf(signal), ({ at, groups }) => ({ kind: 'signal', cause: id, signal: index, at, groups }));
      tokens.add('says' in signal ? signal.says.toLowerCase() : signal.token);
    });
  }
  for (const { id, matches, tokens: own } of landmarks) {
    add(matches, ({ groups }) => ({ kind: 'landmark', id, groups }));
    for (const token of own) tokens.add(token);
  }
  set.compile();
  return {
    tokens: compileTokens([...tokens]),
    match(text) {
      return set.match(text).flatMap((index) => {
        const entry = entries[index];
        return entry === undefined ? [] : [entry.match(findIn(entry.expression, entry.named, text))];
      });
    },
  };
}

function sourceOf(signal: Signal): string {
  return 'says' in signal ? RE2JS.quote(signal.says) : signal.matches;
}

interface Found {
  /** Where in the line the match begins. */
  at: number;
  groups: Record<string, string>;
}

function findIn(expression: RE2JS, named: string[], text: string): Found {
  const matcher = expression.matcher(text);
  if (!matcher.find()) return { at: 0, groups: {} };
  const groups = named.map((name) => [name, matcher.group(name)]);
  return {
    at: matcher.start(),
    groups: Object.fromEntries(groups.filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
  };
}
