import type { ImageFinding } from '../../diagnosis/findings.js';
import { type Refusal, refusalOf } from '../../diagnosis/refusal.js';
import { type Project, ROLES } from '../../gitlab/schema.js';
import { isUnder, type Reference } from '../../registry/reference.js';
import type { Probe, Scene } from '../probe.js';
import type { Who } from '../who.js';

/** Whose is the image's path, and are the repository and the tag there? */
export const image: Probe<'image'> = {
  id: 'image',
  worthFor: ['image-outside-project', 'name-unknown', 'manifest-unknown', 'wrong-registry'],
  async look(scene): Promise<ImageFinding | undefined> {
    const { facts } = scene.diagnosis;
    const refusal: Partial<Refusal> = facts === undefined ? {} : refusalOf(facts);
    const { name, action } = refusal;
    if (facts === undefined || name === undefined) return undefined;
    const registryHost = new URL(scene.instance.config.registry.url).host;
    const { host, path } = name;
    const common = { name: { path, ...(host === undefined ? {} : { host }) }, registryHost };
    if (host !== registryHost) return common;
    const owner = await scene.imageProject();
    const inside = owner !== undefined && (await scene.role(owner)) >= ROLES.developer;
    return {
      ...common,
      ...(facts.project === undefined ? {} : await againstJob(scene, name)),
      ...(owner === undefined ? {} : { owner: owner.path_with_namespace }),
      ...(inside && action !== 'push' ? await inRegistry(scene, owner, name) : {}),
    };
  },
};

async function againstJob({ project, who }: Scene, name: Reference): Promise<Pick<ImageFinding, 'job' | 'boundTo'>> {
  const { path_with_namespace: path } = await project();
  // Unknown credentials decide less; why they are unknown, the probes tell that are about them.
  const boundTo = await who().then(boundWords, () => undefined);
  return { job: { path, under: isUnder(name, path) }, ...(boundTo === undefined ? {} : { boundTo }) };
}

function boundWords(who: Who): string | undefined {
  if (who.is === 'job') return `the job's own token`;
  return who.is === 'deploy-token' ? `deploy token ${who.token.id} “${who.token.name}”` : undefined;
}

async function inRegistry(
  { instance: { gitlab } }: Scene,
  { id }: Project,
  { path, tag }: Reference,
): Promise<Pick<ImageFinding, 'repository' | 'tag'>> {
  const repository = await gitlab.findRepository(id, path);
  if (repository === 'too-many') return {};
  if (repository === undefined) return { repository: 'missing' };
  if (tag === undefined) return { repository: 'there' };
  const found = await gitlab.tag(id, repository.id, tag);
  if (found === undefined) return { repository: 'there', tag: { name: tag, is: 'missing' } };
  const since = found.created_at;
  return { repository: 'there', tag: { name: tag, is: 'there', ...(since == null ? {} : { since }) } };
}
