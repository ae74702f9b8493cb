import { randomUUID } from 'node:crypto';
import type { Answer } from '../src/chat/answer.js';
import { addressOfChannel } from '../src/chat/channel.js';
import type { Policy } from '../src/config/rotation.js';
import { EdgeError, messageOf } from '../src/errors.js';
import type { GitLab } from '../src/gitlab/client.js';
import { type FoundOwner, ofGroup, ofProject } from '../src/gitlab/find-owner.js';
import { type OpenInstance, withInstance } from '../src/instance.js';
import { failed } from '../src/queue/troubles.js';
import { bulkProgressAnswer } from '../src/rotation/bulk/answers.js';
import type { Bulk, Target } from '../src/rotation/bulk/bulk.js';
import { startFlow } from '../src/rotation/bulk/flow.js';
import { BulkStore } from '../src/rotation/bulk/store.js';
import { findTargets } from '../src/rotation/bulk/targets.js';
import { type Birth, birthOf } from '../src/rotation/policy/age.js';
import { announcement, begunAnswer, nothingLeft } from '../src/rotation/policy/answers.js';
import { type Aged, type Batch, dayOf, keyOf, nextBatches, type PolicyState } from '../src/rotation/policy/batch.js';
import { PolicyStore, policyId, runIdOf } from '../src/rotation/policy/store.js';
import type { WorkerContext } from './context.js';

/** A rotation that waits for silence may take long. Milliseconds. */
const RUN_MS = 60 * 86_400_000;

/**
 * One look at the policies of an instance: each is looked at once a day, what is due soon is announced, what is due is
 * replaced. Called more often than that, so that a day on which GitLab was away for an hour is not lost.
 *
 * Errors: the last one that time may mend; the other policies had their turn.
 */
export async function lookAtPolicies(name: string, context: WorkerContext): Promise<'settled' | 'busy'> {
  const { config, redis, log } = context;
  const policies = config.current().instances.find((one) => one.name === name)?.rotation.policies ?? [];
  const store = new PolicyStore(redis, name);
  const unlock = await store.lock(randomUUID());
  if (unlock === undefined) return 'busy';
  let unsettled: unknown;
  try {
    for (const policy of policies) {
      try {
        await lookAt(policy, name, store, context);
      } catch (error) {
        log.warn({ instance: name, policy: policy.path, error: messageOf(error) }, 'a policy could not be looked at');
        unsettled = error;
      }
    }
  } finally {
    await unlock();
  }
  if (unsettled !== undefined) throw unsettled;
  return 'settled';
}

/** What follows from the look is kept before it is done: killed anywhere, the next call goes on. */
async function lookAt(policy: Policy, name: string, store: PolicyStore, context: WorkerContext): Promise<void> {
  const { config, hosts, replies, now } = context;
  const id = policyId(policy);
  const state = await store.state(id);
  const today = dayOf(now());
  if (state.lookedOn === today) return;
  try {
    await withInstance(config, name, (open) => goOn({ policy, id, state, open, store, context }), hosts);
  } catch (error) {
    if (!(error instanceof EdgeError) || error.retry !== 'never') throw error;
    const say = replies.to(addressOfChannel(policy), `policy-${name}-${id}-trouble`);
    const { title, ...rest } = failed(error);
    await say({ ...rest, title: `The policy for ${policy.path} can’t be followed: ${title}` });
  }
  await store.keep(id, { ...(await store.state(id)), lookedOn: today });
}

interface Scene {
  policy: Policy;
  id: string;
  state: PolicyState;
  open: OpenInstance;
  store: PolicyStore;
  context: WorkerContext;
}

async function goOn(scene: Scene): Promise<void> {
  const { policy, id, state, open, store, context } = scene;
  const { redis, now } = context;
  const { targets, unread } = await targetsOf(policy, open, context);
  const found = await aged(targets, open, store, now());
  const running = await runningOf(state, new BulkStore(redis));
  let batches = nextBatches(state, found, policy, now(), {
    runId: (due, day) => runIdOf(open.config.name, id, due, day),
    isRunning: (bulkId) => running.has(bulkId),
  });
  const keep = async (was: Batch, is: Batch) => {
    batches = batches.map((one) => (one === was ? is : one));
    await store.keep(id, { ...state, batches });
  };
  for (const { due, told, run } of state.batches)
    if (told !== undefined && run === undefined && !batches.some((one) => one.due === due))
      await announce(due, nothingLeft(policy, due), scene);
  await store.keep(id, { ...state, batches });
  for (const batch of batches) {
    const meant = found.filter(({ target }) => batch.tokens.includes(keyOf(target)));
    const run = batch.run;
    if (run === undefined && String(batch.told) !== String(batch.tokens)) {
      await announce(batch.due, announcement(policy, batch, meant, unread, now()), scene);
      await keep(batch, { ...batch, told: batch.tokens });
    } else if (run !== undefined && !run.started) {
      await begin(run, meant, scene);
      if (batch.told !== undefined) await announce(batch.due, begunAnswer(policy, run.day, meant), scene);
      await keep(batch, { ...batch, run: { ...run, started: true } });
    }
  }
}

/** The policy's tokens, of which Registrar's own is none: that one would lock it out. */
async function targetsOf(
  { path, name, everyDays }: Policy,
  { gitlab, config: instance }: OpenInstance,
  { config, now }: WorkerContext,
): Promise<{ targets: Target[]; unread: number }> {
  const [place, own] = await Promise.all([placeOf(path, gitlab), gitlab.whose(config.secret(instance.gitlab.token))]);
  const { targets, unread } = await findTargets(place, { is: 'aged', days: everyDays }, [], gitlab, now());
  const isOwn = ({ token: { kind, id } }: Target) => kind === 'access' && id === own?.id;
  return { targets: targets.filter((one) => one.token.name.startsWith(name ?? '') && !isOwn(one)), unread };
}

/** Errors: `not-found`. */
async function placeOf(path: string, gitlab: GitLab): Promise<FoundOwner> {
  const project = path.includes('/') ? await gitlab.project(path) : undefined;
  if (project !== undefined) return ofProject(project);
  const group = await gitlab.groupByPath(path);
  if (group !== undefined) return ofGroup(group);
  throw new EdgeError({
    part: 'config',
    code: 'not-found',
    forPerson: {
      what: `GitLab has no project or group ${path}, or hides it`,
      next: 'mend path in rotation.policies of the configuration, or make Registrar’s GitLab user a member there',
    },
  });
}

async function aged(targets: readonly Target[], { gitlab }: OpenInstance, store: PolicyStore, now: number) {
  const all = await gitlab.allDeployTokens();
  const seen = all ?? targets.flatMap(({ token }) => (token.kind === 'deploy' ? [token] : []));
  const highest = Math.max(0, ...seen.map(({ id }) => id));
  const marks = await store.observe({ highest, whole: all !== undefined }, now);
  return Promise.all(
    targets.map(async (target): Promise<Aged> => {
      const { kind, id, created_at } = target.token;
      const at = kind === 'deploy' ? await store.madeAt(id) : Date.parse(created_at ?? '');
      const birth: Birth = at === undefined || Number.isNaN(at) ? birthOf(id, marks, now) : { is: 'known', at };
      return { target, birth };
    }),
  );
}

async function runningOf({ batches }: PolicyState, bulks: BulkStore): Promise<Set<string>> {
  const ids = batches.flatMap(({ run }) => (run === undefined ? [] : [run.bulkId]));
  const states = await Promise.all(ids.map(async (id) => (await bulks.pulse(id)).state));
  return new Set(ids.filter((_, index) => ['running', 'paused'].includes(states[index] ?? '')));
}

/** A bulk like any other, that nobody approved but the configuration. Begun twice, it is begun once, by its id. */
async function begin({ bulkId }: NonNullable<Batch['run']>, meant: readonly Aged[], scene: Scene): Promise<void> {
  const { policy, open, context } = scene;
  const { redis, replies, now, log } = context;
  const bulks = new BulkStore(redis);
  const bulk: Bulk = (await bulks.find(bulkId))?.bulk ?? {
    id: bulkId,
    instance: open.config.name,
    path: policy.path,
    filter: { is: 'aged', days: policy.everyDays },
    targets: meant.map(({ target }) => target),
    unknown: [],
    at: now(),
  };
  if (bulk.targets.length === 0) return;
  if ((await bulks.pulse(bulkId)).state === undefined) await bulks.add(bulk);
  const message = `bulk-${bulkId}`;
  const replyTo = addressOfChannel(policy);
  if (await bulks.move(bulkId, 'planned', 'running')) {
    const { instance, path } = bulk;
    log.info({ audit: 'policy', instance, policy: path, bulk: bulkId, tokens: bulk.targets.length }, 'tokens are due');
  }
  const { state = 'ended' } = await bulks.pulse(bulkId);
  if (state !== 'running' && state !== 'paused') return;
  await replies.to(replyTo, message)(bulkProgressAnswer(bulk, await bulks.results(bulkId), state));
  // Who asks, for the journal and the log: nobody, the configuration does.
  await startFlow(
    bulk,
    { person: { platform: replyTo.platform, id: 'policy' }, replyTo, message, useBy: now() + RUN_MS },
    redis,
  );
}

function announce(due: string, words: Answer, scene: Scene): Promise<void> {
  const { policy, id, open, context } = scene;
  return context.replies.to(addressOfChannel(policy), `policy-${open.config.name}-${id}-${due}`)(words);
}
