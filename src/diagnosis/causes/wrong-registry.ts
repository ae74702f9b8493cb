import { isDockerHub } from '../../registry/reference.js';
import { type Cause, excluded, likely } from '../cause.js';

/**
 * The image name carries no registry host, so the client went to Docker Hub.
 *
 * Source: the reference grammar: without a dot or colon before the first slash the host is docker.io.
 */
export const wrongRegistry = {
  id: 'wrong-registry',
  group: 'authorization',
  title: 'The image went to another registry than the one logged in to',
  explain: ({ imageText = 'The image name' }) =>
    `${imageText} names no registry host, so the client went to Docker Hub. The login for GitLab's registry does not count there.`,
  signals: [
    { says: 'requested access to the resource is denied', own: true },
    { says: 'insufficient_scope', own: true },
  ],
  fit({ image, imageText, operation }) {
    if (image === undefined || operation === 'pull') return excluded('no image name without a host was pushed');
    if (!isDockerHub(image)) return excluded(`the name has a host: ${image.host}`);
    return likely(`${imageText} has no registry host`);
  },
  fix({ image, imageText = 'IMAGE', project, logins }) {
    const host = logins.findLast((login) => login.host !== undefined)?.host ?? 'REGISTRY';
    const path = project?.toLowerCase() ?? image?.path ?? 'GROUP/PROJECT';
    const target = `${host}/${path}:${image?.tag ?? 'latest'}`;
    return [`docker tag ${imageText} ${target}`, `docker push ${target}`];
  },
  references: ['https://docs.docker.com/reference/cli/docker/image/tag/'],
  examples: [
    {
      is: 'likely',
      under: ['shop/api:1', 'is denied'],
      log: '$ docker push shop/api:1\nThe push refers to repository [docker.io/shop/api]\ndenied: requested access to the resource is denied',
    },
  ],
  lookalikes: [],
} as const satisfies Cause;
