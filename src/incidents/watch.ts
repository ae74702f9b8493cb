import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { PREFIX } from '../queue/connection.js';
import { type Incident, incidentOf, type Sighting, type Threshold } from './incident.js';

/** Sightings are forgotten after it. Seconds. */
const REMEMBERED_SECONDS = 86_400;

/**
 * Notes that a project showed a failure, and gives the incident that it is part of. Harmless when repeated: a project
 * counts once. `grew`: the project is new to it, so that whoever reads of it has to be told.
 */
export async function noteFailure(
  redis: Redis,
  instance: string,
  signature: string,
  project: string,
  threshold: Threshold,
  now: number,
): Promise<{ incident: Incident; grew: boolean } | undefined> {
  const id = createHash('sha256').update(`${instance}\0${signature}`).digest('hex').slice(0, 24);
  const keys = { first: `${PREFIX}:incident:${id}:first`, last: `${PREFIX}:incident:${id}:last` };
  const openKey = `${PREFIX}:incident:${id}:open`;
  const results = await redis
    .multi()
    .zadd(keys.first, 'NX', now, project)
    .zadd(keys.last, now, project)
    .expire(keys.first, REMEMBERED_SECONDS)
    .expire(keys.last, REMEMBERED_SECONDS)
    .zrange(keys.first, '0', '-1', 'WITHSCORES')
    .zrange(keys.last, '0', '-1', 'WITHSCORES')
    .get(openKey)
    .exec();
  const values = (results ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
  const sightings = sightingsOf(values[4] as string[], values[5] as string[]);
  const stored = values[6] as string | null;
  const open = stored === null ? undefined : (JSON.parse(stored) as { id: string; since: number });
  const found = incidentOf(sightings, threshold, now, open);
  if (found === undefined) return undefined;
  const opened = open ?? { id: `${id}-${found.since}`, since: found.since };
  // It is over when nobody showed it for as long as it takes to become one.
  await redis.set(openKey, JSON.stringify(opened), 'EX', threshold.minutes * 60);
  const grew = (await redis.sadd(`${PREFIX}:incident:${opened.id}:told`, project)) === 1;
  await redis.expire(`${PREFIX}:incident:${opened.id}:told`, REMEMBERED_SECONDS);
  return { incident: { id: opened.id, ...found }, grew };
}

function sightingsOf(first: readonly string[], last: readonly string[]): Sighting[] {
  const pairs = (list: readonly string[]) =>
    new Map(list.flatMap((member, index) => (index % 2 === 0 ? [[member, Number(list[index + 1])] as const] : [])));
  const lasts = pairs(last);
  return [...pairs(first)].map(([project, at]) => ({ project, first: at, last: lasts.get(project) ?? at }));
}
