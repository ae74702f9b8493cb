import { type Cause, excluded, likely, possible } from '../cause.js';
import { LACKS_RIGHT, refusalOf } from '../refusal.js';

/**
 * CI_JOB_TOKEN was used for an image of another project that does not let this one in.
 *
 * Source: GitLab's documentation of the job token's allow-list (on for new projects since 16.0, for all since 18.0): the
 * registry then answers as for any missing right. A job's token pushes only to its own project, whatever the list.
 */
export const jobTokenScope = {
  id: 'job-token-scope',
  group: 'authorization',
  title: "The job's token is not allowed in that project",
  explain: (facts) => {
    const { name, project } = refusalOf(facts);
    return `The job${project === undefined ? '' : ` of ${project}`} asked for ${name?.path ?? 'an image of another project'} with its own token (CI_JOB_TOKEN). The project that owns the image has to list the job's project among those allowed, and the user who started the pipeline needs to be a member there.`;
  },
  tell: (facts) => {
    const { name, project = "the job's project" } = refusalOf(facts);
    return `Settings > CI/CD > Job token permissions, in the project of ${name?.path ?? 'the image'}, does not list ${project}; its own deploy token may pull`;
  },
  signals: [
    { says: 'authentication by CI/CD job token not allowed', own: true },
    ...LACKS_RIGHT,
    { says: 'denied: access forbidden', own: true },
    { says: 'invalid status code from registry 403', own: true },
    { matches: String.raw`/jwt/auth\S*:? .*403 forbidden`, token: '403 forbidden', own: true },
  ],
  fit(facts, { text }) {
    const { action, name, hub, under, project, jobToken } = refusalOf(facts);
    if (/^\s*(?:remote|fatal): |git (?:clone|fetch|submodule)/.test(`${text}\n${facts.command?.text ?? ''}`))
      return excluded('it was git that was refused');
    if (/job token not allowed/i.test(text)) return likely('GitLab says that the job token is not allowed');
    if (/push access denied|push/.test(action ?? '') || action === 'login')
      return excluded('a job token pushes only to its own project');
    if (hub === true) return excluded('the image is not in this GitLab');
    // Kaniko is told its credentials by a file, and in a job these are the job's own.
    if (!jobToken && under === false && facts.logins.length === 0 && facts.client?.name === 'kaniko')
      return possible(
        `${name?.path} belongs to another project than ${project}, and the job shows no credentials but its own`,
      );
    if (!jobToken) return excluded("the log does not show that the job's token was used");
    if (under === true) return excluded(`${name?.path ?? 'the image'} is the job's own project`);
    if (under === false) return likely(`${name?.path} belongs to another project than ${project}`);
    return possible(`${name?.path ?? 'the image'} may belong to another project, and the job's token was used`);
  },
  fix(facts) {
    const { name, project = 'GROUP/PROJECT' } = refusalOf(facts);
    const owner = name?.path ?? 'the project that owns the image';
    return [
      `In the project of ${owner}: Settings > CI/CD > Job token permissions > Add: ${project}`,
      `curl --request POST --header "PRIVATE-TOKEN: MAINTAINER_TOKEN" "https://GITLAB/api/v4/projects/OWNER_PROJECT_ID/job_token_scope/allowlist?target_project_id=JOB_PROJECT_ID"`,
      'The user who starts the pipeline needs Reporter there, if the project is private',
      'or log in with a deploy token of that project (read_registry); for the image of the job itself in a CI/CD variable DOCKER_AUTH_CONFIG',
    ];
  },
  references: ['https://docs.gitlab.com/ci/jobs/ci_job_token/#control-job-token-access-to-your-project'],
  examples: [
    {
      is: 'likely',
      under: ['pull access denied for registry.example.com/platform/base'],
      log: `Running with gitlab-runner 17.9.1 (bbf75488)
Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Login Succeeded
$ docker pull registry.example.com/platform/base:1
Error response from daemon: pull access denied for registry.example.com/platform/base, repository does not exist or may require 'docker login': denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'possible',
      under: ['pull access denied'],
      log: `Running with gitlab-runner 18.2.0 (14c6af0a)
Preparing the "docker" executor
Using Docker executor with image registry.example.com/platform/tools:3 ...
Authenticating with credentials from job payload (GitLab Registry)
Pulling docker image registry.example.com/platform/tools:3 ...
WARNING: Failed to pull image with policy "always": Error response from daemon: pull access denied for registry.example.com/platform/tools, repository does not exist or may require 'docker login': denied: requested access to the resource is denied (manager.go:254:0s)
ERROR: Job failed: failed to pull image "registry.example.com/platform/tools:3" with specified policies [always]: Error response from daemon: pull access denied for registry.example.com/platform/tools, repository does not exist or may require 'docker login': denied: requested access to the resource is denied (manager.go:254:0s)`,
    },
    {
      is: 'likely',
      under: ['insufficient_scope', 'platform/php'],
      log: `Reinitialized existing Git repository in /builds/shop/web/.git/
$ echo "$CI_JOB_TOKEN" | docker login -u gitlab-ci-token --password-stdin $CI_REGISTRY
Login Succeeded
$ docker build -t $CI_REGISTRY_IMAGE:latest .
#3 [internal] load metadata for registry.example.com/platform/php:8.3
#3 ERROR: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
------
ERROR: failed to solve: registry.example.com/platform/php:8.3: failed to resolve source metadata for registry.example.com/platform/php:8.3: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['requested access', 'data/models'],
      log: `Initialized empty Git repository in /builds/data/train/.git/
$ skopeo login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" "$CI_REGISTRY"
Login Succeeded!
$ skopeo copy docker://registry.example.com/data/models/net:4 dir:/tmp/net
time="2025-02-03T04:05:06Z" level=fatal msg="initializing source docker://registry.example.com/data/models/net:4: reading manifest 4 in registry.example.com/data/models/net: requested access to the resource is denied"
ERROR: Job failed: exit code 1`,
    },
  ],
  lookalikes: [
    {
      instead: 'image-outside-project',
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/platform/base:1
The push refers to repository [registry.example.com/platform/base]
9a1dd7918741: Preparing
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
    {
      instead: 'not-registry',
      log: `$ git clone https://gitlab-ci-token:[MASKED]@gitlab.example.com/platform/lib.git
Cloning into 'lib'...
remote: Authentication by CI/CD job token not allowed from shop/api to platform/lib.
fatal: unable to access 'https://gitlab.example.com/platform/lib.git/': The requested URL returned error: 403`,
    },
  ],
} as const satisfies Cause;
