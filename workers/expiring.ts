import { EdgeError } from '../src/errors.js';
import type { ExpiringToken } from '../src/hooks/expiring.js';
import { expiringAnswer, type Seen } from '../src/hooks/expiring-answer.js';
import { type OpenInstance, withInstance } from '../src/instance.js';
import type { Handler } from '../src/queue/work.js';
import { isForRegistry } from '../src/rotation/plan/token.js';
import { PolicyStore } from '../src/rotation/policy/store.js';
import type { WorkerContext } from './context.js';

/** GitLab told of a token that expires: those of the registry are told on. */
export function expiringWorker({ config, redis, hosts, log, now }: WorkerContext): Handler<'expiring'> {
  return async ({ hook: { instance: name }, token }, say) => {
    const { kind, id, owner, createdAt } = token;
    if (kind === 'deploy' && createdAt !== undefined)
      await new PolicyStore(redis, name).noteMade(id, Date.parse(createdAt));
    const seen = await withInstance(config, name, (instance) => lookFor(token, instance, config.secret), hosts);
    if (seen !== undefined) return say(expiringAnswer(token, seen, name, now()));
    log.info({ instance: name, path: owner.path, token: `${kind}:${id}` }, 'a token that expires is nobody’s business');
  };
}

/** `undefined`: it is gone, or it is not for the registry. */
async function lookFor(
  { kind, id, owner }: ExpiringToken,
  { gitlab, config }: OpenInstance,
  secret: WorkerContext['config']['secret'],
): Promise<Seen | undefined> {
  if (kind === 'access' && (await gitlab.whose(secret(config.gitlab.token)))?.id === id) return 'our own';
  try {
    const tokens = kind === 'deploy' ? await gitlab.deployTokens(owner) : await gitlab.accessTokens(owner);
    const found = tokens.find((one) => one.id === id);
    return found !== undefined && !found.revoked && isForRegistry(found) ? 'for the registry' : undefined;
  } catch (error) {
    if (!(error instanceof EdgeError) || !['gitlab-forbidden', 'gitlab-not-found'].includes(error.code)) throw error;
    return 'out of sight';
  }
}
