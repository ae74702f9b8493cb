import type { OpenInstance } from '../src/instance.js';
import type { Say } from '../src/queue/replies.js';
import type { SagaContext } from '../src/rotation/context.js';
import type { RotationPlan } from '../src/rotation/plan/plan.js';
import type { WorkerContext } from './context.js';

/** What the rotation of a plan acts on. */
export function sagaContext(
  _plan: RotationPlan,
  instance: OpenInstance,
  { config, seal, now }: WorkerContext,
  { tellAlone: _tellAlone, ...own }: Pick<SagaContext, 'save' | 'progress'> & { tellAlone: Say },
): SagaContext {
  const { gitlab, registry } = instance;
  return {
    gitlab,
    registry,
    seal,
    now,
    ...own,
    outside: [],
    watch: async () => ({ is: 'unknown', why: 'no host of this instance is configured' }),
    reveal: async () => {},
    succeedOnce: async () => {
      const { challenge } = await registry.ping();
      const password = config.secret(instance.config.gitlab.token);
      if (challenge !== undefined)
        await registry.handshake(challenge, [], { username: (await gitlab.ownUser()).username, password });
    },
  };
}
