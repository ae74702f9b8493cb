import { EdgeError, RETRY_MS } from '../errors.js';
import { ROLES } from '../gitlab/schema.js';
import { challengeOf } from '../registry/asked.js';
import type { Registry } from '../registry/client.js';
import type { Credentials } from '../registry/protocol.js';
import type { SagaContext } from './context.js';
import { type RotationPlan, tokenWords } from './plan/plan.js';
import { mayComeBack } from './step.js';
import { ACCESS_TOKEN_NAME, TOKENS } from './tokens.js';

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
  const { repository = '' } = plan.probe;
  const wanted = actionsOf(plan);
  const answered = await handshake(
    registry,
    { username: fresh.username, password: fresh.token },
    wanted.length === 0 ? [] : [`repository:${repository}:${wanted.join(',')}`],
  );
  if (answered.is === 'refused') throw unproven(`GitLab answered ${answered.status}: ${answered.message}`);
  const granted = answered.access.find(({ name }) => name === repository)?.actions ?? [];
  const lacking = wanted.filter((action) => !granted.includes(action));
  if (lacking.length > 0) throw unproven(`GitLab did not grant ${lacking.join(' and ')} on ${repository}`);
  if (!wanted.includes('push')) return {};
  const upload = await registry.probeUpload(repository, answered.token);
  if (upload.is === 'refused' && saysLater(upload.status)) throw silent('registry', 'the registry', upload.status);
  if (upload.is === 'refused') throw unproven(`the registry answered ${upload.status} to an upload: ${upload.message}`);
  if (new URL(upload.location).origin !== new URL(registry.url).origin) {
    throw unproven(
      `the registry sends uploads to ${new URL(upload.location).origin} instead of ${registry.url}: the proxy in front hides the address`,
    );
  }
  if (plan.probe.push !== undefined) await pushTo(plan.probe.push, fresh, registry);
  return upload.left === undefined ? {} : { uploadLeft: upload.left };
}

/** A tiny image, where the configuration wants it: what a pipeline does, to the last step. */
async function pushTo(
  repository: string,
  fresh: { username: string; token: string },
  registry: Registry,
): Promise<void> {
  const login = { username: fresh.username, password: fresh.token };
  const answered = await handshake(registry, login, [`repository:${repository}:pull,push`]);
  if (answered.is === 'refused') throw unproven(`GitLab answered ${answered.status}: ${answered.message}`);
  const outcome = await registry.probeImage(repository, answered.token);
  if (outcome.is === 'done') return;
  if (saysLater(outcome.status)) throw silent('registry', 'the registry', outcome.status);
  throw unproven(`the registry answered ${outcome.status} to the ${outcome.at} of a tiny image: ${outcome.message}`);
}

/** What the registry must grant to a token of those scopes: GitLab lets nobody push who may not pull. */
function actionsOf({ old: { scopes, access_level }, probe }: RotationPlan): string[] {
  if (!scopes.includes('read_registry') || probe.repository === undefined) return [];
  // An access token is a user with a role; a deploy token has none.
  if (access_level !== undefined && access_level < ROLES.reporter) return [];
  if (access_level !== undefined && access_level < ROLES.developer) return ['pull'];
  return scopes.includes('write_registry') ? ['pull', 'push'] : ['pull'];
}

/** What {@link proveToken} does, for the plan. */
export function proofWords(plan: RotationPlan): string {
  const { repository, isNew, push } = plan.probe;
  const wanted = actionsOf(plan);
  if (wanted.length === 0) return 'log in with it';
  if (!wanted.includes('push')) return `log in with it and ask for pull of ${repository}`;
  return `log in with it, ask for pull and push of ${repository}, open an upload and cancel it${push === undefined ? '' : `, push a tiny image to ${push}`}${isNew ? ' (GitLab will list an empty repository of that name)' : ''}`;
}

/** What {@link proveToken} saw. `uploadLeft`: why the upload was not cancelled. */
export function provenWords(plan: RotationPlan, uploadLeft?: string): string {
  const wanted = actionsOf(plan);
  if (wanted.length === 0) return 'it was granted a login';
  if (!wanted.includes('push')) return 'it was granted pull';
  const upload = uploadLeft === undefined ? 'and cancelled' : `(the registry purges it after a week: ${uploadLeft})`;
  const image = plan.probe.push === undefined ? '' : `, and a tiny image was pushed to ${plan.probe.push} and pulled`;
  return `it was granted pull and push, and an upload was opened ${upload}${image}`;
}

/** Sees that the old token is refused, and says how that was seen. */
export async function seeRefused(
  plan: RotationPlan,
  secret: string | undefined,
  { registry, gitlab, succeedOnce }: SagaContext,
): Promise<string> {
  const { old, owner } = plan;
  const name = tokenWords(old);
  // Also where a login can be tried: what a variable held may never have been this token's secret.
  const present = (await TOKENS[old.kind].list(gitlab, owner)).some(({ id }) => id === old.id);
  if (present) throw unproven(`GitLab still lists ${name}`);
  if (secret === undefined) return `${name} is gone from GitLab (its secret was in no variable, so no login was tried)`;
  const answered = await handshake(registry, { username: old.username ?? ACCESS_TOKEN_NAME, password: secret }, []);
  if (answered.is === 'granted') throw unproven(`the old ${name} is still accepted`);
  // A courtesy to GitLab's count of refused logins: without it, what was seen is as true.
  await succeedOnce().catch((error: unknown) => {
    if (mayComeBack(error)) throw error;
  });
  // Only a 401 is about the credentials: GitLab bans an address, for one, with a 403.
  if (answered.status !== 401)
    throw unproven(`GitLab answered ${answered.status} instead of refusing the old ${name}: ${answered.message}`);
  return `${name} is revoked, and a login with it was refused (${answered.status})`;
}

async function handshake(registry: Registry, credentials: Credentials, scopes: string[]) {
  const asked = await challengeOf(registry);
  if (asked.challenge === undefined) {
    if (asked.status === 500 || saysLater(asked.status)) throw silent('registry', 'the registry', asked.status);
    throw unproven(`the registry answers ${asked.status} and asks for no token`);
  }
  const answered = await registry.handshake(asked.challenge, scopes, credentials);
  if (answered.is === 'refused' && (answered.status === 500 || saysLater(answered.status)))
    throw silent('gitlab', 'the token endpoint', answered.status);
  return answered;
}

/**
 * Nobody is there, or there is too much to do: not a word about what was asked. A 500 may be one: the registry says so of
 * a storage that takes nothing.
 */
function saysLater(status: number): boolean {
  return status > 500 || status === 429;
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
