import { EdgeError } from '../errors.js';
import type { SagaContext } from './context.js';
import type { Journal } from './journal.js';
import type { Login, OutsideConsumer } from './outside/outside.js';
import { type Fresh, oldSecretOf, purposeOf } from './step.js';
import { ACCESS_TOKEN_NAME } from './tokens.js';

/** The login that a consumer outside is to have. */
export function loginOf({ username, token }: Pick<Fresh, 'username' | 'token'>, { registry }: SagaContext): Login {
  return { username, token, registryHost: new URL(registry.url).host };
}

/** The old one, where its secret is known. */
export function oldLoginOf(journal: Journal, context: SagaContext): Login | undefined {
  const token = oldSecretOf(journal, context.seal);
  const { username = ACCESS_TOKEN_NAME } = journal.plan.old;
  return token === undefined ? undefined : loginOf({ username, token }, context);
}

/** Hands the new login to a consumer outside GitLab, and reads it back. Resumable. */
export async function deliver(journal: Journal, index: number, fresh: Fresh, context: SagaContext): Promise<void> {
  const { seal, save } = context;
  const consumer = consumerAt(journal, index, context);
  const login = loginOf(fresh, context);
  let entry = journal.outside[index];
  if (entry === undefined) {
    const before = await consumer.read();
    const old = before === undefined ? null : seal.seal(before, purposeOf(journal.plan));
    entry = { old, state: 'intended' };
    journal.outside[index] = entry;
    await save(journal);
  }
  await consumer.write(login);
  if ((await consumer.holds(login)) === false) {
    throw new EdgeError({
      part: 'config',
      code: 'stopped-halfway',
      forPerson: {
        what: `${consumer.name} took the new token, but does not hold it`,
        next: 'look whether something else writes it, such as a GitOps controller that brings the former one back',
      },
    });
  }
  journal.outside[index] = { ...entry, state: 'done' };
  await save(journal);
}

/** Errors: `not-found` when the configuration does not declare it any more. */
export function consumerAt({ plan }: Journal, index: number, { outside }: SagaContext): OutsideConsumer {
  const name = plan.outside[index];
  const found = outside.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new EdgeError({
    part: 'config',
    code: 'not-found',
    forPerson: {
      what: `${name} is not in the configuration any more`,
      next: 'put it back under rotation.outside, or ask for a new plan',
    },
  });
}
