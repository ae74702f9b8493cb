import { type Cause, conceivable, excluded, likely, possible, type Signal } from '../cause.js';
import { LACKS_RIGHT, refusalOf } from '../refusal.js';

/** A server's own words behind the code of its error: Harbor's, Quay's, Fly's. */
const GONE: readonly Signal[] = ['unknown', 'denied', 'unauthorized', 'invalid'].map((code) => ({
  matches: String.raw`\b${code}: (?:project|(?:\w+ )?repository|app)\b(?: [^\s:]+)?(?: was| is)? not found`,
  token: `${code}: `,
  own: true,
}));

/** Where the words for a missing right begin among the signals. */
const LACKING = 9 + GONE.length;

/**
 * The repository does not exist in this registry, or is invisible to this user.
 *
 * Source: distribution's NAME_UNKNOWN; Docker Hub answers a pull of a name it does not have as one of a private name;
 * ECR's, Artifact Registry's, Harbor's and Quay's own words.
 */
export const nameUnknown = {
  id: 'name-unknown',
  group: 'naming',
  title: 'There is no such repository in the registry',
  explain: (facts) => {
    const { name, hub } = refusalOf(facts);
    return hub === true
      ? `Docker Hub has no repository ${name?.path ?? 'of that name'}, or a private one: it answers both in the same words. The name is misspelt, belongs to another registry, or is a local image or build stage that was not built.`
      : `${name?.host ?? facts.registry ?? 'The registry'} knows no repository ${name?.path ?? 'of that name'}, or does not show it to this user. The path is misspelt, the project was renamed, or nothing was ever pushed there.`;
  },
  tell: (facts) => {
    const { name, hub } = refusalOf(facts);
    const path = name?.path ?? 'GROUP/PROJECT';
    return hub === true
      ? `curl -s -o /dev/null -w '%{http_code}' https://hub.docker.com/v2/repositories/${path.includes('/') ? path : `library/${path}`}/ prints 404, as for a private one`
      : `skopeo list-tags docker://${name?.host ?? facts.registry ?? 'REGISTRY'}/${path}, logged in as a member of the project, says "name unknown" and prints no tags`;
  },
  signals: [
    { says: 'repository name not known to registry', own: true },
    { matches: String.raw`\bNAME_UNKNOWN\b`, token: 'name_unknown', own: true },
    { matches: String.raw`\bname unknown(?:: |$)`, token: 'name unknown', own: true },
    { says: 'RepositoryNotFoundException', own: true },
    {
      matches: String.raw`repository with name ['"][^'"]+['"] does not exist in the registry`,
      token: 'does not exist in the registry',
      own: true,
    },
    { matches: String.raw`status 404 trying to pu(?:sh|ll) repository`, token: 'status 404 trying', own: true },
    { matches: String.raw`not found: (?:project|repository) `, token: 'not found: ' },
    ...GONE,
    { matches: String.raw`Error: image \S+ not found`, token: 'error: image ', own: true },
    { says: 'error: repository not found' },
    ...LACKS_RIGHT,
  ],
  fit(facts, { text, signal }) {
    const { action, name, hub, under, login } = refusalOf(facts);
    const { command } = facts;
    // Words of which git and package managers have the like.
    const everybodys = signal === 6 || (signal >= LACKING - 2 && signal < LACKING);
    if (
      everybodys &&
      !/^Error: image /.test(text) &&
      /^\s*(?:remote|fatal|ERROR): |git (?:clone|fetch|push|pull)/i.test(`${text}\n${command?.text ?? ''}`)
    )
      return excluded('it was git that found no repository');
    if (/cache importer|importing cache manifest/i.test(text)) return excluded('only the cache is not there yet');
    if (everybodys && /helm repo|chart|apt|yum/i.test(text)) return excluded('a package repository is meant');
    if (signal < LACKING - 2) return likely(`the registry knows no ${name?.path ?? 'such repository'}`);
    if (signal < LACKING) return possible('a repository was not found');
    if (action === 'login') return excluded('it was a login');
    const written = name?.path ?? 'such repository';
    if (hub === true) {
      if (action !== 'pull') return conceivable(`Docker Hub has no ${written}, or not for this user`);
      if (login === 'elsewhere' && written.includes('/'))
        return possible(`Docker Hub has no ${written}, or it is private`);
      return likely(`Docker Hub has no ${written}, or it is private`);
    }
    if (action === 'push' || under === true) return excluded('a push makes the repository');
    if (login === 'none') return excluded('nobody had logged in');
    return /not authorized|authentication required/i.test(text)
      ? conceivable(`there may be no ${written}`)
      : possible(`there may be no ${written}: the registry says that in the same words`);
  },
  fix(facts) {
    const { name, hub } = refusalOf(facts);
    const path = name?.path ?? 'NAME';
    if (hub === true)
      return [
        `docker search ${path}   # or https://hub.docker.com/r/${path.includes('/') ? path : `_/${path}`}: is the name spelt so?`,
        `For an image of GitLab write the host: REGISTRY/GROUP/PROJECT${path.includes('/') ? '' : `/${path}`}:${name?.tag ?? 'TAG'}`,
        'For a stage of the same Dockerfile: the name behind AS must be the one behind FROM or COPY --from=',
        'For a private repository of Docker Hub: printf \'%s\' "$HUB_TOKEN" | docker login -u HUB_USER --password-stdin',
      ];
    return [
      `GitLab: Deploy > Container registry of the project: is ${path} there? After a rename the old path is gone`,
      `curl --header "PRIVATE-TOKEN: TOKEN" "https://GITLAB/api/v4/projects/PROJECT_ID/registry/repositories"`,
      `docker login ${name?.host ?? facts.registry ?? 'REGISTRY'}   # a private repository is invisible without`,
    ];
  },
  references: [
    'https://distribution.github.io/distribution/spec/api/#errors-2',
    'https://docs.docker.com/reference/cli/docker/image/pull/',
    'https://docs.gitlab.com/api/container_registry/',
  ],
  examples: [
    {
      is: 'possible',
      under: ['acme/builder'],
      log: `$ docker login -u bot --password-stdin registry.example.com
Login Succeeded
$ docker buildx build --push -t registry.example.com/shop/api:1 .
#3 [internal] load metadata for docker.io/acme/builder:2
#3 ERROR: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
ERROR: failed to solve: acme/builder:2: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    },
    {
      is: 'likely',
      under: ['Status 404'],
      log: `Error: Status 404 trying to push repository shop/api: {"error": "Repository not found"}`,
    },
    {
      is: 'likely',
      under: ['repository name not known'],
      log: `$ docker pull registry.example.com/shop/apii:1
Error response from daemon: manifest for registry.example.com/shop/apii:1 not found: name unknown: repository name not known to registry
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['NAME_UNKNOWN'],
      log: 'error building image: error building stage: failed to get image: GET https://registry.example.com/v2/shop/bsae/manifests/1: NAME_UNKNOWN: repository name not known to registry; map[name:shop/bsae]',
    },
    {
      is: 'likely',
      under: ['pull access denied for alpnie'],
      log: `+ docker build -t x .
Step 1/3 : FROM alpnie:3.20
pull access denied for alpnie, repository does not exist or may require 'docker login': denied: requested access to the resource is denied
Build step 'Execute shell' marked build as failure
Finished: FAILURE`,
    },
    {
      is: 'likely',
      under: ['docker.io/library/buidler'],
      log: `##[group]Run docker build .
##[endgroup]
#3 [internal] load metadata for docker.io/library/buidler:latest
#3 ERROR: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
------
ERROR: failed to solve: buidler: failed to resolve source metadata for docker.io/library/buidler:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
##[error]Process completed with exit code 1.`,
    },
    {
      is: 'likely',
      under: ['does not exist in the registry'],
      log: "#9 ERROR: failed to push ecr.example.com/api:1: name unknown: The repository with name 'api' does not exist in the registry with id '123456789012'",
    },
    {
      is: 'likely',
      under: ['name unknown'],
      log: `$ oras pull registry.example.com/shop/chart:1.0.0
Error response from registry: failed to resolve 1.0.0: registry.example.com/shop/chart:1.0.0: not found: name unknown: repository name not known to registry`,
    },
    {
      is: 'likely',
      under: ['insufficient_scope'],
      log: `#5 [auth] library/toolchain:pull token for registry-1.docker.io
#5 DONE 0.0s
#6 [2/4] FROM docker.io/library/toolchain:latest
#6 ERROR: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
------
ERROR: failed to solve: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    },
    {
      is: 'likely',
      under: ['project harbour not found'],
      log: `+ docker push registry.example.com/harbour/pilot:4
The push refers to repository [registry.example.com/harbour/pilot]
unauthorized: project harbour not found: project harbour not found`,
    },
  ],
  lookalikes: [
    {
      instead: 'blob-corrupt',
      log: `WARN[0214] Error uploading layer to cache: failed to push to destination registry.example.com/shop/api/cache:1: NAME_UNKNOWN: repository name not known to registry
error pushing image: failed to push to destination registry.example.com/shop/api:1: PATCH https://registry.example.com/v2/shop/api/blobs/uploads/1: BLOB_UPLOAD_UNKNOWN: blob upload unknown to registry; map[]`,
    },
    {
      instead: 'manifest-unknown',
      log: '$ docker pull registry.example.com/shop/api:2\nError response from daemon: manifest for registry.example.com/shop/api:2 not found: manifest unknown: manifest tagged by "2" is not found',
    },
    {
      instead: 'not-registry',
      log: "$ git clone git@gitlab.example.com:shop/apii.git\nCloning into 'apii'...\nERROR: Repository not found.\nfatal: Could not read from remote repository.",
    },
  ],
} as const satisfies Cause;
