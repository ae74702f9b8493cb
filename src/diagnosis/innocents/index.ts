import { findSignal } from '../signals.js';
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
  return findSignal(signals, text.slice(0, LIMIT));
}
