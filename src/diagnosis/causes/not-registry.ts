import { type Cause, excluded, likely, possible } from '../cause.js';
import { asksRegistry, goesOn, isTestRun, runsRegistry } from '../context.js';
import { INNOCENTS, innocentIn, whatFailed } from '../innocents/index.js';
import { TESTS } from '../innocents/tests.js';
import { isOfServer } from '../servers.js';

/**
 * What failed has nothing to do with a registry: a compiler, a test, a package manager, git, a deployment …
 *
 * Source: the messages of those programs; each kind is data in innocents/. Lines that only wrap another failure
 * (`make: *** [push] Error 1`, `ERROR: Job failed: exit code 1`) are no signals: a registry may be behind them.
 */
export const notRegistry = {
  id: 'not-registry',
  group: 'none',
  title: 'The failure has nothing to do with a registry',
  explain: ({ failure }) => {
    const kind = innocentIn(failure);
    return `No registry is involved in this failure: ${kind === undefined ? 'another program failed' : whatFailed(kind, failure)}. The registry, its credentials and its certificates can be left alone.`;
  },
  tell: () =>
    'the failing command, run once more with all images already there and no registry in reach, fails in the same words',
  signals: INNOCENTS.flatMap((kind) => kind.signals),
  fit({ near, failure, command }, { text, signal, groups }) {
    const kind = KIND_OF[signal];
    if (kind === undefined) return excluded('the words are of no known program');
    if (kind.local !== true && aboutRegistry(text)) return excluded('the line itself speaks of a registry');
    if ([text, ...near].some((line) => CENSORED.test(line))) return excluded('the output of the task is hidden');
    if (kind.local !== true && IMAGE_TOOL.test(text)) return excluded('the step is one that pushes or pulls images');
    if (WARNING.test(text) && !KUBERNETES_EVENT.test(text)) return excluded('the line is a warning');
    if (command !== undefined && asksRegistry(command.text)) return excluded('the command asks a registry');
    const { before, after } = stepOf(near, failure);
    if (
      kind.weak &&
      CRASH.test(text) &&
      [...before, text, ...after, command?.text ?? ''].some((line) => runsRegistry(line) || isOfServer(line))
    )
      return excluded('it is a registry that stopped');
    if (/crash|exited/i.test(text) && [text, ...after].some(isOfServer))
      return excluded('it is a registry that stopped');
    if ([...before, text, ...after].some((line) => DISK_FULL.test(line) && !SHARED_MEMORY.test(line)))
      return excluded('the disk is full');
    const layer = /^#\d+ /.exec(text)?.[0];
    if (layer !== undefined && after.some((line) => line.startsWith(`${layer}DONE`)))
      return excluded('that step of the build went through');
    const what = whatFailed(kind, text, groups);
    // A test of code that talks to registries prints their words: the test is what failed.
    if (isTestRun(command) && TESTS.includes(kind)) return likely(what);
    if (before.some(aboutRegistry))
      return kind.weak ? excluded('an image client failed just before it') : possible(what);
    if (after.some(aboutRegistry)) {
      const died = after.some((line) => /did not complete successfully|returned a non-zero code/.test(line));
      if (!died) return kind.weak ? excluded('an image client failed after it') : possible(what);
    }
    return kind.unsure ? possible(what) : likely(what);
  },
  fix: ({ failure }) => {
    const kind = innocentIn(failure);
    return kind === undefined ? [] : [kind.hint];
  },
  references: ['https://docs.gitlab.com/ci/debugging/', 'https://docs.docker.com/build/building/context/'],
  examples: [
    {
      is: 'likely',
      under: ['src/main.rs', 'error[E0308]'],
      log: `Running with gitlab-runner 17.5.0 (66a723c3)
Initialized empty Git repository in /builds/shop/api/.git/
$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Login Succeeded
$ cargo build --release
   Compiling shop v0.1.0 (/builds/shop/api)
src/main.rs:4:18: error[E0308]: mismatched types
error: could not compile \`shop\` (bin "shop") due to 1 previous error
ERROR: Job failed: exit code 101`,
    },
    {
      is: 'likely',
      under: ['npm ERR! code E401'],
      log: '$ npm ci\nnpm ERR! code E401\nnpm ERR! Unable to authenticate, your authentication token seems to be invalid.\nnpm ERR! To correct this please try logging in again with: npm login',
    },
    {
      is: 'likely',
      under: ['remote: HTTP Basic: Access denied'],
      log: "$ git clone https://gitlab.example.com/shop/lib.git\nCloning into 'lib'...\nremote: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password.\nfatal: Authentication failed for 'https://gitlab.example.com/shop/lib.git/'",
    },
    {
      is: 'likely',
      under: ['did not complete successfully'],
      log: '##[group]Run docker buildx build --push -t registry.example.com/shop/web:1 .\n##[endgroup]\n#11 [5/6] RUN make all\n#11 0.412 cc -c main.c\n#11 ERROR: process "/bin/sh -c make all" did not complete successfully: exit code: 2\nERROR: failed to solve: process "/bin/sh -c make all" did not complete successfully: exit code: 2\n##[error]Process completed with exit code 1.',
    },
    {
      is: 'likely',
      under: ['--- FAIL: TestPrice'],
      log: '[Pipeline] sh\n+ go test ./...\nok  \tshop/api\t0.012s\n--- FAIL: TestPrice (0.00s)\n    price_test.go:12: got 3, want 4\nFAIL\tshop/price\t0.020s\nscript returned exit code 1\nFinished: FAILURE',
    },
    {
      is: 'possible',
      under: ['timed out waiting for the condition'],
      log: '$ kubectl rollout status deployment/api --timeout=300s\nWaiting for deployment "api" rollout to finish: 0 of 2 updated replicas are available...\nerror: timed out waiting for the condition\nERROR: Job failed: exit code 1',
    },
    {
      is: 'likely',
      under: ['failed to compute cache key'],
      log: '+ docker build -t registry.example.com/shop/web:1 .\n#6 ERROR: failed to calculate checksum of ref abc::def: "/dist": not found\nERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref abc::def: "/dist": not found\nscript returned exit code 1',
    },
    {
      is: 'likely',
      under: ['at or above the severity threshold'],
      log: '$ docker push registry.example.com/shop/api:7\nThe push refers to repository [registry.example.com/shop/api]\n7: digest: sha256:1111111111111111111111111111111111111111111111111111111111111111 size: 528\n$ grype registry.example.com/shop/api:7 --fail-on high\n[0012] ERROR discovered vulnerabilities at or above the severity threshold\nCleaning up project directory and file based variables\nERROR: Job failed: exit code 2',
    },
    {
      is: 'likely',
      under: ['is already in use by container'],
      log: '$ docker pull -q registry.example.com/shop/api:7\nregistry.example.com/shop/api:7\n$ docker run -d --name api registry.example.com/shop/api:7\ndocker: Error response from daemon: Conflict. The container name "/api" is already in use by container "1f2e3d". You have to remove (or rename) that container to be able to reuse that name.',
    },
    {
      is: 'likely',
      under: ['FailedScheduling'],
      log: 'Events:\n  Type     Reason            Age  From               Message\n  Warning  FailedScheduling  12s  default-scheduler  0/4 nodes are available: 4 Insufficient cpu. preemption: 0/4 nodes are available.',
    },
    {
      is: 'likely',
      under: ['PermissionDenied'],
      log: '$ docker push $env:IMAGE\n7: digest: sha256:2222222222222222222222222222222222222222222222222222222222222222 size: 528\n$ Copy-Item .\\deploy.ps1 \\\\files\\deploy\nCopy-Item : Accès refusé\nAu caractère C:\\b\\script.ps1:41 : 1\n+ Copy-Item .\\deploy.ps1 \\\\files\\deploy\n+ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n    + CategoryInfo          : PermissionDenied: (\\\\files\\deploy\\deploy.ps1:FileInfo) [Copy-Item], UnauthorizedAccessException\nCleaning up project directory and file based variables\nERROR: Job failed: exit status 1',
    },
    {
      is: 'likely',
      under: ['413'],
      log: '$ docker push registry.example.com/shop/api:7\n7: digest: sha256:3333333333333333333333333333333333333333333333333333333333333333 size: 528\nUploading artifacts for successful job\nUploading artifacts...\nERROR: Uploading artifacts as "archive" to coordinator... 413 Request Entity Too Large  id=31 responseStatus=413 Request Entity Too Large status=413\nFATAL: too large\nERROR: Job failed: exit code 1',
    },
    {
      is: 'likely',
      under: ['rpc error', 'HTTP Basic: Access denied'],
      log: 'time="2024-05-05T05:05:05Z" level=error msg="rpc error: `git ls-remote https://gitlab.example.com/ops/registry.git` failed exit status 128: remote: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect"',
    },
    {
      is: 'possible',
      under: ['HTTP 503'],
      log: 'Running with gitlab-runner 17.4.0 (aaaa1111)\nInitialized empty Git repository in /builds/shop/api/.git/\n$ docker pull registry.example.com/shop/api:cache\nError response from daemon: manifest for registry.example.com/shop/api:cache not found: manifest unknown: manifest unknown\n$ ./smoke.sh\nHTTP 503 from http://api.internal/health\ngiving up after 20 tries\nCleaning up project directory and file based variables\nERROR: Job failed: exit code 1',
    },
    {
      is: 'possible',
      under: ['401 Unauthorized'],
      log: '$ docker build -t registry.example.com/shop/web:1 .\nStep 5/7 : RUN fetch-fonts https://assets.example.com/pack\n ---> Running in 0a1b2c3d4e5f\nfetch-fonts: 401 Unauthorized',
    },
    {
      is: 'likely',
      under: ['Failed to fetch'],
      log: 'We push the image to our registry later, but the build stops at\nStep 3/9 : RUN apt-get install -y git\n ---> Running in 0a1b2c3d4e5f\nFailed to fetch http://mirror.example.com/pool/main/g/git_1_amd64.deb  404  Not Found [IP: 10.0.0.9 80]',
    },
    {
      is: 'possible',
      under: ['containers/storage', 'no such file or directory'],
      log: '$ podman push shop:1 registry.example.com/shop/api:1\nCopying blob 0a1b2c3d4e5f\nError: writing blob: open /home/ci/.local/share/containers/storage/overlay/0a1b/diff/etc/x: no such file or directory',
    },
    {
      is: 'possible',
      under: ['artifactcache'],
      log: '#9 importing cache manifest from gha:1\nERROR: failed to solve: Get "https://acg.actions.githubusercontent.com/x/_apis/artifactcache/cache?keys=buildkit-blob-1": net/http: TLS handshake timeout',
    },
    {
      is: 'likely',
      under: ['bootstrap.go'],
      log: 'We pull our images from registry.example.com.\nE0517 10:23:23.994527    3081 bootstrap.go:265] part of the existing client certificate in /etc/kubernetes/kubelet.conf is expired',
    },
    {
      is: 'likely',
      under: ['resolving source context'],
      log: '$ /kaniko/executor --context git://git.example.com/shop/api.git --destination registry.example.com/shop/api:1\nerror resolving source context: authentication required',
    },
    {
      is: 'likely',
      under: ['Main class was not found'],
      log: '[ERROR] Failed to execute goal com.google.cloud.tools:jib-maven-plugin:3.3.1:build (default-cli) on project api: Main class was not found, perhaps you should add a `mainClass` configuration to jib-maven-plugin',
    },
    {
      is: 'likely',
      under: ['DL3008'],
      log: '$ hadolint Dockerfile.push\nL4 DL3008 Pin versions in apt get install.',
    },
  ],
  lookalikes: [
    {
      instead: 'unknown',
      log: 'How come kaniko stops after a long build?\nINFO[0320] Storing source image from stage 0 at path /kaniko/stages/0\nERRO[0364] FORBIDDEN: "come back later"',
    },
    {
      instead: 'registry-internal-error',
      log: 'Step 4/4 : RUN make\n ---> Running in 0a1b2c3d4e5f\nok\nRemoving intermediate container 0a1b2c3d4e5f\n ---> 112233445566\nSuccessfully built 112233445566\nThe push refers to repository [registry.example.com/shop/api]\nreceived unexpected HTTP status: 500 Internal Server Error',
    },
    {
      instead: 'client-disk-full',
      log: 'Step 4/5 : RUN npm ci\n ---> Running in 0a1b2c3d4e5f\nnpm ERR! nospc ENOSPC: no space left on device, write',
    },
    {
      instead: 'unknown',
      log: 'docker run -d --name store \\\n  -v "$PWD/config.yml:/etc/docker/registry/config.yml" \\\n  registry:2\npanic: something of the store is wrong',
    },
    {
      instead: 'gateway-error',
      log: '$ bazel test //... && bazel run //api:push\nserver.go:12:2: declared and not used (vet suppressed)\nExecuted 9 out of 9 tests: 9 tests pass.\nINFO: Running command line: bazel-bin/api/push.sh\nError: PUT https://registry.example.com/v2/shop/api/manifests/7: unexpected status code 502 Bad Gateway: upstream is down',
    },
    {
      instead: 'tls-unknown-authority',
      log: 'PS C:\\src> docker push registry.example.com/shop/api:7\ndocker : Error response from daemon: Get "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority\nAt line:1 char:1\n+ docker push registry.example.com/shop/api:7\n+ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n    + CategoryInfo          : NotSpecified: (x:String) [], RemoteException\n    + FullyQualifiedErrorId : NativeCommandError',
    },
    {
      instead: 'unknown',
      log: 'Running with gitlab-runner 17.4.0 (aaaa1111)\nInitialized empty Git repository in /builds/shop/api/.git/\n$ make release\nmake: *** [Makefile:9: release] Error 1\nCleaning up project directory and file based variables\nERROR: Job failed: exit code 2',
    },
    {
      instead: 'registry-internal-error',
      log: '$ make push\ndocker push registry.example.com/shop/api:1\nThe push refers to repository [registry.example.com/shop/api]\nreceived unexpected HTTP status: 500 Internal Server Error\nmake: *** [Makefile:12: push] Error 1\nERROR: Job failed: exit code 2',
    },
    {
      instead: 'daemon-unreachable',
      log: '$ npm run release\n> shop@1.0.0 release\n> docker build -t registry.example.com/shop/web .\nCannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\nnpm ERR! code ELIFECYCLE\nnpm ERR! errno 1',
    },
    {
      instead: 'blob-corrupt',
      log: "+ ./gradlew jib\n> Task :jib FAILED\nFAILURE: Build failed with an exception.\n* What went wrong:\nExecution failed for task ':jib'.\n> com.google.cloud.tools.jib.plugins.common.BuildStepsExecutionException: Tried to push BLOB for registry.example.com/shop/api but failed because: blob upload unknown to registry",
    },
  ],
} as const satisfies Cause;

/** The kind each signal is of, in the order of the signals. */
const KIND_OF = INNOCENTS.flatMap((kind) => kind.signals.map(() => kind));

/** Words of an image client that failed at a registry, a daemon or an image name. */
const REGISTRY =
  /Error response from daemon: (?:Get|Head|pull|push|denied|unauthorized|manifest|login|error parsing|received|toomany|name unknown|unknown|repository|missing|failed to resolve|client version|Client sent|No such image)|failed to (?:push|pull|resolve reference|resolve source metadata|fetch (?:oauth|anonymous) token|authorize)|unauthorized:|\bdenied: (?:requested|access|installation|permission_denied|Your|deploy)|requested access to the resource|no basic auth credentials|ErrImagePull|ImagePullBackOff|error pushing image|checking push permission|received unexpected HTTP status|\/v2\/.{0,400}(?:\b[45]\d\d\b|dial|EOF|denied|unauthorized|x509|timeout|refused)|Cannot connect to the Docker daemon|error during connect|connect to the docker (?:api|daemon)|Is the docker daemon running|blob (?:upload )?(?:unknown|invalid)|manifest (?:invalid|unknown)|(?:MANIFEST|BLOB|NAME|DIGEST|TAG)_(?:INVALID|UNKNOWN)|toomanyrequests|requesting bearer token|initializing source docker|pinging container registry|writing (?:blob|manifest): |invalid reference format|docker-credential|err\.detail|configure storage|DriverName|s3aws: |error parsing HTTP \d+ response body|httpReadSeeker|failed with status code \[manifests|remote reference: |unexpected status(?: code)? from (?:GET|HEAD|PUT|POST|PATCH) request|(?:error|failed|failure|while)\b.{0,80}\bpulling image|GetAuthorizationToken|\bjib\b.{0,400}(?:unauthorized|denied|refused|timed out|failed because)|failed to do request|\burl: (?:https?:\/\/[^\s/]{1,300})?\/v2\//i;

/** Looks at the beginning of a line only: no client says it later, and the expression is not RE2. */
function aboutRegistry(line: string): boolean {
  const text = line.slice(0, 4_000);
  return REGISTRY.test(text) && !goesOn(text);
}

/** Nothing failed by what such a line says; hadolint's warnings and pip's last retry do end a job. */
const WARNING =
  /^(?:warning: (?!Retrying \(Retry\(total=0)|warn|npm warn|debug|info|notice)\b|^(?!.*\bDL\d{4}\b).*\bWARN(?:ING)?\b[: ]|level=(?:warning|info|debug)/i;

/** `kubectl describe` and `kubectl get events` call every trouble a warning. */
const KUBERNETES_EVENT = /(?:^|\s)Warning\s{1,20}[A-Z]\w{1,40}\s/;

const DISK_FULL = /no space left on device|ENOSPC(?!: System limit)|not enough space on the disk|disk quota exceeded/i;

const SHARED_MEMORY = /shared memory|\/dev\/shm\b/i;

/** Last words of a server. */
const CRASH = /\bpanic(?:ked)?\b|Traceback|\bfatal error\b|Exception|CrashLoop|crashed/i;

/** Ansible with no_log: the task may have been one for images. */
const CENSORED = /"censored": "the output has been hidden/;

/** Steps of build tools whose failure is an image push or pull, and the kubelet's files that do it. */
const IMAGE_TOOL =
  /(?:Failed to execute goal|Execution failed for task) \S*(?:jib|docker|dockerfile|fabric8|build-image|bootBuildImage|bootPublishImage|quarkus-container|(?:build|push|publish|pull|tag)\w{0,30}(?:image|container))|\b(?:remote_image|image_\w{1,40}|kuberuntime_image|puller)\.go:\d/i;

/** The lines of the same command around the failing one: what another command printed says nothing about this one. */
function stepOf(near: readonly string[], failure: string): { before: readonly string[]; after: readonly string[] } {
  const at = near.indexOf(failure);
  const begins = (line: string): boolean => /^(?:\$ |\++ |##\[group\]Run )/.test(line);
  const before = near.slice(0, Math.max(at, 0));
  const after = near.slice(at + 1);
  const end = after.findIndex(begins);
  return { before: before.slice(before.findLastIndex(begins) + 1), after: end === -1 ? after : after.slice(0, end) };
}
