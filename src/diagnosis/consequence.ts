import { type Candidate, candidatesOf } from './candidates.js';
import type { Fit } from './cause.js';
import { SAYS_NOTHING } from './elsewhere.js';
import type { Reading } from './reading/reader.js';
import { isSwallowed, landmark, type Step, type Story } from './story.js';

/** Refusals that follow from a login that had failed before, whatever their words are. */
const AFTER_LOGIN = new Set([
  'credentials-missing',
  'credentials-rejected',
  'insufficient-rights',
  'image-outside-project',
  'wrong-registry',
  'name-unknown',
]);

/**
 * The earlier failure that a later one follows from: no image to push after a build that failed, a refusal after a
 * login that failed. Its candidates, or `undefined` when the later one stands for itself. Pure.
 *
 * Shells without `set -e`, `|| true` and chats go on after the failure that counts.
 */
export function explanationOf(first: Candidate, step: Step, story: Story, reading: Reading): Candidate[] | undefined {
  const before = story.steps.slice(0, story.steps.indexOf(step)).filter(({ kind }) => kind === 'script');
  if (first.cause.group === 'none' && SAYS_NOTHING.test(step.command?.text ?? '')) {
    // What looks into a failure, or tidies up behind it, may fail as well: a script that goes on had failed before.
    const failed = lastFailing(
      before.filter((one) => !isSwallowed(one)),
      story,
      reading,
      ({ cause, facts }) => cause.group !== 'none' && /^(?:push|pull|copy|login)$/.test(facts.operation ?? ''),
    );
    return failed?.map((one) => ({ ...one, fit: unsure(one.fit) }));
  }
  if (VAGUE.has(first.cause.id) || first.fit.is === 'excluded') {
    const told = toldByServer(story, reading);
    if (told !== undefined) return told;
  }
  if (first.cause.id === 'image-not-found-locally') {
    // Of a build that may fail, its author says so: then the image may be from elsewhere.
    return lastFailing(
      before.filter((one) => !isSwallowed(one)),
      story,
      reading,
      ({ facts }) => /^(?:build|pull|login)$/.test(facts.operation ?? ''),
    );
  }
  const unpushed = pushThatFailed(first, step, story, reading);
  if (unpushed !== undefined) return unpushed;
  if (!AFTER_LOGIN.has(first.cause.id) || first.facts.operation === 'login') return undefined;
  const failed = lastFailing(
    before,
    story,
    reading,
    ({ facts, cause }) => facts.operation === 'login' && cause.group !== 'none',
  );
  const line = failed?.[0]?.hit.line;
  if (line === undefined) return undefined;
  const again = before.some(({ marks }) =>
    marks.some((event) => event.line > line && landmark(event, 'login-succeeded') !== undefined),
  );
  return again || elsewhere(first, failed) ? undefined : failed;
}

const unsure = (fit: Fit): Fit => (fit.is === 'likely' ? { ...fit, is: 'possible' } : fit);

/** Answers behind which the server's own log has the reason. */
const VAGUE = new Set([
  'registry-internal-error',
  'gateway-error',
  'registry-storage-full',
  'registry-storage-permission',
]);

/** What the registry's own log says, that the job prints once it has failed. */
function toldByServer(story: Story, reading: Reading): Candidate[] | undefined {
  for (const step of story.steps.filter(({ kind }) => kind === 'cleanup')) {
    const told = candidatesOf(step, story, reading).filter(
      ({ cause, fit, hit }) =>
        cause.group === 'backend' && !VAGUE_WORDS.has(cause.id) && fit.is === 'likely' && SERVERS_WORDS.test(hit.text),
    );
    if (told.length > 0) return told;
  }
  return undefined;
}

const VAGUE_WORDS = new Set(['registry-internal-error', 'gateway-error']);

/** Of the registry's code and storage drivers, in its own log. */
const SERVERS_WORDS =
  /filesystem: |s3aws: |s3_v2: |gcs: |azure: |err\.detail|"detail"|DriverName|response completed with error/;

/** A pull of what an earlier step could not push, though the script went on: the push is what to mend. */
function pushThatFailed(first: Candidate, step: Step, story: Story, reading: Reading): Candidate[] | undefined {
  const { image } = first.facts;
  if (first.facts.operation !== 'pull' || image === undefined) return undefined;
  for (const earlier of story.steps.slice(0, story.steps.indexOf(step)).toReversed()) {
    if (!/\bpush\b/.test(earlier.command?.text ?? '')) continue;
    const fitting = candidatesOf(earlier, story, reading).filter(({ fit }) => fit.is !== 'excluded');
    const same = fitting.some(
      ({ facts, fit, cause }) =>
        fit.is === 'likely' &&
        cause.group !== 'none' &&
        facts.image?.path === image.path &&
        facts.image.host === image.host,
    );
    if (same) return fitting;
  }
  return undefined;
}

function lastFailing(
  steps: readonly Step[],
  story: Story,
  reading: Reading,
  matters: (candidate: Candidate) => boolean,
): Candidate[] | undefined {
  for (const step of steps.toReversed()) {
    const likely = candidatesOf(step, story, reading).filter(({ fit }) => fit.is !== 'excluded');
    // A login that was refused was refused, even where its words allow several reasons.
    if (likely.some((one) => (one.fit.is === 'likely' || one.facts.operation === 'login') && matters(one)))
      return likely;
    if (step.command !== undefined && step.marks.some((event) => landmark(event, 'pushed', 'pulled') !== undefined))
      return undefined;
  }
  return undefined;
}

/** Was it another registry that the login failed at? */
function elsewhere(first: Candidate, failed: readonly Candidate[] | undefined): boolean {
  const asked = first.facts.registry;
  const tried = failed?.[0]?.facts.registry;
  return asked !== undefined && tried !== undefined && asked !== tried;
}
