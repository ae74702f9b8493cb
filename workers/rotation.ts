import { randomUUID } from 'node:crypto';
import { identify, requireRole } from '../src/access/authorize.js';
import { type Answer, answer, text } from '../src/chat/answer.js';
import { EdgeError } from '../src/errors.js';
import type { GitLab } from '../src/gitlab/client.js';
import { findProject } from '../src/gitlab/find-project.js';
import type { DeployToken, Owner, Project } from '../src/gitlab/schema.js';
import { ageAgainstUrl } from '../src/gitlab/url-history.js';
import { lookAtUrl, type OpenInstance, withInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Say } from '../src/queue/replies.js';
import type { Handler } from '../src/queue/work.js';
import { chooseAnswer, doneAnswer, planAnswer, progressAnswer, undoneAnswer } from '../src/rotation/answers.js';
import { type Journal, RotationStore } from '../src/rotation/journal.js';
import { type Consumer, findConsumers } from '../src/rotation/plan/consumers.js';
import { isExpired, matchTokens, plannedWrite, type RotationPlan, registryTokens } from '../src/rotation/plan/plan.js';
import { runRotation } from '../src/rotation/saga.js';
import type { WorkerContext } from './context.js';

type Job<S extends JobOf<'rotation'>['step']> = Extract<JobOf<'rotation'>, { step: S }>;

/** Has the rotation of this job begun, and not ended? Then it is carried to its end, whatever its age. */
export async function isHalfDone(data: JobOf<'rotation'>, redis: WorkerContext['redis']): Promise<boolean> {
  if (data.step !== 'run') return false;
  const journal = await new RotationStore(redis).journal(data.planId);
  return journal?.createIntent !== undefined && journal.end === undefined;
}

/** Plans a rotation, carries it out when the asker confirms, or drops it. */
export function rotationWorker(context: WorkerContext): Handler<'rotation'> {
  const store = new RotationStore(context.redis);
  return async (data, say) => {
    if (data.step === 'plan') await makePlan(data, say, store, context);
    else if (data.step === 'cancel') await cancel(data, say, store, context);
    else await carryOut(data, say, store, context);
  };
}

async function makePlan(
  data: Job<'plan'>,
  say: Say,
  store: RotationStore,
  { config, redis, now }: WorkerContext,
): Promise<void> {
  await say(answer('running', `Planning the rotation in ${data.project}: looking for the token and who uses it`));
  await withInstance(config, undefined, async (instance) => {
    const { gitlab } = instance;
    const asker = await identify(data.person, config.current(), gitlab);
    const project = await findProject(data.project, asker, gitlab);
    const owner: Owner = { kind: 'project', id: project.id, path: project.path_with_namespace };
    await requireRole('maintainer', owner, asker, gitlab);
    const tokens = registryTokens(await gitlab.deployTokens(owner));
    const meant = data.token === undefined ? tokens : matchTokens(tokens, data.token);
    const [old] = meant;
    if (old === undefined) {
      await say(noToken(owner.path, data.token, tokens));
      return;
    }
    if (meant.length > 1) {
      await say(chooseAnswer(owner.path, meant));
      return;
    }
    const history = await lookAtUrl(instance, redis, now(), tokens);
    const { consumers, unknown } = await consumersOf(old, owner, project, gitlab);
    const repositories = await gitlab.repositories(project.id);
    const age = ageAgainstUrl(old.id, history);
    const plan: RotationPlan = {
      id: randomUUID(),
      instance: instance.config.name,
      asker: data.person,
      owner,
      old,
      // Hidden ones last: what is before them can be undone.
      writes: consumers.map(plannedWrite).sort((a, b) => Number(a.variable.hidden) - Number(b.variable.hidden)),
      probe: { repository: repositories[0] ?? owner.path.toLowerCase(), isNew: repositories.length === 0 },
      unknown,
      reasons: [
        ...(age.is === 'older' ? [`It is stale: ${age.why}.`] : []),
        ...(isExpired(old, now())
          ? [`It expired on ${old.expires_at?.slice(0, 10)}; the new one will not expire.`]
          : []),
      ],
    };
    await store.savePlan(plan);
    await say(planAnswer(plan, now()));
  });
}

async function consumersOf(
  token: DeployToken,
  owner: Owner,
  project: Project,
  gitlab: GitLab,
): Promise<{ consumers: Consumer[]; unknown: string[] }> {
  const consumers = findConsumers(token, owner, await gitlab.variables(owner));
  const unknown: string[] = [];
  for (const group of await ancestors(project, gitlab)) {
    try {
      consumers.push(...findConsumers(token, group, await gitlab.variables(group)));
    } catch (error) {
      if (!(error instanceof EdgeError) || error.code !== 'gitlab-forbidden') throw error;
      unknown.push(`the variables of group ${group.path} can't be read: it takes the role owner there`);
    }
  }
  for (const { carries, variable } of consumers) {
    if (
      carries === 'username' &&
      !consumers.some(
        (one) => one.carries === 'password' && one.variable.environment_scope === variable.environment_scope,
      )
    ) {
      unknown.push(`${variable.key} holds the username, but no variable beside it looks like its password`);
    }
  }
  unknown.push(
    'logins on laptops, in clusters and in other systems can’t be seen from here: they stop working when the old token is revoked',
  );
  return { consumers, unknown };
}

/** The groups above a project, the nearest first. */
async function ancestors({ namespace }: Project, gitlab: GitLab): Promise<Owner[]> {
  const groups: Owner[] = [];
  let next = namespace?.kind === 'group' ? namespace.id : undefined;
  while (next !== undefined) {
    const group = await gitlab.group(next);
    groups.push({ kind: 'group', id: group.id, path: group.full_path });
    next = group.parent_id ?? undefined;
  }
  return groups;
}

function noToken(project: string, word: string | undefined, tokens: readonly DeployToken[]): Answer {
  if (word === undefined || tokens.length === 0) {
    return answer(
      'warn',
      `${project} has no active deploy token for the registry`,
      text(
        'Make one in the project: Settings → Repository → Deploy tokens, with read_registry and write_registry. A token of a group is rotated there.',
      ),
    );
  }
  return answer(
    'warn',
    `${project} has no deploy token “${word.slice(0, 80)}”`,
    text(`It has ${tokens.map(({ id, name }) => `${id} “${name}”`).join(', ')}.`),
  );
}

async function cancel(data: Job<'cancel'>, say: Say, store: RotationStore, context: WorkerContext): Promise<void> {
  const plan = await store.plan(data.planId);
  if (plan !== undefined && !isAsker(plan, data)) return refuseOthers(data, context);
  if (await store.dropPlan(data.planId)) await say(answer('info', 'Cancelled: nothing was changed'));
  else if ((await store.journal(data.planId)) === undefined) await say(tooOld());
}

async function carryOut(data: Job<'run'>, say: Say, store: RotationStore, context: WorkerContext): Promise<void> {
  const plan = await begin(data, say, store, context);
  if (plan === undefined) return;
  const lock = await store.lock(plan, data.requestId);
  if (lock === 'twice') return;
  if (lock === 'taken') {
    await say(
      answer(
        'warn',
        `Another rotation is under way in ${plan.owner.path}`,
        text('Wait for its answer, then ask for a new plan.'),
      ),
    );
    return;
  }
  // Read under the lock: before, another click may have carried it on.
  const journal = await store.journal(plan.id);
  if (journal === undefined) throw new Error('a rotation has no journal');
  try {
    await withInstance(context.config, plan.instance, (instance) =>
      rotate(journal, data, say, store, instance, context),
    );
  } catch (error) {
    // Nothing was begun: the next plan need not wait for this one.
    if (journal.createIntent === undefined) await store.unlock(plan);
    throw error;
  }
  await store.unlock(plan);
  context.log.info(
    {
      audit: 'rotation',
      plan: plan.id,
      owner: plan.owner.path,
      token: plan.old.id,
      by: data.person,
      end: journal.end?.is,
    },
    'rotation ended',
  );
  await say(endAnswer(journal));
}

async function rotate(
  journal: Journal,
  data: Job<'run'>,
  say: Say,
  store: RotationStore,
  instance: OpenInstance,
  context: WorkerContext,
): Promise<void> {
  const { plan } = journal;
  const { gitlab, registry } = instance;
  // The right is asked for again: between the plan and the click it may have been taken away.
  if (journal.createIntent === undefined) {
    const asker = await identify(data.person, context.config.current(), gitlab);
    await requireRole('maintainer', plan.owner, asker, gitlab);
  }
  await runRotation(journal, {
    gitlab,
    registry,
    seal: context.seal,
    now: context.now,
    save: (state) => store.save(state),
    progress: (step, details) => say(progressAnswer(plan, step, details)),
    succeedOnce: () => succeedOnce(instance, context.config.secret(instance.config.gitlab.token)),
  });
}

async function begin(
  data: Job<'run'>,
  say: Say,
  store: RotationStore,
  context: WorkerContext,
): Promise<RotationPlan | undefined> {
  const begun = (await store.journal(data.planId))?.plan;
  const plan = begun ?? (await store.plan(data.planId));
  if (plan === undefined) {
    await say(tooOld());
    return undefined;
  }
  if (!isAsker(plan, data)) return refuseOthers(data, context);
  if (begun === undefined && !(await store.begin(plan)) && (await store.journal(plan.id)) === undefined) {
    await say(tooOld());
    return undefined;
  }
  return plan;
}

function isAsker({ asker }: RotationPlan, { person }: Pick<Job<'run'>, 'person'>): boolean {
  return asker.platform === person.platform && asker.id === person.id;
}

/** In a message of its own: the plan stays as it is for the one who asked. */
async function refuseOthers(data: Job<'run' | 'cancel'>, { replies }: WorkerContext): Promise<undefined> {
  const aside = replies.to(data.replyTo, data.requestId);
  await aside({
    ...answer(
      'warn',
      'Only the person who asked for this plan can confirm or cancel it',
      text('Type the command yourself for a plan of your own.'),
    ),
    quiet: true,
  });
}

async function succeedOnce({ registry, gitlab }: OpenInstance, token: string): Promise<void> {
  const { challenge } = await registry.ping();
  if (challenge !== undefined)
    await registry.handshake(challenge, [], { username: (await gitlab.ownUser()).username, password: token });
}

function endAnswer({ plan, created, end, uploadLeft }: Journal): Answer {
  if (end?.is === 'done' && created !== undefined) return doneAnswer(plan, created, end.refused, uploadLeft);
  if (end?.is === 'failed') return undoneAnswer(plan, end);
  throw new Error('a rotation has ended without an end');
}

function tooOld(): Answer {
  return answer(
    'warn',
    'This plan is no longer valid',
    text('A plan can be confirmed for 10 minutes, once. Nothing was changed: ask for a new one.'),
  );
}
