import { type Candidate, candidatesOf } from './candidates.js';
import type { Cause, Hit } from './cause.js';
import type { CauseId } from './causes/index.js';
import { explanationOf } from './consequence.js';
import type { Diagnosis } from './diagnosis.js';
import { type Elsewhere, failureAfter, failureElsewhere } from './elsewhere.js';
import { type Facts, NO_FACTS } from './facts.js';
import type { Reading } from './reading/reader.js';
import { shapesOf } from './shape.js';
import { type Step, suspects, tell } from './story.js';

/** Evidence longer than this is cut for people. Characters. */
const EVIDENCE_LIMIT = 600;

/**
 * Weighs a reading against the catalogue and names the cause. Pure.
 *
 * The order of errors decides: the failing step is the last one that was neither clean-up nor swallowed; in it the
 * first fatal line explains the rest. A failure that the same step later repaired is none.
 */
export function judge(reading: Reading, causes: readonly Cause[]): Diagnosis {
  const story = tell(reading);
  if (story.ended === 'succeeded') return unknown('the job says that it succeeded', reading);
  const ranked = suspects(story);
  for (const [index, step] of ranked.entries()) {
    const candidates = candidatesOf(step, story, reading);
    const fitting = candidates.filter(({ fit }) => fit.is !== 'excluded');
    const [first] = sorted(fitting, causes);
    // What no cause fits may be explained by an earlier failure that the script went on after.
    const failed = first ?? candidates[0];
    const explanation = failed === undefined ? undefined : explanationOf(failed, step, story, reading);
    if (explanation !== undefined) return verdict(explanation, candidates, false, causes);
    if (first === undefined) continue;
    const passed = index > 0 && passedOver(ranked.slice(0, index));
    const found = verdict(fitting, candidates, passed, causes);
    const after = passed ? failureAfter(step, story, reading) : undefined;
    if (after === undefined || found.cause === 'not-registry') return found;
    return { ...notRegistry(after), alternatives: [{ cause: found.cause, why: found.why }, ...found.alternatives] };
  }
  const elsewhere = failureElsewhere(story, reading);
  if (elsewhere !== undefined) return notRegistry(elsewhere);
  const shapes = shapesOf(story, reading);
  return shapes.length === 0
    ? unknown('no line of the log is one that Registrar knows', reading)
    : verdict(shapes, shapes, true, causes);
}

/** Named by where it happened, not by its words: only possible. */
function notRegistry({ line, text, why }: Elsewhere): Diagnosis {
  return {
    cause: 'not-registry',
    confidence: 'possible',
    why,
    alternatives: [],
    ruledOut: [],
    evidence: [{ line, text: around(text, 0) }],
    facts: { ...NO_FACTS, failure: text },
    fix: [],
  };
}

/** Was there a later step that printed something, so that the failure found is not the last word? */
function passedOver(later: readonly Step[]): boolean {
  return later.some((step) => step.command !== undefined);
}

function sorted(fitting: readonly Candidate[], causes: readonly Cause[]): Candidate[] {
  const order = new Map(causes.map((cause, index) => [cause.id, index]));
  const rank = ({ fit, hit, cause }: Candidate): [number, number, number] => [
    // An innocent that is only possible is so for the registry's words around it: these come first.
    fit.is === 'likely' ? 0 : cause.group === 'none' ? 3 : fit.remote === true ? 2 : 1,
    hit.line,
    order.get(cause.id) ?? causes.length,
  ];
  return [...fitting].sort((a, b) => compare(rank(a), rank(b)));
}

function verdict(fitting: Candidate[], all: Candidate[], passed: boolean, causes: readonly Cause[]): Diagnosis {
  const inOrder = sorted(fitting, causes);
  const [first] = inOrder;
  if (first === undefined) throw new Error('a verdict needs a candidate');
  const id = first.cause.id as CauseId;
  const others = distinct(inOrder.filter(({ cause }) => cause.id !== id));
  const rivals = others.filter(({ hit, fit }) => fit.is === first.fit.is && hit.line === first.hit.line);
  // Several causes that the same words fit equally well: nobody can be sure of the first.
  const confidence = passed || first.fit.is === 'possible' || rivals.length > 0 ? 'possible' : 'likely';
  const lines = fitting.filter(({ cause }) => cause.id === id).map(({ hit }) => hit);
  const fittingIds = new Set(fitting.map(({ cause }) => cause.id));
  return {
    cause: id,
    confidence,
    why: first.fit.why,
    alternatives: others.slice(0, 4).map(({ cause, fit }) => ({ cause: cause.id as CauseId, why: fit.why })),
    ruledOut: distinct(all.filter(({ cause, fit }) => fit.is === 'excluded' && !fittingIds.has(cause.id))).map(
      ({ cause, fit }) => ({
        cause: cause.id as CauseId,
        why: fit.why,
      }),
    ),
    evidence: evidenceOf(lines, first.facts),
    facts: first.facts,
    fix: first.cause.fix(first.facts),
  };
}

function evidenceOf(hits: readonly Hit[], { command, logins }: Facts): Diagnosis['evidence'] {
  const lines = new Map<number, string>();
  const login = logins.at(-1);
  if (command !== undefined) lines.set(command.line, `$ ${command.text}`);
  const distinct = [...new Map(hits.map((hit) => [hit.line, hit])).values()];
  for (const hit of distinct.slice(0, 3)) lines.set(hit.line, around(hit.text, hit.at));
  if (login !== undefined && command === undefined && login.succeeded) lines.set(login.line, 'Login Succeeded');
  return [...lines].sort(([a], [b]) => a - b).map(([line, text]) => ({ line, text: around(text, 0) }));
}

/** The part of a long line that holds the words at `at`. */
function around(text: string, at: number): string {
  if (text.length <= EVIDENCE_LIMIT) return text;
  const begin = Math.max(0, Math.min(at - EVIDENCE_LIMIT / 4, text.length - EVIDENCE_LIMIT));
  return `${begin > 0 ? '…' : ''}${text.slice(begin, begin + EVIDENCE_LIMIT)}${begin + EVIDENCE_LIMIT < text.length ? '…' : ''}`;
}

function unknown(why: string, { tail }: Reading): Diagnosis {
  const last = tail.at(-1);
  return {
    cause: 'unknown',
    confidence: 'none',
    why,
    alternatives: [],
    ruledOut: [],
    evidence: last === undefined ? [] : [{ line: last.line, text: last.text.slice(0, EVIDENCE_LIMIT) }],
    fix: [],
  };
}

function distinct(candidates: Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ cause }) => !seen.has(cause.id) && seen.add(cause.id));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
