import { targetOf } from '../../config/schema.js';
import type { UploadFinding } from '../../diagnosis/findings.js';
import { NotLooked, type Probe, type Scene } from '../probe.js';
import { askedProject, imageOfOurs } from '../subject.js';

/** Does the registry take an upload? Opened and cancelled, only where GitLab has the repository already. */
export const upload: Probe<'upload'> = {
  id: 'upload',
  worthFor: [
    'registry-storage-full',
    'registry-storage-permission',
    'registry-storage-backend',
    'registry-read-only',
    'registry-internal-error',
    'wrong-forwarded-headers',
  ],
  async look(scene): Promise<UploadFinding | undefined> {
    const { config, registry } = scene.instance;
    if (scene.diagnosis.facts?.operation === 'pull') return undefined;
    const repository = await repositoryOf(scene);
    const login = await scene.ownLogin([`repository:${repository}:pull,push,delete`]);
    const actions = login.is === 'granted' ? (login.access.find(({ name }) => name === repository)?.actions ?? []) : [];
    if (login.is === 'refused' || !actions.includes('push'))
      throw new NotLooked(`an upload to ${repository}, for Registrar itself may not push there`);
    const answer = await registry.probeUpload(repository, login.token);
    return {
      target: targetOf(config),
      repository,
      answer,
    };
  },
};

/** The log's repository by GitLab's own list; else another one of the project, for all are in the same storage. */
async function repositoryOf(scene: Scene): Promise<string> {
  const { gitlab } = scene.instance;
  const { id, path_with_namespace: path } = await askedProject(scene);
  const image = imageOfOurs(scene.diagnosis, scene.instance);
  const named = image === undefined ? undefined : await gitlab.findRepository(id, image.path);
  if (typeof named === 'object') return named.path;
  const [first] = await gitlab.repositories(id);
  if (first === undefined) throw new NotLooked(`an upload to ${path}, for it has no repository yet`);
  return first;
}
