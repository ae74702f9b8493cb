import { EdgeError } from '../errors.js';
import type { Registry } from '../registry/client.js';
import type { Credentials } from '../registry/protocol.js';
import type { RotationPlan } from './plan/plan.js';
import type { SagaContext } from './saga.js';

/**
 * Proves a new token against the real registry: the handshake must grant what the scopes promise, and with push an
 * upload session is opened and cancelled (a list of granted actions alone can mislead).
 *
 * Errors: `registry-protocol` with the refusal's own words.
 */
export async function proveToken(
  plan: RotationPlan,
  fresh: { username: string; token: string },
  registry: Registry,
): Promise<void> {
  const mayPush = plan.old.scopes.includes('write_registry') && plan.old.scopes.includes('read_registry');
  const wanted = mayPush ? ['pull', 'push'] : ['pull'];
  const answered = await handshake(registry, { username: fresh.username, password: fresh.token }, [
    `repository:${plan.probe.repository}:${wanted.join(',')}`,
  ]);
  if (answered.is === 'refused') throw unproven(`GitLab answered ${answered.status}: ${answered.message}`);
  const granted = answered.access.find(({ name }) => name === plan.probe.repository)?.actions ?? [];
  const lacking = wanted.filter((action) => !granted.includes(action));
  if (lacking.length > 0) throw unproven(`GitLab did not grant ${lacking.join(' and ')} on ${plan.probe.repository}`);
  if (!mayPush) return;
  const upload = await registry.probeUpload(plan.probe.repository, answered.token);
  if (upload.is === 'refused') throw unproven(`the registry answered ${upload.status} to an upload: ${upload.message}`);
  if (new URL(upload.location).origin !== new URL(registry.url).origin) {
    throw unproven(
      `the registry sends uploads to ${new URL(upload.location).origin} instead of ${registry.url}: the proxy in front hides the address`,
    );
  }
}

/** Sees that the old token is refused, and says how that was seen. */
export async function seeRefused(
  plan: RotationPlan,
  secret: string | undefined,
  { registry, gitlab, succeedOnce }: SagaContext,
): Promise<string> {
  const present = (await gitlab.deployTokens(plan.owner)).some(({ id }) => id === plan.old.id);
  if (present) throw unproven(`GitLab still lists deploy token ${plan.old.id}`);
  if (secret === undefined)
    return `deploy token ${plan.old.id} is gone from GitLab (its secret was in no variable, so no login was tried)`;
  const answered = await handshake(registry, { username: plan.old.username, password: secret }, []);
  if (answered.is === 'granted') throw unproven(`the old deploy token ${plan.old.id} is still accepted`);
  await succeedOnce();
  return `deploy token ${plan.old.id} is revoked, and a login with it was refused (${answered.status})`;
}

async function handshake(registry: Registry, credentials: Credentials, scopes: string[]) {
  const { challenge, status } = await registry.ping();
  if (challenge === undefined) throw unproven(`the registry answers ${status} and asks for no token`);
  return registry.handshake(challenge, scopes, credentials);
}

function unproven(why: string): EdgeError {
  return new EdgeError({
    part: 'registry',
    code: 'registry-protocol',
    forPerson: {
      what: 'the proof against the registry failed',
      why,
      next: '/registry status shows which part of the chain is broken; then ask again',
    },
  });
}
