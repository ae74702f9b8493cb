import { RE2JS } from 're2js';
import { COMPILERS } from './compilers.js';
import { DEPLOYS } from './deploys.js';
import { FILES } from './files.js';
import { IMAGE_BUILDS } from './image-builds.js';
import type { Kind } from './kind.js';
import { PACKAGES } from './packages.js';
import { RUNNERS } from './runners.js';
import { SERVICES } from './services.js';
import { SOURCES } from './sources.js';
import { TESTS } from './tests.js';

/** Every way to fail without a registry, the specific before the general: the first that knows a line names it. */
export const INNOCENTS: readonly Kind[] = [
  ...PACKAGES,
  ...COMPILERS,
  ...TESTS,
  ...SOURCES,
  ...DEPLOYS,
  ...SERVICES,
  ...FILES,
  ...RUNNERS,
  ...IMAGE_BUILDS,
];

/** Longer lines are looked at by their beginning only. Characters. */
const LIMIT = 2_000;

/** The kind whose words are in the line, if any. Pure. */
export function innocentIn(text: string): Kind | undefined {
  return INNOCENTS.find((kind) => find(kind, text) !== undefined);
}

/** What failed, as a clause, with the names that the line gives. Pure. */
export function whatFailed(kind: Kind, text: string, groups = find(kind, text)?.groups ?? {}): string {
  return kind.what.replace(
    /\{(\w+)\|([^}]+)\}/g,
    (_, name: string, otherwise: string) => groups[name]?.trim() || otherwise,
  );
}

function find({ signals }: Kind, text: string): { groups: Readonly<Record<string, string>> } | undefined {
  const line = text.slice(0, LIMIT);
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
