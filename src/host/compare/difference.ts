import { UNKNOWN } from '../render/settings.js';

/** A place in which a generated file is not what gitlab.rb makes of it. */
export interface RawDifference {
  /** Dotted path in config.yml; blocks and directive in the vhost. */
  key: string;
  /** `undefined` where the package writes nothing. */
  expected: string | undefined;
  /** `undefined` where the file has nothing. */
  actual: string | undefined;
  /** Of the file; where it has nothing, the line after which it is missing. */
  line: number | undefined;
  /** Of the file as it should be. */
  expectedLine: number | undefined;
}

/** A secret that was hidden before the file was read. */
const MASK = '***';

/**
 * Do two values agree? What is hidden or computed agrees with everything in its place: `https://⟨unknown⟩:5050` with
 * any host. In linear time.
 */
export function agrees(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  for (const [pattern, text] of [
    [expected, actual],
    [actual, expected],
  ] as const) {
    const parts = pattern.replaceAll(MASK, UNKNOWN).split(UNKNOWN);
    if (parts.length > 1 && fits(parts, text.replaceAll(MASK, UNKNOWN))) return true;
  }
  return false;
}

function fits(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

/** A value as it is told: in one line, and not too long. */
export function cut(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
