import { type Cause, excluded, likely, possible } from '../cause.js';
import { statusSignals } from '../connection.js';
import { refusalOf } from '../refusal.js';
import { wasUploading } from './token-expired-mid-push.js';

/** Words that speak of a rule, whoever's they are. */
const NAMES_RULE = /protected|immutab|AlreadyExistsException|does not allow|disallowed|overwritten|already exists/i;

/**
 * A protected repository, protected tag or immutable tag rule refused the push.
 *
 * Source: GitLab's /jwt/auth ("Pushing to protected repository path forbidden"); its registry refuses protected and
 * immutable tags only at the manifest, after the layers; the others are ECR's, Harbor's, Artifact Registry's, Azure's.
 */
export const protectedByRule = {
  id: 'protected-by-rule',
  group: 'authorization',
  title: 'A protection rule refuses this name or tag',
  explain: (facts) => {
    const { name } = refusalOf(facts);
    const tag = tagOf(facts.failure) ?? name?.tag;
    return /immutab|overwritten|already exists/i.test(facts.failure)
      ? `The tag ${tag ?? 'named'} exists and may not be written again: an immutability rule keeps it as it is. Push under a new tag.`
      : `The credentials are good, but a protection rule keeps ${name?.path ?? 'this repository'}${tag === undefined ? '' : ` or its tag ${tag}`} for a higher role. The rule, or who pushes, has to change.`;
  },
  tell: (facts) => {
    const { name } = refusalOf(facts);
    const path = name?.path ?? 'GROUP/PROJECT';
    const tag = tagOf(facts.failure) ?? name?.tag ?? 'TAG';
    return /immutab|overwritten|already exists/i.test(facts.failure)
      ? `skopeo inspect docker://${name?.host ?? 'REGISTRY'}/${path}:${tag} prints a digest, so the tag is there, and a push under a new tag goes through`
      : `GitLab: Settings > Packages and registries > Container registry has a rule that matches ${path} or ${tag}, for a higher role than the one that pushes`;
  },
  signals: [
    { says: 'pushing to protected repository path forbidden', own: true },
    { matches: String.raw`\btag:? ["'\x60\\]*[\w.-]+["'\x60\\]* is protected`, token: ' is protected' },
    { matches: String.raw`\btag:? ["'\x60\\]*[\w.-]+["'\x60\\]* is immutable`, token: ' is immutable' },
    {
      matches: String.raw`repository is immutable|repository has enabled tag immutability`,
      token: ' immutab',
      own: true,
    },
    { says: 'imagetagalreadyexistsexception', own: true },
    { says: 'configured as immutable', own: true },
    {
      matches: String.raw`(?:denied|manifest invalid|tag invalid|conflict|precondition): .* immutab`,
      token: ' immutab',
      own: true,
    },
    {
      matches: String.raw`(?:repository|registry) does not allow (?:updating|overwriting|redeploy)`,
      token: ' does not allow ',
      own: true,
    },
    { says: 'operation is disallowed on this registry, repository or image', own: true },
    { matches: String.raw`denied: .*protected (?:repository|tag|container)`, token: 'protected ', own: true },
    ...([' protected', 'cannot be overwritten'] as const).map(
      (token) =>
        ({
          matches: String.raw`(?:denied|unauthorized|forbidden|unknown|invalid): .*\btag\b.*${token}`,
          token,
          own: true,
        }) as const,
    ),
    { says: 'tag already exists', own: true },
    // Harbor answers so to a push of a tag that a rule keeps.
    ...statusSignals('412'),
    { says: 'requested access to the resource is denied', own: true },
    {
      matches: String.raw`/manifests/\S+: (?:UNAUTHORIZED|DENIED|unexpected status.*40[13])`,
      token: '/manifests/',
      own: true,
    },
  ],
  fit(facts, { text }) {
    const { action, name, hub, login } = refusalOf(facts);
    if (/branch|refs\/heads|pre-receive|remote: /i.test(text)) return excluded('it is a rule of git');
    if (NAMES_RULE.test(text)) return likely('the answer names the rule');
    if (/\b412\b/.test(text))
      return action === 'pull' || /GET|HEAD/.test(text)
        ? excluded('nothing was pushed')
        : likely('the answer was 412: a rule of the project keeps the tag');
    const rule = ruleFor(name?.path, facts.near);
    if (rule !== undefined && action === 'push') return likely(`GitLab has a rule for ${rule}`);
    if (action !== 'push' || hub === true || login === 'elsewhere') return excluded('nothing was pushed there');
    if (!wasUploading(facts)) return excluded('no layer had been accepted');
    return !/requested access/.test(text) && /GET|HEAD/.test(text)
      ? excluded('the manifest was only read')
      : possible(
          `the layers of ${name?.path ?? 'the image'} were accepted, only its tag ${name?.tag ?? ''} was not`.trim(),
        );
  },
  fix(facts) {
    const { name } = refusalOf(facts);
    const path = name?.path ?? 'GROUP/PROJECT';
    if (/immutab|overwritten/i.test(facts.failure))
      return [
        `docker tag ${facts.imageText ?? 'IMAGE'} ${name?.host ?? 'REGISTRY'}/${path}:NEW_TAG && docker push ${name?.host ?? 'REGISTRY'}/${path}:NEW_TAG`,
        'In a job take a tag that is new every time: "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA"',
        'or change the rule: Settings > Packages and registries > Container registry > Protected tags / Immutable tags',
      ];
    return [
      'GitLab: Settings > Packages and registries > Container registry: Protected repositories, Protected tags: which rule matches, which role does it ask for?',
      `curl --header "PRIVATE-TOKEN: TOKEN" "https://GITLAB/api/v4/projects/PROJECT_ID/registry/protection/repository/rules"`,
      'Let a Maintainer start the pipeline, push under a name no rule matches, or lower the rule’s role',
    ];
  },
  references: [
    'https://docs.gitlab.com/user/packages/container_registry/container_repository_protection_rules/',
    'https://docs.gitlab.com/user/packages/container_registry/protected_container_tags/',
    'https://docs.gitlab.com/user/packages/container_registry/immutable_container_tags/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['412'],
      log: `ERROR: failed to push harbor.example.com/shop/api:1: unexpected status from PUT request to https://harbor.example.com/v2/shop/api/manifests/1: 412 Precondition Failed`,
    },
    {
      is: 'possible',
      under: ['requested access'],
      log: `Running with gitlab-runner 18.0.1 (3c02e2f0)
Reinitialized existing Git repository in /builds/shop/api/.git/
$ echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/shop/api/stable:1
The push refers to repository [registry.example.com/shop/api/stable]
5f70bf18a086: Preparing
denied: requested access to the resource is denied
$ curl -s "$CI_API_V4_URL/projects/9/registry/protection/repository/rules"
[{"id":1,"repository_path_pattern":"shop/api/st*","minimum_access_level_for_push":"maintainer"}]
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['protected repository path'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/shop/api/release:1
The push refers to repository [registry.example.com/shop/api/release]
9a1dd7918741: Preparing
denied: Pushing to protected repository path forbidden
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['jwt/auth', 'DENIED'],
      log: 'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com/shop/api:1": creating push check transport for registry.example.com failed: GET https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apush%2Cpull&service=container_registry: DENIED: Pushing to protected repository path forbidden',
    },
    {
      is: 'likely',
      under: ['cannot be overwritten'],
      log: `#15 exporting to image
#15 ERROR: failed to push registry.example.com/api:1.0.0: tag invalid: The image tag '1.0.0' already exists in the 'api' repository and cannot be overwritten because the repository is immutable.
------
ERROR: failed to solve: failed to push registry.example.com/api:1.0.0: tag invalid: The image tag '1.0.0' already exists in the 'api' repository and cannot be overwritten because the repository is immutable.`,
    },
    {
      is: 'likely',
      under: ['configured as immutable'],
      log: `+ crane push out.tar registry.example.com/shop/api:v2
Error: pushing image to registry.example.com/shop/api:v2: PUT https://registry.example.com/v2/shop/api/manifests/v2: PRECONDITION: Failed to process request due to 'shop/api:v2' configured as immutable.`,
    },
    {
      is: 'possible',
      under: ['is denied'],
      log: `Reinitialized existing Git repository in /builds/shop/api/.git/
$ docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
Login Succeeded
$ docker push registry.example.com/shop/api:v2
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Preparing
9a1dd7918741: Pushed
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
  ],
  lookalikes: [
    {
      instead: 'not-registry',
      log: `$ git push origin main
remote: GitLab: You are not allowed to push code to protected branches on this project.
To https://gitlab.example.com/shop/api.git
 ! [remote rejected] main -> main (pre-receive hook declined)
error: failed to push some refs to 'https://gitlab.example.com/shop/api.git'`,
    },
    {
      instead: 'insufficient-rights',
      log: `$ docker login -u ci --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": denied: access forbidden`,
    },
  ],
} as const satisfies Cause;

function tagOf(failure: string): string | undefined {
  return /\btag:? ["'\x60\\]*([\w.-]+?)["'\x60\\]* (?:is|already)/.exec(failure)?.[1];
}

/** The pattern of a rule that somebody asked GitLab for, if the name is one of those it is for. */
function ruleFor(path: string | undefined, near: readonly string[]): string | undefined {
  const patterns = near.flatMap((line) =>
    Array.from(line.matchAll(/"repository_path_pattern" ?: ?"([^"]{1,255})"/g), ([, pattern = '']) => pattern),
  );
  return patterns.find((pattern) => {
    const [begin = '', ...rest] = pattern.split('*');
    const end = rest.at(-1);
    return path !== undefined && (end === undefined ? path === begin : path.startsWith(begin) && path.endsWith(end));
  });
}
