import { type Cause, conceivable, excluded, likely, possible } from '../cause.js';
import type { Facts } from '../facts.js';
import { LACKS_RIGHT, type Refusal, refusalOf } from '../refusal.js';

/**
 * The image name carries no registry host, or another one, so the client asked a registry that the login is not for.
 *
 * Source: the reference grammar: without a dot or colon before the first slash the host is docker.io.
 */
export const wrongRegistry = {
  id: 'wrong-registry',
  group: 'authorization',
  title: 'The image went to another registry than the one logged in to',
  explain: (facts) => {
    const { name, hub } = refusalOf(facts);
    return hub === false
      ? `The request went to ${name?.host}, and the login was for ${elsewhere(facts)}. A login counts for exactly one host and port.`
      : `${name?.path ?? 'The image name'} names no registry host, so the client went to Docker Hub. The login for GitLab's registry does not count there.`;
  },
  tell: (facts) => {
    const { name, hub } = refusalOf(facts);
    return hub === false && name?.host !== undefined
      ? `jq '.auths | keys' "$HOME/.docker/config.json" in the failing job lists another registry, and not ${name.host}`
      : `jq '.auths | keys' "$HOME/.docker/config.json" lists GitLab's registry, and ${name?.path ?? 'the image name'} has no host before its first slash`;
  },
  signals: [
    ...LACKS_RIGHT,
    { says: 'no unqualified-search registries are defined', own: true },
    { says: 'short-name resolution enforced but cannot prompt without a TTY', own: true },
    // podman and buildah push a name without a host to "localhost", which is where local images are.
    {
      matches: String.raw`pinging container registry localhost: `,
      token: 'pinging container registry localhost',
      own: true,
    },
    // Docker of old
    { says: 'push a "root" repository', own: true },
    { matches: String.raw`trying to push repository library/`, token: 'trying to push repository', own: true },
    { says: 'no basic auth credentials', own: true },
    { matches: String.raw`(?:unauthorized: |^)authentication required$`, token: 'authentication required', own: true },
    { matches: String.raw`fetch anonymous token: .*40[13]`, token: 'fetch anonymous token', own: true },
    { matches: String.raw`(?:registry-1|index|auth)\.docker\.io.*(?:\b401\b|: unauthorized: )`, token: '.docker.io' },
    { matches: String.raw`pinging (?:container|docker) registry .*404`, token: 'pinging ', own: true },
    { matches: 'fetch oauth token: .*401', token: 'fetch oauth token', own: true },
    // podman and buildah: a name without a host is one of the machine's own, and its registry would be the machine.
    {
      matches: String.raw`pinging container registry localhost: `,
      token: 'pinging container registry localhost',
      own: true,
    },
  ],
  fit(facts, { text }) {
    if (/registry localhost: /.test(text))
      return facts.imageText?.startsWith('localhost') === true
        ? excluded('localhost is what the name says')
        : likely('the name has no registry host, so the client took localhost for it');
    const refusal = refusalOf(facts);
    const { action, name, hub, login } = refusal;
    if (/pinging (?:container|docker) registry .*404/.test(text))
      return conceivable(`${name?.host ?? 'the host'} is no registry: was another one meant?`);
    if (/unqualified-search|short-name resolution/.test(text))
      return likely(`${name?.path ?? 'the name'} has no registry host, and this client knows no registry to add`);
    if (/"root" repository|push repository library\//.test(text))
      return likely('the name has no registry host and no namespace: nobody but Docker pushes there');
    if (action === 'login')
      return /\.docker\.io/.test(text) && /\$\{?\w*REGISTRY|gitlab-ci-token|CI_REGISTRY/.test(facts.command?.text ?? '')
        ? possible('no registry reached the login, so it went to Docker Hub')
        : excluded('it was the login itself');
    if (/registry localhost: /.test(text))
      return likely(`${facts.imageText ?? 'the name'} has no registry host: such names are this machine's own`);
    if (hub === undefined && login !== 'elsewhere') return excluded('the log does not show a name without a host');
    const written = name?.path ?? 'the image name';
    if (hub === false) {
      if (login === 'elsewhere')
        return likely(`the login was for ${elsewhere(facts)}, the request went to ${name?.host}`);
      return excluded(`the name has a host: ${name?.host}`);
    }
    if (action === 'pull') return forPull(refusal, written);
    if (name !== undefined && !name.path.includes('/'))
      return likely(`${written} has no registry host and no namespace: nobody but Docker pushes there`);
    if (/fetch oauth token|\b401\b/.test(text) && !namesAnother(facts))
      return excluded('Docker Hub refused the credentials that it got');
    if (login === 'elsewhere' || namesAnother(facts)) return likely(`${written} has no registry host`);
    if (login === 'here') return conceivable(`${written} has no registry host: was Docker Hub meant?`);
    // By the vocabulary: refused words for a name without a host are of the wrong registry, unless Docker Hub was meant.
    return facts.project === undefined
      ? possible(`${written} has no registry host: the request went to Docker Hub`)
      : likely(`${written} has no registry host, and nothing shows a login at Docker Hub`);
  },
  fix(facts) {
    const { name, project, action, hub } = refusalOf(facts);
    const host = facts.logins.findLast((login) => login.host !== undefined)?.host ?? 'REGISTRY';
    if (hub === false && name?.host !== undefined)
      return [
        `printf '%s' "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin ${name.host}`,
        `or name the image ${host}/${name.path}:${name.tag ?? 'latest'}: the login must be for exactly this host and port`,
      ];
    const path = project?.toLowerCase() ?? name?.path ?? 'GROUP/PROJECT';
    const target = `${host}/${path}:${name?.tag ?? 'latest'}`;
    if (action === 'pull') return [`docker pull ${target}`, `In a Dockerfile: FROM ${target}`];
    return [`docker tag ${facts.imageText ?? name?.path ?? 'IMAGE'} ${target}`, `docker push ${target}`];
  },
  references: [
    'https://docs.docker.com/reference/cli/docker/image/tag/',
    'https://docs.gitlab.com/user/packages/container_registry/#naming-convention-for-your-container-images',
  ],
  examples: [
    {
      is: 'likely',
      under: ['"root" repository'],
      log: `2014/11/02 10:00:00 Impossible to push a "root" repository. Please rename your repository in <user>/<repo> (ex: buoy/web)`,
    },
    {
      is: 'likely',
      under: ['shop/web:1', 'is denied'],
      log: '$ docker login -u ci --password-stdin registry.example.com\nLogin Succeeded\n$ docker push shop/web:1\nThe push refers to repository [docker.io/shop/web]\n5f70bf18a086: Waiting\ndenied: requested access to the resource is denied',
    },
    {
      is: 'likely',
      under: ['failed to push', 'insufficient_scope'],
      log: `2025-03-04T10:11:12.000000Z 01O Reinitialized existing Git repository in /builds/shop/web/.git/
2025-03-04T10:11:13.000000Z 01O $ docker login -u gitlab-ci-token -p $CI_JOB_TOKEN $CI_REGISTRY
2025-03-04T10:11:14.000000Z 01O Login Succeeded
2025-03-04T10:11:15.000000Z 01O $ docker buildx build --push --tag web:latest .
2025-03-04T10:11:35.000000Z 01E #9 ERROR: failed to push web:latest: push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
2025-03-04T10:11:35.000000Z 01E ERROR: failed to solve: failed to push web:latest: push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
2025-03-04T10:11:36.000000Z 00O ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['pull access denied for shop/base'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u "$CI_REGISTRY_USER" --password-stdin registry.example.com
Login Succeeded
$ docker pull shop/base:2
Error response from daemon: pull access denied for shop/base, repository does not exist or may require 'docker login': denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['registry.example.com/shop/api', 'is denied'],
      log: `$ docker login -u ci --password-stdin registry.example.com:5050
Login Succeeded
$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
5f70bf18a086: Preparing
denied: requested access to the resource is denied`,
    },
    {
      is: 'likely',
      under: ['index.docker.io'],
      log: `+ executor --context=dir:///workspace --destination=api:build-12
error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "api:build-12": POST https://index.docker.io/v2/library/api/blobs/uploads/: UNAUTHORIZED: authentication required; [map[Action:pull Class: Name:library/api Type:repository] map[Action:push Class: Name:library/api Type:repository]]
Finished: FAILURE`,
    },
    {
      is: 'likely',
      under: ['short-name'],
      log: `$ podman pull shop/base:2
Error: short-name "shop/base:2" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"`,
    },
    {
      is: 'likely',
      under: ['registry localhost'],
      log: `$ buildah push pilot:4
Getting image source signatures
Error: trying to reuse blob sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef at destination: pinging container registry localhost: Get "https://localhost/v2/": dial tcp 127.0.0.1:443: connect: connection refused`,
    },
    {
      is: 'likely',
      under: ['fetch oauth token'],
      log: `#7 exporting cache
#8 [auth] library/buildcache:pull,push token for registry-1.docker.io
#8 DONE 0.0s
ERROR: failed to solve: error writing layer blob: failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized`,
    },
    {
      is: 'likely',
      under: ['is denied'],
      log: `Login Succeeded
$ docker build -t $CI_PROJECT_PATH:$CI_COMMIT_SHORT_SHA .
$ docker push $CI_PROJECT_PATH:$CI_COMMIT_SHORT_SHA
The push refers to repository [docker.io/harbour/pilot]
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1`,
    },
  ],
  lookalikes: [
    {
      instead: 'insufficient-rights',
      log: `$ docker login -u beam --password-stdin
Login Succeeded
$ docker push lighthouse/beam:2
The push refers to repository [docker.io/lighthouse/beam]
denied: requested access to the resource is denied`,
    },
    {
      instead: 'image-outside-project',
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/library/api:1
The push refers to repository [registry.example.com/library/api]
9a1dd7918741: Preparing
denied: requested access to the resource is denied`,
    },
    {
      instead: 'name-unknown',
      log: `$ docker run --rm alpnie:3 true
Unable to find image 'alpnie:3' locally
docker: Error response from daemon: pull access denied for alpnie, repository does not exist or may require 'docker login': denied: requested access to the resource is denied.
See 'docker run --help'.`,
    },
  ],
} as const satisfies Cause;

/** Does anything in the log speak of another registry: GitLab's job, its variables, the same image under a host? */
function namesAnother({ project, logins, near, command, image }: Facts): boolean {
  const base = image?.path.split('/').at(-1);
  return (
    project !== undefined ||
    logins.some(({ host }) => host !== undefined && !/docker\.(?:io|com)/.test(host)) ||
    [command?.text ?? '', ...near].some(
      (line) =>
        /\bCI_(?:REGISTRY|PROJECT|COMMIT)|ERROR: Job failed/.test(line) ||
        (base !== undefined && Array.from(line.matchAll(HOSTED)).some(([, path = '']) => path.endsWith(`/${base}`))),
    )
  );
}

/** An image under a registry's host; Docker Hub's own is none. */
const HOSTED = /(?:^|[\s"'=])(?![\w.-]*docker\.(?:io|com))[\w-]+(?:\.[\w-]+)+(?::\d+)?((?:\/[\w.-]+)+)/g;

/** A pull from Docker Hub is usual: only a login elsewhere or the project's own name shows that another was meant. */
function forPull({ name, login, project }: Refusal, written: string) {
  const parts = name?.path.split('/') ?? [];
  const own = project?.toLowerCase().split('/') ?? [];
  if (name !== undefined && own.length > 0 && (parts.length > 1 ? parts[0] === own[0] : parts[0] === own.at(-1)))
    return likely(`${written} looks like the project's own image, but has no registry host`);
  if (login === 'elsewhere' && parts.length > 1)
    return conceivable(`${written} has no registry host, and the login was for another registry than Docker Hub`);
  if (login === 'here') return excluded('the login was for Docker Hub');
  return parts.length > 1 ? possible(`${written} has no registry host`) : excluded('no sign of another registry');
}

function elsewhere({ logins, near }: Facts): string {
  const host = logins.findLast((login) => login.host !== undefined)?.host;
  const said = near.map((line) => /(?:Logging in ?to|logged in to) "?([\w.:-]+\w)/i.exec(line)?.[1]);
  return host ?? said.find((one) => one !== undefined) ?? 'another registry';
}
