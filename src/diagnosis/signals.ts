import { RE2JS } from 're2js';
import type { Signal } from './cause.js';

/** The first of the signals that is in a line, with the names that it gives. Pure. */
export function findSignal(
  signals: readonly Signal[],
  line: string,
): { groups: Readonly<Record<string, string>> } | undefined {
  const lower = line.toLowerCase();
  for (const signal of signals) {
    if ('says' in signal) {
      if (lower.includes(signal.says.toLowerCase())) return { groups: {} };
    } else if (lower.includes(signal.token)) {
      const matcher = expressionOf(signal.matches).matcher(line);
      if (matcher.find()) return { groups: present(matcher.getNamedGroups()) };
    }
  }
  return undefined;
}

const compiled = new Map<string, RE2JS>();

/** RE2, like every expression that meets a log: it can't backtrack. */
function expressionOf(source: string): RE2JS {
  let expression = compiled.get(source);
  if (expression === undefined) {
    expression = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    compiled.set(source, expression);
  }
  return expression;
}

function present(groups: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).filter((pair): pair is [string, string] => pair[1] !== null));
}
