import type { Identities } from '../access/identities.js';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import type { OpenInstance } from '../instance.js';
import { type Asker, sightOf } from './asker.js';
import type { Scene } from './probe.js';
import { imageOfOurs, imageProjectOf, projectOf } from './subject.js';
import { whoLoggedIn } from './who.js';

/** What the probes of one diagnosis share: each question to GitLab is asked once, by the first that needs its answer. */
export function openScene(
  diagnosis: Diagnosis,
  instance: OpenInstance,
  asker: Asker,
  identities: Identities,
  rest: Pick<Scene, 'login' | 'ownLogin' | 'history' | 'now'>,
): Scene {
  const sight = once(() => sightOf(asker, identities, instance));
  const image = imageOfOurs(diagnosis, instance);
  const imageProject = once(() => imageProjectOf(image, instance, sight));
  const project = once(() => projectOf(diagnosis, instance, image, sight, imageProject));
  return {
    ...rest,
    diagnosis,
    instance,
    project,
    imageProject,
    role: async (of) => (await sight()).role(of),
    who: once(() => whoLoggedIn(diagnosis, instance.gitlab, project)),
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= work();
    return made;
  };
}
