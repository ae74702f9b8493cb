import { NotLooked, type Probe } from '../probe.js';

/** Is the project there, may whoever asks know of it, and is the image of another one? */
export const project: Probe<'project'> = {
  id: 'project',
  worthFor: 'any',
  async look(scene) {
    try {
      const { id, path_with_namespace: path } = await scene.project();
      const ofImage = await scene.imageProject();
      const differs = ofImage !== undefined && ofImage.id !== id;
      return { is: 'found', path, ...(differs ? { ofImage: ofImage.path_with_namespace } : {}) };
    } catch (error) {
      // As in GitLab: who may not see a project does not learn whether it is there.
      if (error instanceof NotLooked && error.path !== undefined) return { is: 'not-found', path: error.path };
      throw error;
    }
  },
};
