/**
 * Lines that are no failure but tell where one stands: commands, logins, sections of a job, progress of a push.
 * Each has its RE2 expression and the literals one of which every match contains (`\n` = a line begins).
 */
export interface Landmark {
  readonly id: LandmarkId;
  readonly matches: string;
  readonly tokens: readonly string[];
}

export type LandmarkId =
  | 'command'
  | 'job-failed'
  | 'job-succeeded'
  | 'cleanup'
  | 'upload'
  | 'stage'
  | 'begin'
  | 'runner'
  | 'runner-image'
  | 'project'
  | 'job-url'
  | 'login-succeeded'
  | 'push-of'
  | 'layer-pushed'
  | 'pushed'
  | 'pulled'
  | 'client'
  | 'handed-over'
  | 'answer';

const CLIENTS =
  'docker|docker-compose|podman|buildah|skopeo|crane|helm|oras|nerdctl|ctr|crictl|ko|kaniko|/kaniko/executor|buildctl|regctl|img|sudo docker|sudo podman';

const CLIENT_TOKENS = CLIENTS.split('|').flatMap((name) => [`$ ${name} `, `# ${name} `, `% ${name} `, `> ${name} `]);

/** Verbs that make a line without a prompt a command: make and npm print them so, and people paste them so. */
const VERBS =
  'login|push|pull|build|buildx build|buildx bake|buildx imagetools|compose|image push|image pull|manifest|run|tag|copy|registry login|images pull|images push|bud|cp|save|load|up';

const BARE_TOKENS = [
  'docker',
  'podman',
  'buildah',
  'skopeo',
  'crane',
  'helm',
  'oras',
  'nerdctl',
  'docker-compose',
].flatMap((client) => VERBS.split('|').map((verb) => `${client} ${verb.split(' ')[0]}`));
const VERSIONED = 'Docker|buildah|skopeo|podman|Kaniko|crane|helm|buildx|buildkit|containerd|nerdctl|oras';

export const LANDMARKS: readonly Landmark[] = [
  // GitLab echoes `$ command`, a shell with -x `+ command`, GitHub `##[group]Run command`.
  {
    id: 'command',
    matches: String.raw`^\s*\$ (?P<command>\S.*)$`,
    tokens: ['\n$ ', 'm$ ', 'm$\u001b[0m ', '\r$ ', 'o $ ', 'e $ ', 'z $ '],
  },
  {
    id: 'command',
    matches: String.raw`^\+{1,4} (?P<command>[A-Za-z./_"'].*)$`,
    tokens: ['\n+ ', '\n++ ', 'z + ', '] + ', ...[...'0123456789'].map((digit) => `${digit}  + `)],
  },
  {
    id: 'command',
    matches: String.raw`^(?:##\[group\]|::group::)Run (?P<command>.+)$`,
    tokens: ['[group]run ', '::group::run '],
  },
  { id: 'command', matches: String.raw`^(?:##)?\[command\](?P<command>.+)$`, tokens: ['[command]'] },
  // TeamCity
  { id: 'command', matches: String.raw`^Starting: (?:/bin/(?:ba)?sh -c )?(?P<command>.+)$`, tokens: ['starting: '] },
  { id: 'command', matches: String.raw`^Running command (?P<command>.+)$`, tokens: ['running command '] },
  {
    id: 'command',
    matches: String.raw`^(?:[A-Za-z0-9_.@:~/\\ \[\]()-]{0,80})[$#%>] ?(?P<command>(?:${CLIENTS}) .*)$`,
    tokens: CLIENT_TOKENS,
  },
  {
    id: 'command',
    // Behind the verb stands an option, a variable, a name with a mark in it, or a single word: else it is prose.
    matches: String.raw`^\s*(?:#|[❯➜»] {1,2}(?:~ )?)?\s?(?P<command>(?:sudo )?(?:\S*/)?(?:docker|podman|buildah|skopeo|crane|helm|oras|nerdctl|regctl|docker-compose|ctr|crictl|img) (?:${VERBS})(?: (?:-|[$"'{]|[^\s:]*[/:.@][^\s:]).*| [a-z0-9_-]+)?)$`,
    tokens: [...new Set(BARE_TOKENS)],
  },
  {
    id: 'command',
    matches: String.raw`^\s*(?P<command>(?:sudo )?(?:\S*/)?(?:ctr|nerdctl|crictl) (?:-n|--namespace|-a|--address|-r|--runtime-endpoint)[= ]\S+ .*\b(?:pull|push|run)\b.*)$`,
    tokens: ['ctr', 'nerdctl', 'crictl'].flatMap((client) => [
      `${client} -n`,
      `${client} --`,
      `${client} -a`,
      `${client} -r`,
    ]),
  },
  // Pasted scripts and CircleCI have no prompt; nobody pipes a secret into a login in prose.
  {
    id: 'command',
    matches: String.raw`^\s*(?P<command>(?:echo|printf|cat|aws|gcloud|az|pass|vault)\b.*\| ?(?:sudo )?(?:docker|podman|buildah|skopeo|crane auth|helm registry|oras|nerdctl) login\b.*)$`,
    tokens: ['docker', 'podman', 'buildah', 'skopeo', 'crane auth', 'helm registry', 'oras', 'nerdctl'].map(
      (client) => `${client} login`,
    ),
  },
  { id: 'job-failed', matches: String.raw`^ERROR: Job failed\b`, tokens: ['error: job failed'] },
  {
    id: 'job-failed',
    // GitHub and Azure
    matches: String.raw`^##\[error\](?:Process completed with exit code|The operation was canceled|(?:Bash|PowerShell|Cmd\.exe|Script) exited with code|The process '.*' failed with exit code)`,
    tokens: ['##[error]'],
  },
  {
    id: 'job-failed',
    matches: String.raw`^Finished: (?:FAILURE|ABORTED)`,
    tokens: ['finished: failure', 'finished: aborted'],
  },
  // Buildkite, Cloud Build, CodeBuild
  {
    id: 'job-failed',
    matches: String.raw`^\W{0,6}Error: The command exited with status [1-9]|^ERROR: build step \d+ "[^"]+" failed: |^Phase complete: \w+ State: FAILED`,
    tokens: ['the command exited with status', '" failed: step exited', ' state: failed'],
  },
  { id: 'job-failed', matches: String.raw`^Exited with code (?:exit status )?\d+`, tokens: ['exited with code'] },
  {
    id: 'job-succeeded',
    matches: String.raw`^Job succeeded\b|^Finished: SUCCESS`,
    tokens: ['job succeeded', 'finished: success'],
  },
  {
    id: 'cleanup',
    matches: String.raw`^(?:Running after_script|Running after script|Cleaning up project directory|Post job cleanup|Uploading artifacts for failed job|\[Pipeline\] \{ \(Declarative: Post Actions\)|~~~ (?:Uploading artifacts|Running agent pre-exit hook|.*Cleaning up))`,
    tokens: [
      'running after',
      'cleaning up project directory',
      'post job cleanup',
      'uploading artifacts for failed',
      'declarative: post actions',
      '~~~ uploading artifacts',
      '~~~ running agent pre-exit',
      ': cleaning up',
    ],
  },
  {
    id: 'upload',
    matches: String.raw`^Uploading artifacts for successful job`,
    tokens: ['uploading artifacts for successful'],
  },
  // Cloud Build
  { id: 'stage', matches: String.raw`^Starting Step #\d+\b`, tokens: ['starting step #'] },
  {
    id: 'begin',
    matches: String.raw`^(?:##\[group\]Runner Image|Current runner version:|Started by (?:user|an SCM change|timer|upstream)|\[Pipeline\] Start of Pipeline|Spin up environment|Build-agent version|Preparing environment|agent.name:)`,
    tokens: [
      'runner image',
      'current runner version',
      'started by ',
      'start of pipeline',
      'spin up environment',
      'build-agent version',
      'preparing environment',
    ],
  },
  {
    id: 'runner',
    matches: String.raw`Running with gitlab-runner (?P<version>[0-9][^ ]*)`,
    tokens: ['running with gitlab-runner'],
  },
  {
    id: 'runner-image',
    matches: String.raw`^(?:Pulling docker image|Using Docker executor with image|Using Kubernetes executor with image) (?P<image>\S+)`,
    tokens: ['pulling docker image', 'executor with image'],
  },
  {
    id: 'project',
    matches: String.raw`builds/(?:[A-Za-z0-9_-]{8,20}/[0-9]+/)?(?P<project>\w[A-Za-z0-9_.-]*(?:/\w[A-Za-z0-9_.-]*)+?)(?:/\.git\b|\.tmp/)`,
    tokens: ['/.git', '.tmp/'],
  },
  {
    // Paths below a project look like projects: only where the project's own folder is expected.
    id: 'project',
    matches: String.raw`(?:\bcd |rootdir: |CI_PROJECT_DIR["']?[=:] ?)["']?/\S*builds/(?:[A-Za-z0-9_-]{8,20}/[0-9]+/)?(?P<project>\w[A-Za-z0-9_.-]*(?:/\w[A-Za-z0-9_.-]*)+?)/?['"]?$`,
    tokens: ['cd /', 'rootdir: ', 'ci_project_dir'],
  },
  {
    id: 'project',
    matches: String.raw`\bCI_PROJECT_PATH["']?[=:] ?["']?(?P<project>[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)`,
    tokens: ['ci_project_path'],
  },
  { id: 'job-url', matches: String.raw`(?P<url>https?://[^\s"'<>]+/-/jobs/[0-9]+)`, tokens: ['/-/jobs/'] },
  {
    id: 'login-succeeded',
    matches: String.raw`^(?:Login Succeeded|.*logged in via |Logged in to )`,
    tokens: ['login succeeded', 'logged in '],
  },
  {
    id: 'push-of',
    matches: String.raw`The push refers to (?:a )?repository \[(?P<image>[^\]]+)\]`,
    tokens: ['the push refers to'],
  },
  {
    id: 'layer-pushed',
    matches: String.raw`^[0-9a-f]{12}: (?:Pushed|Mounted from|Pushing \[=+>)`,
    tokens: [': pushed', ': mounted from', ': pushing ['],
  },
  {
    id: 'layer-pushed',
    matches: String.raw`^#[0-9]+ pushing layers [0-9.]+s done|^Copying blob .*(?:done|100)`,
    tokens: ['pushing layers', 'copying blob'],
  },
  { id: 'pushed', matches: String.raw`: digest: sha256:[0-9a-f]{64} size: \d+`, tokens: [': digest: sha256:'] },
  {
    id: 'pushed',
    // The manifest is the last thing that is written; if that fails, it says so behind this line.
    matches: String.raw`^#[0-9]+ pushing manifest for \S+ .*done|^(?:Storing signatures|Writing manifest to image destination|Pushed [^ ]+@sha256:)|msg="?Pushed `,
    tokens: ['pushing manifest for', 'storing signatures', 'writing manifest to image', 'pushed '],
  },
  {
    id: 'pulled',
    matches: String.raw`^Status: (?:Downloaded newer image|Image is up to date) for (?P<image>\S+)`,
    tokens: ['status: downloaded newer', 'status: image is up'],
  },
  {
    id: 'client',
    matches: String.raw`\b(?P<client>${VERSIONED}) version:? ?v?(?P<version>[0-9]+\.[0-9][^\s,]*)`,
    tokens: VERSIONED.split('|').map((name) => `${name.toLowerCase()} version`),
  },
  // Jib; GitLab Runner; go-containerregistry says the contrary, which is no landmark.
  {
    id: 'handed-over',
    matches: String.raw`\b(?:Using credentials? (?:from|helper)|Authenticating with credentials from)`,
    tokens: ['using credential', 'authenticating with credentials'],
  },
  // GitLab's API, asked about a token, a member or a project.
  {
    id: 'answer',
    matches: String.raw`"(?:scopes|access|access_level)"\s*:|\bcontainer_registry_(?:enabled|access_level)"?\s*[:=]`,
    tokens: ['"scopes"', '"access"', '"access_level"', 'container_registry_'],
  },
];
