import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';
import { LACKS_RIGHT, refusalOf } from '../refusal.js';
import { wasUploading } from './token-expired-mid-push.js';
import { isGitLabs } from './token-key-mismatch.js';

/** Registries that have no projects of GitLab's, by the names that their hosts have. */
const FOREIGN =
  /(?:azurecr|ghcr|quay|gcr|pkg|jfrog|amazonaws|digitalocean|icr|ocir|docker)\.(?:io|dev|com|us|cn)\b|\b(?:harbor|nexus|artifactory|quay|gitea|forgejo)\b/;

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
  explain: (facts) => {
    const { name, project } = refusalOf(facts);
    return `The credentials belong to ${project ?? 'one project'}, and ${name?.path ?? 'the pushed name'} is not under it. GitLab grants a push only below the namespace/project that the token belongs to.`;
  },
  tell: (facts) => {
    const { name, jobToken } = refusalOf(facts);
    const path = name?.path ?? 'the pushed name';
    return jobToken
      ? `echo "$CI_REGISTRY_IMAGE" in the job prints a path that ${path} is not at or below, and a push to the printed path goes through`
      : `GitLab: Settings > Repository > Deploy tokens lists the token in another project than the one that ${path} is under`;
  },
  signals: [
    ...LACKS_RIGHT,
    { says: 'access forbidden' },
    { says: 'make sure you have permissions for', own: true },
    { matches: String.raw`/jwt/auth\S*:? .*403 forbidden`, token: '403 forbidden', own: true },
  ],
  fit(facts, { text }) {
    const { action, name, hub, under, project, login, jobToken, lacking, anonymous, reads } = refusalOf(facts);
    if (action !== 'push' && action !== undefined) return excluded('nothing was pushed');
    if (hub === true) return excluded('the name has no registry host: it went to Docker Hub');
    if (wasUploading(facts)) return excluded('the registry took layers for this name');
    if (under === true) return excluded(`${name?.path ?? 'the name'} is under ${project ?? 'the project'}`);
    if (facts.answers?.registryOff === true) return excluded('the registry of the project is switched off');
    if (lacking !== undefined && !jobToken) return excluded(lacking);
    if (anonymous) return conceivable('nothing was sent that could belong to a project');
    if (/access forbidden|403 forbidden|permissions for/i.test(text)) {
      if (!isGitLabs(facts) || FOREIGN.test(name?.host ?? '')) return excluded('that registry is not GitLab’s');
      if (action !== 'push' || under === undefined) return excluded('the credentials have no right on any image');
      return jobToken
        ? likely(`${name?.path} is not under ${project}, and a job's token pushes nowhere else`)
        : possible(`${name?.path} is not under ${project}`);
    }
    if (login === 'elsewhere') return excluded(`the login was not for ${name?.host}`);
    if (name === undefined) return conceivable('the log does not show which name was pushed');
    if (under === false) {
      const user = facts.logins.at(-1)?.user;
      // A group's deploy token may serve the whole group: then it is a scope that is missing, not the name that is wrong.
      if (!jobToken && user !== undefined && name.path.split('/')[0] === project?.toLowerCase().split('/')[0])
        return possible(`${name.path} is not under ${project}; only a token of the whole group could push there`);
      return likely(`${name.path} is not under ${project}`);
    }
    if (!name.path.includes('/') && isGitLabs(facts))
      return likely(`${name.path} names no namespace/project, and GitLab has no other place for images`);
    if (FOREIGN.test(name.host ?? '')) return excluded('that registry is not GitLab’s');
    if (reads) return conceivable(`a pull of ${name.path} works, so it is only the push that is not allowed`);
    if (login !== 'here' && !isGitLabs(facts)) return conceivable('the log does not show whose credentials were used');
    return possible(`the log does not say whether ${name.path} is the project that the credentials belong to`);
  },
  fix(facts) {
    const { name, project = 'GROUP/PROJECT' } = refusalOf(facts);
    const own = project.toLowerCase();
    const last = name?.path.split('/').at(-1) ?? 'NAME';
    const path = own.endsWith(`/${last}`) ? own : `${own}/${last}`;
    const target = `${name?.host ?? 'REGISTRY'}/${path}:${name?.tag ?? 'latest'}`;
    return [
      `docker tag ${facts.imageText ?? 'IMAGE'} ${target}`,
      `docker push ${target}`,
      'In a job: docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA" . && docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA"',
      `If ${name?.path ?? 'the name'} is right: log in with a deploy token of that project (read_registry, write_registry), not with the job's own`,
    ];
  },
  references: [
    'https://docs.gitlab.com/user/packages/container_registry/#naming-convention-for-your-container-images',
    'https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/',
  ],
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
    {
      is: 'likely',
      under: ['registry.example.com:5050/platform/worker', 'insufficient_scope'],
      log: `Running with gitlab-runner 17.4.0 (b92ee590)
Reinitialized existing Git repository in /builds/team/sub/worker/.git/
$ echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
Login Succeeded
$ docker buildx build --push -t registry.example.com:5050/platform/worker:3.1 .
#11 exporting to image
#11 pushing layers 0.4s done
#11 ERROR: failed to push registry.example.com:5050/platform/worker:3.1: push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
------
ERROR: failed to solve: failed to push registry.example.com:5050/platform/worker:3.1: push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['initiating layer upload', 'registry.example.com'],
      log: `Fetching changes with git depth set to 20...
Initialized empty Git repository in /builds/data/etl/.git/
$ buildah login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY
Login Succeeded!
$ buildah push etl:main docker://registry.example.com/data/etl-images/etl:main
Getting image source signatures
Error: writing blob: initiating layer upload to /v2/data/etl-images/etl/blobs/uploads/ in registry.example.com: denied: requested access to the resource is denied
section_end:1733000000:step_script
ERROR: Job failed: exit code 125`,
    },
    {
      is: 'likely',
      under: ['checking push permission', 'UNAUTHORIZED'],
      log: `Reinitialized existing Git repository in /builds/shop/api/.git/
$ mkdir -p /kaniko/.docker
$ echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{\\"username\\":\\"$CI_REGISTRY_USER\\",\\"password\\":\\"$CI_REGISTRY_PASSWORD\\"}}}" > /kaniko/.docker/config.json
$ /kaniko/executor --context "$CI_PROJECT_DIR" --destination registry.example.com/base/images/api:1
error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com/base/images/api:1": POST https://registry.example.com/v2/base/images/api/blobs/uploads/: UNAUTHORIZED: authentication required; [map[Action:push Class: Name:base/images/api Type:repository]]
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'possible',
      under: ['is denied'],
      log: `$ docker login -u deploy --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/shop/backend:2.0
The push refers to repository [registry.example.com/shop/backend]
5f70bf18a086: Preparing
denied: requested access to the resource is denied`,
    },
    {
      is: 'likely',
      under: ['registry.gitlab.example.org/api'],
      log: `+ docker login -u gitlab+deploy-token-12 --password-stdin registry.gitlab.example.org
Login Succeeded
+ docker push registry.gitlab.example.org/api:build-77
The push refers to repository [registry.gitlab.example.org/api]
5f70bf18a086: Preparing
denied: requested access to the resource is denied
script returned exit code 1`,
    },
    {
      is: 'likely',
      under: ['registry.example.com/fleet/engine'],
      log: `Reinitialized existing Git repository in /builds/harbour/pilot/.git/
$ echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{\\"username\\":\\"$CI_REGISTRY_USER\\",\\"password\\":\\"$CI_REGISTRY_PASSWORD\\"}}}" > /kaniko/.docker/config.json
$ ls
$ /kaniko/executor --destination "$CI_REGISTRY/fleet/engine:2" --skip-push-permission-check
error pushing image: failed to push to destination registry.example.com/fleet/engine:2: POST https://registry.example.com/v2/fleet/engine/blobs/uploads/: DENIED: requested access to the resource is denied; [map[Action:push Class: Name:fleet/engine Type:repository]]
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['fleet/engine', '403 Forbidden'],
      log: `Reinitialized existing Git repository in /builds/harbour/pilot/.git/
$ docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
Login Succeeded
$ docker buildx build --push -t $CI_REGISTRY_IMAGE:2 -t $CI_REGISTRY/fleet/engine:2 .
ERROR: failed to solve: failed to push registry.example.com/fleet/engine:2: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?scope=repository%3Afleet%2Fengine%3Apull%2Cpush&scope=repository%3Aharbour%2Fpilot%3Apull&service=container_registry: 403 Forbidden
ERROR: Job failed: exit code 1`,
    },
  ],
  lookalikes: [
    {
      instead: 'wrong-registry',
      log: '$ docker login registry.example.com\nLogin Succeeded\n$ docker push shop/api:1\nThe push refers to repository [docker.io/shop/api]\ndenied: requested access to the resource is denied',
    },
    {
      instead: 'insufficient-rights',
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u deploy-reader --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/shop/api/cache:1
The push refers to repository [registry.example.com/shop/api/cache]
9a1dd7918741: Preparing
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
  ],
} as const satisfies Cause;
