import { NotLooked, type Probe } from '../probe.js';

/** Is the project there, and may whoever asks know of it? */
export const project: Probe<'project'> = {
  id: 'project',
  worthFor: 'any',
  async look(scene) {
    try {
      return { is: 'found', path: (await scene.project()).path_with_namespace };
    } catch (error) {
      // As in GitLab: who may not see a project does not learn whether it is there.
      if (error instanceof NotLooked && error.path !== undefined) return { is: 'not-found', path: error.path };
      throw error;
    }
  },
};
