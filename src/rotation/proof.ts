import { EdgeError, RETRY_MS } from '../errors.js';
import type { Registry } from '../registry/client.js';
import type { Credentials } from '../registry/protocol.js';
import type { SagaContext } from './context.js';
import type { RotationPlan } from './plan/plan.js';
import { mayComeBack } from './step.js';

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
): Promise<{ uploadLeft?: string }> {
  const wanted = actionsOf(plan);
  const answered = await handshake(
    registry,
    { username: fresh.username, password: fresh.token },
    wanted.length === 0 ? [] : [`repository:${plan.probe.repository}:${wanted.join(',')}`],
  );
  if (answered.is === 'refused') throw unproven(`GitLab answered ${answered.status}: ${answered.message}`);
  const granted = answered.access.find(({ name }) => name === plan.probe.repository)?.actions ?? [];
  const lacking = wanted.filter((action) => !granted.includes(action));
  if (lacking.length > 0) throw unproven(`GitLab did not grant ${lacking.join(' and ')} on ${plan.probe.repository}`);
  if (!wanted.includes('push')) return {};
  const upload = await registry.probeUpload(plan.probe.repository, answered.token);
  // A 500 is the registry's own word, such as a storage that takes nothing; a gateway's is that nobody is there.
  if (upload.is === 'refused' && upload.status > 500) throw silent('registry', 'the registry', upload.status);
  if (upload.is === 'refused') throw unproven(`the registry answered ${upload.status} to an upload: ${upload.message}`);
  if (new URL(upload.location).origin !== new URL(registry.url).origin) {
    throw unproven(
      `the registry sends uploads to ${new URL(upload.location).origin} instead of ${registry.url}: the proxy in front hides the address`,
    );
  }
  return upload.left === undefined ? {} : { uploadLeft: upload.left };
}

/** What the registry must grant to a token of those scopes: GitLab lets nobody push who may not pull. */
function actionsOf({ old: { scopes } }: RotationPlan): string[] {
  if (!scopes.includes('read_registry')) return [];
  return scopes.includes('write_registry') ? ['pull', 'push'] : ['pull'];
}

/** What {@link proveToken} does, for the plan. */
export function proofWords(plan: RotationPlan): string {
  const { repository, isNew } = plan.probe;
  const wanted = actionsOf(plan);
  if (wanted.length === 0) return 'log in with it';
  if (!wanted.includes('push')) return `log in with it and ask for pull of ${repository}`;
  return `log in with it, ask for pull and push of ${repository}, open an upload and cancel it${isNew ? ' (GitLab will list an empty repository of that name)' : ''}`;
}

/** What {@link proveToken} saw. `uploadLeft`: why the upload was not cancelled. */
export function provenWords(plan: RotationPlan, uploadLeft?: string): string {
  const wanted = actionsOf(plan);
  if (wanted.length === 0) return 'it was granted a login';
  return `it was granted ${wanted.includes('push') ? `pull and push, and an upload was opened ${uploadLeft === undefined ? 'and cancelled' : `(the registry purges it after a week: ${uploadLeft})`}` : 'pull'}`;
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
  // A courtesy to GitLab's count of refused logins: without it, what was seen is as true.
  await succeedOnce().catch((error: unknown) => {
    if (mayComeBack(error)) throw error;
  });
  // Only a 401 is about the credentials: GitLab bans an address, for one, with a 403.
  if (answered.status !== 401)
    throw unproven(`GitLab answered ${answered.status} instead of refusing the old deploy token: ${answered.message}`);
  return `deploy token ${plan.old.id} is revoked, and a login with it was refused (${answered.status})`;
}

async function handshake(registry: Registry, credentials: Credentials, scopes: string[]) {
  const { challenge, status } = await registry.ping();
  if (status >= 500) throw silent('registry', 'the registry', status);
  if (challenge === undefined) throw unproven(`the registry answers ${status} and asks for no token`);
  const answered = await registry.handshake(challenge, scopes, credentials);
  if (answered.is === 'refused' && answered.status >= 500)
    throw silent('gitlab', 'the token endpoint', answered.status);
  return answered;
}

/** Neither a grant nor a refusal: the part is down, and comes back. */
function silent(part: 'gitlab' | 'registry', name: string, status: number): EdgeError {
  return new EdgeError({
    part,
    code: part === 'gitlab' ? 'gitlab-unreachable' : 'registry-unreachable',
    retry: { afterMs: RETRY_MS },
    status,
    forPerson: {
      what: `${name} answers ${status}`,
      next: '/registry status shows which part of the chain is broken; the rotation goes on by itself when it is back',
    },
  });
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
