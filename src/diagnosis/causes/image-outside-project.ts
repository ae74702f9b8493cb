import { isDockerHub, isUnder } from '../../registry/reference.js';
import { type Cause, excluded, likely, possible } from '../cause.js';

/**
 * (S3) The pushed name is not under the project that the credentials belong to.
 *
 * GitLab leaves refused actions out of the token without a word; the registry then refuses, in words that serve
 * several causes: the name decides, not the message.
 * Source: GitLab's /jwt/auth; reproduced with docker 28 against registry 2.8.2.
 */
export const imageOutsideProject = {
  id: 'image-outside-project',
  group: 'authorization',
  title: 'The image name is outside the project',
  explain: ({ image, project }) =>
    `The credentials belong to ${project ?? 'one project'}, and ${image?.path ?? 'the pushed name'} is not under it. GitLab grants a push only below the namespace/project that the token belongs to.`,
  signals: [
    { says: 'requested access to the resource is denied', own: true },
    { says: 'insufficient_scope', own: true },
  ],
  fit({ image, project, operation }) {
    if (operation === 'pull') return excluded('nothing was pushed');
    if (image !== undefined && isDockerHub(image))
      return excluded('the name has no registry host: it went to Docker Hub');
    if (image === undefined) return possible('the log does not show which name was pushed');
    if (project === undefined) return possible('the log does not say which project the job belongs to');
    if (isUnder(image, project)) return excluded(`${image.path} is under ${project}`);
    return likely(`${image.path} is not under ${project}`);
  },
  fix({ image, project = 'GROUP/PROJECT', imageText = 'IMAGE' }) {
    const name = image?.path.split('/').at(-1) ?? 'NAME';
    const target = `${image?.host ?? 'REGISTRY'}/${project.toLowerCase()}/${name}:${image?.tag ?? 'latest'}`;
    return [`docker tag ${imageText} ${target}`, `docker push ${target}`];
  },
  references: ['https://docs.gitlab.com/user/packages/container_registry/#naming-convention-for-your-container-images'],
  examples: [
    {
      is: 'likely',
      under: ['registry.example.com/other/x:1', 'is denied'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/other/x:1
The push refers to repository [registry.example.com/other/x]
9a1dd7918741: Preparing
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
  ],
  lookalikes: [
    {
      instead: 'wrong-registry',
      log: '$ docker push shop/api:1\nThe push refers to repository [docker.io/shop/api]\ndenied: requested access to the resource is denied',
    },
  ],
} as const satisfies Cause;
