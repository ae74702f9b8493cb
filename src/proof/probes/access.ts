import type { AccessFinding } from '../../diagnosis/findings.js';
import type { Probe } from '../probe.js';
import { askedProject } from '../subject.js';

const SWITCHES = ['enabled', 'private', 'disabled'] as const;

/** Is the registry on, for the instance and for the project, for whom, and may anything be pushed there? */
export const access: Probe<'access'> = {
  id: 'access',
  worthFor: [
    'registry-disabled',
    'insufficient-rights',
    'name-unknown',
    'image-outside-project',
    'job-token-scope',
    'invalid-image-reference',
  ],
  async look(scene): Promise<AccessFinding> {
    const project = await askedProject(scene);
    const deletion = project.marked_for_deletion_on;
    return {
      path: project.path_with_namespace,
      registry: SWITCHES.find((one) => one === project.container_registry_access_level) ?? 'unknown',
      instanceHasOne: project.container_registry_image_prefix != null,
      visibility: project.visibility ?? 'private',
      archived: project.archived === true,
      ...(deletion == null ? {} : { deletion }),
    };
  },
};
