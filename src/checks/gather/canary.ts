import type { OpenInstance } from '../../instance.js';
import type { Credentials, Ping } from '../../registry/protocol.js';
import { within } from '../../within.js';
import type { Fact, Facts } from '../check.js';
import { fact, known, missing } from './fact.js';

/** Below the canary project; its own, so that nothing of anybody's is deleted. */
const IMAGE = 'registrar-canary';
/** Each of the two tries. Milliseconds. */
const TRY_MS = 12_000;

type Tried = Pick<Facts, 'granted' | 'upload' | 'image'>;

/** Tries what a client does: rights, an upload, and where it is configured a whole image. One after the other. */
export async function tryRepository(
  { config, gitlab, registry }: OpenInstance,
  ping: Fact<Ping>,
  login: () => Promise<Credentials>,
): Promise<Tried> {
  const challenge = ping.is === 'known' ? ping.value.challenge : undefined;
  if (challenge === undefined)
    return all(ping.is === 'known' ? 'the registry gave no challenge' : 'no registry answered');
  const { canary } = config;
  const path = canary?.push === true ? `${canary.project.toLowerCase()}/${IMAGE}` : await fact(existing);
  if (typeof path !== 'string' && path.is === 'missing') return all(path.why);
  const repository = typeof path === 'string' ? path : path.value;
  if (repository === undefined) {
    const where = canary === undefined ? 'the projects that Registrar’s token was last active in' : canary.project;
    return all(`there is no repository yet in ${where}`);
  }
  const scope = `repository:${repository}:pull,push,delete`;
  const answer = await fact(async () => registry.handshake(challenge, [scope], await login()));
  if (answer.is === 'missing') return { ...all(answer.why), granted: answer };
  if (answer.value.is === 'refused') return all(`GitLab gave no token: ${answer.value.message}`);
  const { token, access } = answer.value;
  const actions = access.find(({ name }) => name === repository)?.actions ?? [];
  const granted = known({ repository, actions });
  if (!actions.includes('push')) return { ...all(`Registrar’s own token may not push to ${repository}`), granted };
  const attempt = <T>(what: string, outcome: Promise<T>) =>
    fact(async () => ({
      repository,
      outcome: await within(TRY_MS, `${what} took more than ${TRY_MS / 1000} s`, outcome),
    }));
  const upload = await attempt('an upload', registry.probeUpload(repository, token));
  if (canary?.push !== true) return { granted, upload, image: missing('no push is configured: canary.push') };
  return { granted, upload, image: await attempt('push and pull', registry.probeImage(repository, token)) };

  /** To ask for push in a path that is none yet would make a repository in GitLab. */
  async function existing(): Promise<string | undefined> {
    if (canary === undefined) return gitlab.someRepository();
    const project = await gitlab.project(canary.project);
    if (project === undefined) throw new Error(`there is no project ${canary.project} that Registrar’s token may see`);
    return (await gitlab.repositories(project.id))[0];
  }
}

function all(why: string): Tried {
  return { granted: missing(why), upload: missing(why), image: missing(why) };
}
