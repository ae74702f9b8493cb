import { randomUUID } from 'node:crypto';
import { addressOfChannel } from '../src/chat/channel.js';
import type { ReplyAddress } from '../src/chat/request.js';
import type { Look } from '../src/checks/gather/look.js';
import { look } from '../src/checks/gather/look.js';
import { messageOf } from '../src/errors.js';
import type { UrlHistory } from '../src/gitlab/url-history.js';
import { lookAtUrl, type OpenInstance, withInstance } from '../src/instance.js';
import { planMove } from '../src/rotation/bulk/flow.js';
import { incidentAnswer, noteOf, urlAnswer } from '../src/watch/alerts.js';
import { observe, type Turn } from '../src/watch/incident.js';
import { problemsOf } from '../src/watch/problem.js';
import { freeSpaceOf, GROWTH_MS, sampleOf } from '../src/watch/sample.js';
import { type Kept, WatchStore } from '../src/watch/store.js';
import { changesOf, remembered } from '../src/watch/url.js';
import type { WorkerContext } from './context.js';

/**
 * One look at an instance that is watched: noted, and told where something broke, got worse or recovered. `again`: the
 * look before saw something new, and this one was asked for to make sure.
 *
 * Resolves with whether another look is wanted soon.
 */
export async function watchOnce(name: string, context: WorkerContext): Promise<'settled' | 'doubtful' | 'busy'> {
  const { config, redis, hosts, now, log } = context;
  const watch = config.current().instances.find((one) => one.name === name)?.watch;
  if (watch === undefined) return 'settled';
  const store = new WatchStore(redis, name);
  const unlock = await store.lock(randomUUID());
  if (unlock === undefined) return 'busy';
  try {
    const samples = await store.samples(now() - GROWTH_MS);
    const maintenance = await store.maintenance();
    const seen = await withInstance(
      config,
      name,
      async (instance) => {
        const token = config.secret(instance.config.gitlab.token);
        const found = await look(instance, token, now, freeSpaceOf(samples));
        await noteUrl(instance, found, store, addressOfChannel(watch), context).catch((error: unknown) =>
          log.warn({ instance: name, error: messageOf(error) }, 'the registry’s address could not be noted'),
        );
        return found;
      },
      hosts,
    );
    await store.keepLook(seen);
    await store.addSample(sampleOf(seen, maintenance !== undefined));
    if (maintenance !== undefined) return 'settled';
    const kept = await store.kept();
    const { watched, turn, doubtful } = observe(kept, problemsOf(seen.results), seen.at);
    // What could not be told the last time is told now, unless there is something newer to tell.
    const untold = turn ?? kept.untold;
    const next: Kept = { ...rest(kept), ...watched, ...(untold === undefined ? {} : { untold }) };
    if (untold !== undefined) await tell(name, next, untold, seen, addressOfChannel(watch), store, context);
    else await store.keep(next);
    return doubtful ? 'doubtful' : 'settled';
  } finally {
    await unlock();
  }
}

/** What stays whatever the look saw. */
function rest({ exposed }: Kept): Pick<Kept, 'exposed'> {
  return exposed === undefined ? {} : { exposed };
}

/** Kept, told, kept as told: a message is edited by its key, so that telling twice is telling once. */
async function tell(
  name: string,
  next: Kept,
  turn: Turn,
  seen: Look,
  address: ReplyAddress,
  store: WatchStore,
  { replies, log }: WorkerContext,
): Promise<void> {
  const { incident, known } = next;
  if (incident === undefined) return;
  const note = incident.silenced === undefined ? noteOf(turn, incident, known) : undefined;
  const counted: Kept = note === undefined ? next : { ...next, incident: { ...incident, notes: incident.notes + 1 } };
  await store.keep({ ...next, untold: turn });
  const head = messageKeyOf(name, incident.id);
  await replies.to(address, head)(incidentAnswer(name, incident, known, seen.results));
  if (note !== undefined) await replies.to({ ...address, under: head }, `${head}-${incident.notes + 1}`)(note);
  const { untold: _, ...told } = counted;
  await store.keep(told);
  log.info(
    { audit: 'watch', instance: name, incident: incident.id, turn, problems: known.map(({ id }) => id) },
    'watch',
  );
}

/** The message of an incident. */
export function messageKeyOf(instance: string, incident: string): string {
  return `watch-${instance}-${incident}`;
}

/** The configuration followed the registry to another address: the tokens that did not are looked for. */
async function noteMove(
  instance: string,
  history: UrlHistory,
  at: number,
  store: WatchStore,
  replyTo: ReplyAddress,
  redis: WorkerContext['redis'],
): Promise<void> {
  const [before, present] = history.slice(-2);
  if (before === undefined || present === undefined || (await store.movedTo()) === present.url) return;
  const { url: to, firstSeen: since } = present;
  await planMove({ instance, from: before.url, to, since, replyTo }, at, redis);
  await store.keepMovedTo(present.url);
}

/** Notes where the registry is said to be; a change is told, with the deploy tokens that are older. */
async function noteUrl(
  instance: OpenInstance,
  { exposed, at }: Look,
  store: WatchStore,
  address: ReplyAddress,
  { redis, replies, log }: WorkerContext,
): Promise<void> {
  const { name } = instance.config;
  const history = await lookAtUrl(instance, redis, at);
  await noteMove(name, history, at, store, address, redis);
  const kept = await store.kept();
  const changes = changesOf(kept.exposed ?? {}, exposed);
  if (changes.length > 0) {
    const highest = history.at(-1)?.highestAtLast ?? 0;
    const tokens = (await instance.gitlab.allDeployTokens())?.filter(({ revoked, id }) => !revoked && id <= highest);
    const key = `watch-${name}-url-${changes.map(({ to }) => to).join(' ')}`;
    await replies.to(address, key)(urlAnswer(name, changes, tokens?.length));
    log.info({ audit: 'url-changed', instance: name, changes }, 'the registry’s address changed');
  }
  const told: Kept = { ...(await store.kept()), exposed: remembered(kept.exposed ?? {}, exposed) };
  await store.keep(told);
}
