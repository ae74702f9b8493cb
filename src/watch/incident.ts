import { isSame, isWorse, type Problem } from './problem.js';

/** Within this time what comes back is the same incident. Milliseconds. */
const RETURNS_MS = 30 * 60_000;
/** So many returns within an hour: it flaps, and is told once instead of each time. */
const FLAPS = 2;
const HOUR_MS = 3_600_000;

/** A stretch of time in which something was wrong with an instance. Milliseconds since the epoch. */
export interface WatchIncident {
  id: string;
  since: number;
  /** It is over. */
  until?: number;
  /** All that was wrong at some time, as it was last. */
  problems: Problem[];
  /** When it came back after it had been over. */
  returns: number[];
  flaps?: true;
  /** Flapping, and nothing wrong since. */
  calmSince?: number;
  /** Who looks after it, and who wants to hear no more of it: names as the chat shows them. */
  mine?: string;
  silenced?: string;
  /** Messages below the incident's own. */
  notes: number;
}

/** What is known of an instance between two looks. */
export interface Watched {
  /** Problems that two looks in a row agreed on. */
  known: Problem[];
  /** What the last look saw otherwise: it counts when the next one agrees. */
  doubt?: Problem[];
  /** The incident that is open, or the last one. */
  incident?: WatchIncident;
}

/**
 * What happened: it broke, got worse or better, came back, is over; `flaps`: it came back again and again, and from now
 * on only its own message is kept true; `quiet`: such a message changed.
 */
export type Turn = 'opened' | 'worse' | 'better' | 'returned' | 'closed' | 'flaps' | 'quiet';

export const NOTHING_KNOWN: Watched = { known: [] };

/**
 * Takes a look into account. Pure. One look that differs changes nothing yet: `doubtful` asks for another one soon.
 */
export function observe(
  { known, doubt, incident }: Watched,
  seen: readonly Problem[],
  now: number,
): { watched: Watched; turn?: Turn; doubtful: boolean } {
  const kept = incident === undefined ? {} : { incident };
  if (isSame(seen, known)) {
    // The words may be newer: days left, per cent.
    const watched: Watched = { known: [...seen], ...kept };
    return isOverAfterFlapping(incident, now)
      ? {
          watched: { ...watched, incident: { ...incident, until: incident.calmSince } },
          turn: 'closed',
          doubtful: false,
        }
      : { watched, doubtful: false };
  }
  if (doubt === undefined) return { watched: { known, doubt: [...seen], ...kept }, doubtful: true };
  const agreed = agreedOn(known, doubt, seen);
  if (isSame(agreed, known)) return { watched: { known, doubt: [...seen], ...kept }, doubtful: true };
  const next = change(known, agreed, incident, now);
  return { watched: { known: agreed, incident: next.incident }, turn: next.turn, doubtful: false };
}

/** What both looks saw, and what is known and was missed by one of them only. */
function agreedOn(known: readonly Problem[], doubt: readonly Problem[], seen: readonly Problem[]): Problem[] {
  const ids = [...new Set([...seen, ...doubt, ...known].map(({ id }) => id))];
  return ids.flatMap((id) => {
    const [before, first, second] = [known, doubt, seen].map((list) => list.find((one) => one.id === id));
    if (first !== undefined && second !== undefined) return [second];
    const missed = before !== undefined && (first ?? second) !== undefined;
    return missed ? [second ?? first ?? before] : [];
  });
}

function change(
  known: readonly Problem[],
  agreed: readonly Problem[],
  incident: WatchIncident | undefined,
  now: number,
): { incident: WatchIncident; turn: Turn } {
  const isOpen = incident !== undefined && incident.until === undefined;
  if (!isOpen) {
    const returned = incident !== undefined && now - (incident.until ?? 0) < RETURNS_MS && isAbout(incident, agreed);
    return returned ? comeBack(incident, agreed, now) : { incident: opened(agreed, now), turn: 'opened' };
  }
  if (agreed.length === 0) {
    if (incident.flaps) return { incident: { ...incident, calmSince: now }, turn: 'quiet' };
    return { incident: { ...incident, until: now }, turn: 'closed' };
  }
  const { calmSince: _, ...rest } = incident;
  const grown = { ...rest, problems: merged(incident.problems, agreed) };
  if (incident.flaps) return { incident: grown, turn: 'quiet' };
  return { incident: grown, turn: isWorse(agreed, known) ? 'worse' : 'better' };
}

function opened(problems: readonly Problem[], now: number): WatchIncident {
  return { id: String(now), since: now, problems: [...problems], returns: [], notes: 0 };
}

function comeBack(
  { until: _, ...incident }: WatchIncident,
  agreed: readonly Problem[],
  now: number,
): { incident: WatchIncident; turn: Turn } {
  const returns = [...incident.returns.filter((at) => now - at < HOUR_MS), now];
  const back = { ...incident, returns, problems: merged(incident.problems, agreed) };
  return returns.length >= FLAPS
    ? { incident: { ...back, flaps: true }, turn: 'flaps' }
    : { incident: back, turn: 'returned' };
}

function isAbout({ problems }: WatchIncident, agreed: readonly Problem[]): boolean {
  return agreed.some(({ id }) => problems.some((one) => one.id === id));
}

function merged(before: readonly Problem[], now: readonly Problem[]): Problem[] {
  return [...before.filter(({ id }) => !now.some((one) => one.id === id)), ...now];
}

function isOverAfterFlapping(
  incident: WatchIncident | undefined,
  now: number,
): incident is WatchIncident & { calmSince: number } {
  return incident?.until === undefined && incident?.calmSince !== undefined && now - incident.calmSince >= RETURNS_MS;
}
