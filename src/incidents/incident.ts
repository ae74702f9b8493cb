/** One failure in many projects. */
export interface Incident {
  /** Names the message that tells of it. */
  id: string;
  /** When the first of its projects showed it. Milliseconds since the epoch. */
  since: number;
  /** Paths of the projects, in the order in which they showed it. */
  projects: readonly string[];
}

/** When enough projects show the same within a while. */
export interface Threshold {
  projects: number;
  minutes: number;
}

/** A project's first and last failure of one kind. Milliseconds since the epoch. */
export interface Sighting {
  project: string;
  first: number;
  last: number;
}

/**
 * The incident that sightings of one failure make, if they are enough. Pure. What is older than the threshold's time
 * counts no more, unless the incident is `open` already: then all that came since it began are part of it.
 */
export function incidentOf(
  sightings: readonly Sighting[],
  { projects, minutes }: Threshold,
  now: number,
  open?: { id: string; since: number },
): { projects: string[]; since: number } | undefined {
  const from = open?.since ?? now - minutes * 60_000;
  const counted = sightings.filter(({ last }) => last >= from).sort((a, b) => a.first - b.first);
  if (open === undefined && counted.length < projects) return undefined;
  const since = open?.since ?? Math.min(...counted.map(({ first, last }) => (first >= from ? first : last)));
  return { projects: counted.map(({ project }) => project), since };
}

/** A time of day for people of several places. */
export function timeOfDay(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
