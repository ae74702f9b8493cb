import { byOf } from '../src/audit/entry.js';
import { answer, footer } from '../src/chat/answer.js';
import { utc } from '../src/chat/availability.js';
import { messageOf } from '../src/errors.js';
import type { OpenInstance } from '../src/instance.js';
import type { Say } from '../src/queue/replies.js';
import { challengeOf } from '../src/registry/asked.js';
import type { SagaContext } from '../src/rotation/context.js';
import { outsideConsumers } from '../src/rotation/outside/index.js';
import type { Login } from '../src/rotation/outside/outside.js';
import { type RotationPlan, tokenWords } from '../src/rotation/plan/plan.js';
import { baseName } from '../src/rotation/plan/token.js';
import { PolicyStore } from '../src/rotation/policy/store.js';
import { type Silence, silenceOf } from '../src/rotation/silence.js';
import { ACCESS_TOKEN_NAME } from '../src/rotation/tokens.js';
import { SECRET_PURPOSE } from '../src/secrets/seal.js';
import type { WorkerContext } from './context.js';

/** What the rotation of a plan acts on. `alone`: says something to the asker and nobody else. */
export function sagaContext(
  plan: RotationPlan,
  instance: OpenInstance,
  { config, redis, audit, seal, log, now }: WorkerContext,
  { alone, save, ...own }: Pick<SagaContext, 'save' | 'progress'> & { alone: Say },
): SagaContext {
  const { gitlab, registry } = instance;
  let noted = false;
  return {
    gitlab,
    registry,
    seal,
    now,
    ...own,
    async save(state) {
      await save(state);
      if (noted || plan.old.kind !== 'deploy' || state.created === undefined) return;
      noted = true;
      // GitLab tells nobody who asks later when a deploy token was made; one that was not noted is bracketed.
      await new PolicyStore(redis, plan.instance)
        .noteMade(state.created.id, now())
        .catch((error: unknown) => log.warn({ token: state.created?.id, error: messageOf(error) }, 'age not noted'));
    },
    outside: outsideConsumers(instance.config, plan.owner.path, baseName(plan.old.name), config.secret),
    watch: (since) => watchOld(plan, since, instance, now()),
    reveal: async (login) => {
      // What can't be recorded is not shown.
      await audit.record({
        ...{ instance: plan.instance, action: 'reveal', outcome: 'granted', subject: plan.owner.path, id: plan.id },
        ...{ by: byOf(plan.asker, config.current()), details: `the secret that replaces ${tokenWords(plan.old)}` },
        once: `${plan.id} reveal`,
      });
      await alone(secretAnswer(plan, login, seal.seal(login.token, SECRET_PURPOSE)));
    },
    succeedOnce: async () => {
      const { challenge } = await challengeOf(registry);
      const password = config.secret(instance.config.gitlab.token);
      if (challenge !== undefined)
        await registry.handshake(challenge, [], { username: (await gitlab.ownUser()).username, password });
    },
  };
}

/** By the hosts' logs; of an access token, whose login takes any name, by what GitLab says of its last use. */
async function watchOld(
  { old, owner, username, quietHours }: RotationPlan,
  since: number,
  { gitlab, usage }: OpenInstance,
  now: number,
): Promise<Silence> {
  if (old.kind === 'access') {
    const present = (await gitlab.accessTokens(owner)).find(({ id }) => id === old.id);
    const lastUse = Date.parse(present?.last_used_at ?? '');
    if (Number.isNaN(lastUse) || lastUse < since) return { is: 'silent' };
    if (now - lastUse >= quietHours * 3_600_000) return { is: 'silent', lastUse };
    return { is: 'used', words: `still used, last ${utc(lastUse)} by what GitLab says`, lastUse };
  }
  const account = old.username ?? '';
  const newAccount = username === undefined ? {} : { newAccount: username };
  return silenceOf(await usage(), { account, ...newAccount, since, now, quietHours });
}

/** The new secret, sealed until the moment when it is shown: an answer rests in Redis. */
function secretAnswer(plan: RotationPlan, { username, registryHost }: Login, sealed: string) {
  const { old, owner } = plan;
  const name = username === ACCESS_TOKEN_NAME ? 'any' : username;
  return {
    ...answer(
      'info',
      `The secret of the token that replaces ${tokenWords(old)} of ${owner.path}`,
      { kind: 'facts', facts: [{ label: 'log in', text: `docker login -u ${name} --password-stdin ${registryHost}` }] },
      { kind: 'secret', sealed },
      footer('Shown to you alone, once; the audit trail says so. It is kept nowhere.'),
    ),
    quiet: true,
  };
}
