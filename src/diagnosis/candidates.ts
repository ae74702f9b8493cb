import { type Cause, conceivable, excluded, type Fit, type Hit, likely, possible } from './cause.js';
import { CAUSES } from './causes/index.js';
import { goesOn, isAboutRegistry, isRunOutput, isTestRun } from './context.js';
import type { Facts } from './facts.js';
import { factsOf } from './facts-of.js';
import { innocentIn } from './innocents/index.js';
import { isMended } from './mended.js';
import { saidByContainer, saidByInstruction, whoseElse } from './others.js';
import type { Event, Reading } from './reading/reader.js';
import type { Step, Story } from './story.js';

/** Failing lines of a step that are weighed, from its beginning and from its end. */
const WEIGHED = 200;

const BY_ID: ReadonlyMap<string, Cause> = new Map(CAUSES.map((cause) => [cause.id, cause]));

/** A cause whose words stand on a line of the log, weighed against what the log tells around it. */
export interface Candidate {
  cause: Cause;
  fit: Fit;
  hit: Hit;
  facts: Facts;
}

/** Every cause whose words are in a step, fitting or excluded, in the order of the lines. Pure. */
export function candidatesOf(step: Step, story: Story, reading: Reading): Candidate[] {
  const summary = step.events.findLast(({ text }) => SUMMARY.test(text))?.text;
  const candidates = ends(step.events.filter(isSignal)).flatMap((event) => {
    const facts = factsOf(story, reading, step, event);
    if (isMended(event, facts, step)) return [];
    const container = saidByContainer(event, step, story);
    const instruction = saidByInstruction(event, story);
    return event.matches.flatMap((match) => {
      if (match.kind !== 'signal') return [];
      const { cause: id, signal, at, groups } = match;
      const cause = BY_ID.get(id);
      if (cause === undefined) return [];
      const hit: Hit = { line: event.line, text: event.text, at, signal, groups };
      // That the build's host has no room left is true whoever says it.
      const foreign = container || (instruction && cause.id !== 'client-disk-full');
      const fit = foreign && cause.group !== 'none' ? byContainer : fitOf(cause, facts, hit, summary);
      return [{ cause, fit, hit, facts }];
    });
  });
  return candidates.map((one) => ({ ...one, fit: outlived(one, candidates, step) }));
}

const byContainer = excluded('the container that was started says so');

/**
 * What an innocent's words are worth if a registry's own stand behind them in the same step: the step went on. Words
 * that end many a failure, a registry's too, are worth nothing then. Without a command nobody knows what the step is.
 */
function outlived({ cause, hit, fit, facts }: Candidate, all: readonly Candidate[], { command }: Step): Fit {
  if (triedAgain({ cause, hit, fit, facts }, all) || onlyWarned({ cause, hit, fit, facts }, all))
    return conceivable(fit.why);
  if (cause.id !== 'not-registry' || fit.is === 'excluded') return fit;
  const weak = innocentIn(hit.text)?.weak === true;
  if (!weak && (command === undefined || isTestRun(command))) return fit;
  const went = all.some(
    (one) =>
      one.cause.group !== 'none' &&
      // Nothing to push is what a build that failed leaves behind.
      one.cause.id !== 'image-not-found-locally' &&
      one.fit.is !== 'excluded' &&
      one.hit.line > hit.line &&
      !goesOn(one.hit.text) &&
      isOwn(one.cause, one.hit),
  );
  if (!went) return fit;
  return weak ? excluded('an image client failed after it') : possible(fit.why);
}

/** A client tries again before it gives up: what it says at the end, if it is something else, is what failed. */
const RETRIES = /\b(?:retrying|will retry|retry(?:ing)? in|trying again)\b/i;

function triedAgain({ hit, cause, fit }: Candidate, all: readonly Candidate[]): boolean {
  return (
    fit.is !== 'excluded' &&
    RETRIES.test(hit.text) &&
    all.some((one) => failedAfter(one, { hit, cause }) && !RETRIES.test(one.hit.text)) &&
    !all.some((one) => one.hit.line > hit.line && one.cause.id === cause.id && one.fit.is === 'likely')
  );
}

/** A program that says of itself that this is a warning. */
const WARNING = /^(?:WARN(?:ING)?\b|\[WARN|(?:time="?\S+ )?level=warn)/;

/**
 * What a client could do without (a cache, a mirror, a label) it warns of, and goes on; the error behind it is what
 * ended it. A warning about credentials explains the refusal behind it.
 */
function onlyWarned({ hit, cause, fit }: Candidate, all: readonly Candidate[]): boolean {
  return (
    fit.is !== 'excluded' &&
    cause.group !== 'authentication' &&
    WARNING.test(hit.text) &&
    all.some((one) => failedAfter(one, { hit, cause }) && !WARNING.test(one.hit.text) && isOwn(one.cause, one.hit))
  );
}

/** Is `one` of another cause, on a later line: what this client, not a remote one, went on to fail of? */
const failedAfter = (one: Candidate, { hit, cause }: Pick<Candidate, 'hit' | 'cause'>): boolean =>
  one.hit.line > hit.line &&
  one.fit.is !== 'excluded' &&
  one.fit.remote !== true &&
  one.cause.id !== cause.id &&
  one.cause.group !== 'none';

const isOwn = ({ signals }: Cause, { signal }: Hit): boolean => signals[signal]?.own === true;

function fitOf(cause: Cause, facts: Facts, hit: Hit, summary: string | undefined): Fit {
  if (summary !== undefined && wentOn(hit.text, summary)) return excluded('the build went on after it');
  const other = cause.group === 'none' || cause.id === 'client-disk-full' ? undefined : whoseElse(hit.text);
  if (other !== undefined) return excluded(other);
  if (REFUSALS.has(cause.id) && neverArrived(hit.text))
    return excluded('the connection failed before anybody answered');
  const own = isOwn(cause, hit);
  const belongs = cause.group === 'none' || own || isAboutRegistry(facts);
  if (!belongs) return excluded('the line is not about a registry');
  const fit = cause.fit?.(facts, hit) ?? likely('the log says so');
  // A test of code that talks to registries prints their words, and so may what a RUN instruction runs.
  // That a test's machine has no daemon or no room is true whoever says it.
  const quoted =
    cause.group === 'client'
      ? isTestRun(facts.command) && ASSERTS.test(hit.text)
      : isTestRun(facts.command) || (own && isRunOutput(hit.text));
  return (quoted || goesOn(hit.text)) && cause.group !== 'none' && fit.is === 'likely' ? possible(fit.why) : fit;
}

/** Causes that take an answer. */
const REFUSALS = new Set([
  'credentials-missing',
  'credentials-rejected',
  'insufficient-rights',
  'image-outside-project',
  'name-unknown',
]);

const NO_CONNECTION =
  /\bdial (?:tcp|udp)\b|\bi\/o timeout|no such host|connection refused|TLS handshake timeout|x509: |Client\.Timeout|connection reset by peer|server gave HTTP response/;
const ANSWERED =
  /\b40[0-9]\b|unauthori[sz]ed|denied|forbidden|insufficient_scope|authentication required|NAME_UNKNOWN|name unknown|not known to registry/i;

/** Did the client fail to reach anybody, whatever it had been about to ask? */
const neverArrived = (text: string): boolean => NO_CONNECTION.test(text) && !ANSWERED.test(text);

/** What a test says of words that it looked for. */
const ASSERTS = /\b(?:expected|received|actual|assert\w*|got|want(?:ed)?|toEqual|toContain|should)\b/i;

/** BuildKit's last word on a build: what failed it, and not what it could do without (a cache, a label). */
const SUMMARY = /\bfailed to solve\b/;

function wentOn(text: string, summary: string): boolean {
  const failed = /^(?:#\d+|=>) ERROR:? (.*)$/.exec(text)?.[1];
  if (failed === undefined) return false;
  // The summary repeats the failing step's words, sometimes with the image's name in front.
  return !summary.includes(failed.slice(-50).trim()) && !/^(?:\[|exporting|importing)/.test(failed);
}

function isSignal({ matches }: Event): boolean {
  return matches.some(({ kind }) => kind === 'signal');
}

/** The first failing lines of a step explain the rest, and the last ones end it; a flood between them says no more. */
function ends(events: readonly Event[]): readonly Event[] {
  return events.length <= 2 * WEIGHED ? events : [...events.slice(0, WEIGHED), ...events.slice(-WEIGHED)];
}
