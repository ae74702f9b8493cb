import { randomUUID } from 'node:crypto';
import { byOf } from '../src/audit/entry.js';
import { type Answer, answer, text } from '../src/chat/answer.js';
import { findOwner } from '../src/gitlab/find-owner.js';
import { instanceWith } from '../src/gitlab/where.js';
import { lookAtUrl, withInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Say } from '../src/queue/replies.js';
import { chooseAnswer, planAnswer, wordFor } from '../src/rotation/answers.js';
import { planRotation } from '../src/rotation/gather/gather.js';
import type { RotationStore } from '../src/rotation/journal.js';
import { outsideConsumers } from '../src/rotation/outside/index.js';
import { requireRotator } from '../src/rotation/permit.js';
import type { RotatedToken } from '../src/rotation/plan/plan.js';
import { baseName, matchTokens } from '../src/rotation/plan/token.js';
import { PolicyStore } from '../src/rotation/policy/store.js';
import { tokensOf } from '../src/rotation/tokens.js';
import type { WorkerContext } from './context.js';

/** The dry run: looks for the token and all who use it, keeps what it would do, and shows it. */
export async function makePlan(
  data: Extract<JobOf<'rotation'>, { step: 'plan' }>,
  say: Say,
  store: RotationStore,
  context: WorkerContext,
): Promise<void> {
  const { config, identities, audit, redis, seal, now } = context;
  await say(answer('running', `Planning the rotation in ${data.project}: looking for the token and who uses it`));
  const what = {
    ...{ action: 'rotation' as const, subject: data.project },
    ...{ by: byOf(data.person, config.current()), details: 'plan a rotation' },
  };
  // With several instances a refusal may be nobody's: it is recorded all the same.
  const name = await audit.deciding({ instance: '', ...what }, data.requestId, () =>
    instanceWith(data.project, data.person, context),
  );
  await withInstance(config, name, async (instance) => {
    const { gitlab } = instance;
    const attempt = { instance: instance.config.name, ...what };
    const found = await audit.deciding(attempt, data.requestId, async () => {
      const asker = await identities.identify(data.person, instance.config, gitlab);
      const place = await findOwner(data.project, asker, gitlab);
      await requireRotator(place.owner, asker, gitlab);
      return place;
    });
    const { owner } = found;
    const tokens = await tokensOf(gitlab, owner);
    const meant = data.token === undefined ? tokens : matchTokens(tokens, data.token);
    const [old] = meant;
    if (old === undefined) return say(noToken(owner.path, data.token, tokens));
    if (meant.length > 1) return say(chooseAnswer(owner.path, meant));
    const deployTokens = tokens.filter(({ kind }) => kind === 'deploy');
    const history = await lookAtUrl(instance, redis, now(), deployTokens);
    const dated = await new PolicyStore(redis, instance.config.name).dated(old, now());
    const wanted = { id: randomUUID(), asker: data.person, found, old: dated, reveal: data.reveal === true };
    const outside = outsideConsumers(instance.config, owner.path, baseName(old.name), config.secret).map(
      ({ name }) => name,
    );
    const plan = await planRotation(wanted, instance, outside, history, seal, now());
    await store.savePlan(plan);
    await say(planAnswer(plan, now()));
  });
}

function noToken(path: string, word: string | undefined, tokens: readonly RotatedToken[]): Answer {
  if (word === undefined || tokens.length === 0) {
    return answer(
      'warn',
      `${path} has no active deploy token for the registry, nor an access token`,
      text(
        'Make one there: Settings → Repository → Deploy tokens, with read_registry and write_registry. A token of a group is rotated by the group’s path.',
      ),
    );
  }
  return answer(
    'warn',
    `${path} has no token “${word.slice(0, 80)}”`,
    text(`It has ${tokens.map((token) => `${wordFor(token)} “${token.name}”`).join(', ')}.`),
  );
}
