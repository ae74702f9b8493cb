import { speaksOfGit } from './context.js';
import { landmark, type Step, type Story } from './story.js';

/**
 * What the Docker daemon answers about containers, networks, volumes and the swarm; the other half of its answers is
 * about images. Source: moby's daemon/ and libnetwork/.
 */
const CONTAINERS =
  /DOCKER> .{0,200}(?:Container stopped with exit code|while waiting on|(?:start|create)\w* (?:of )?container)|Error (?:creating|starting|running|stopping|removing) container|Error response from daemon: (?:failed to (?:create (?:task|endpoint|shim|network)|start|set ?up|initialize|mount|add interface|exec|stop|update)|error (?:while )?(?:mounting|creating|gathering|evaluating|setting)|driver failed|could not (?:find an available|select device|attach|kill)|cgroups?\b|OCI runtime|network\b|volume\b|container\b|conflict\b|No such (?:container|service|volume|network|exec|task)|This node|invalid (?!reference|repository|tag|image|checksum|registry|user|auth|HTTP|character)|Bind\b|Pool overlaps|cannot (?:stop|kill|start|remove|restart|pause|join|link|exec|connect|attach|create network)|unable to (?:find user|start|create)|user declared|linux spec|Minimum memory|Unknown runtime|endpoint\b|service\b|secret\b|Duplicate mount|mount\b|source path|plugin\b|logger|configured logging|all predefined|remove \S+: volume|Mounts denied|Could not find the (?:file|path)|lstat \/|You cannot remove|Address already|range of CPUs|Only integer|Timeout: No subscriber)/i;

/** What Kubernetes says of a pod whose image is there: its network, its volumes, its node, its probes. */
const POD =
  /(?:network|networkPlugin|plugin type="[^"]{1,40}"|CNI).{0,80}\bfailed \((?:add|delete)\)|failed to set ?up (?:network|pod) |MountVolume\.|Unable to attach or mount volumes|FailedScheduling|nodes are available:|(?:Readiness|Liveness|Startup) probe failed|runAsNonRoot|admission webhook "[^"]{1,100}" denied/i;

/** Transfers between a job and its own CI server, and the packages that are kept beside images. */
const TRANSFERS =
  /\bactions\.githubusercontent\.com\b|\/_apis\/|\bartifactcache\b|\/twirp\/github\.actions|Failed to (?:save|restore|CreateCacheEntry|GetCacheEntry|FinalizeCache)\b.{0,80}\bcache\b|\b(?:Uploading|Downloading) (?:artifacts|cache)\b|coordinator\.\.\. |\/api\/v4\/(?:jobs|projects|packages|runners)\//;

/** Addresses that no registry has. */
const ADDRESSES =
  /\b(?:amqps?|postgres(?:ql)?|mysql|mariadb|rediss?|mongodb(?:\+srv)?|ldaps?|smtps?|imaps?|nats|kafka|ftps?|sftp|jdbc:\w{1,20}|wss?):\/\//;

/** Registries of packages, and mirrors of distributions. */
const PACKAGE_HOSTS =
  /\b(?:registry\.(?:npmjs\.org|yarnpkg\.com|terraform\.io|opentofu\.org)|(?:pypi|rubygems|packagist|nuget|crates|npmjs|opentofu)\.(?:org|io)|(?:files\.pythonhosted|proxy\.golang|sum\.golang|api\.nuget|index\.crates|static\.crates|repo\d?\.maven(?:\.apache)?|plugins\.gradle|services\.gradle|conda\.anaconda|nodejs|dl-cdn\.alpinelinux|(?:deb|security|ftp\.\w{1,20})\.debian|(?:archive|security|ports)\.ubuntu|mirror\.centos|vault\.centos|download\.fedoraproject|pkg\.go)\.(?:org|com|io|dev))\b/;

/** Package managers that name themselves at the beginning of the line. */
const PACKAGES =
  /^(?:\s|#\d+ |\d+\.\d+ )*(?:npm (?:ERR!|error) (?:code )?(?:E?[45]\d\d\b|E[A-Z]{3}|network|notarget)|ERR_PNPM_|Err:\d|[EW]: |[45]\d\d\s{1,4}[A-Z][\w ]{1,40}\[IP: )/;

/** The reason why a line, for all its words, is not about a registry. Pure. */
export function whoseElse(line: string): string | undefined {
  if (speaksOfGit(line)) return 'git says so, of its own server';
  if (CONTAINERS.test(line)) return 'the daemon speaks of containers, not of images';
  if (POD.test(line)) return 'the cluster speaks of a pod whose image is there';
  if (TRANSFERS.test(line)) return 'the CI server says so, of what the job keeps there';
  if (ADDRESSES.test(line)) return 'the address is no registry’s';
  if (PACKAGE_HOSTS.test(line) && !/\/v2\/|docker:\/\//.test(line)) return 'the address is a package registry’s';
  if (PACKAGES.test(line)) return 'a package manager says so, of its own server';
  return undefined;
}

/** A container that was started to run one program, and is none that works with images. */
const RUNS = /\b(?:docker|podman|nerdctl|docker-compose|docker compose)\s(?:container\s)?run\s/;
const FOR_IMAGES =
  /skopeo|kaniko|crane|buildah|oras|helm|regctl|regsync|registry:|dind|\bdocker:|docker\.sock|trivy|grype|cosign|buildkit|dockerx|podman\//;
const CLIENT_SAYS =
  /^(?:docker|podman|nerdctl): |^FATA\[\d+\]|Error response from daemon|^Error: .*(?:pull|initializing source|copying system image)/;

/** What every client says before it pulls. */
const PULLS = /Unable to find image|\bPulling\b|Trying to pull|Resolving "/;

/** Lines of a pull's progress before it fails. */
const LOOK_BACK = 200;

/** Is the line what a container printed that the step's command started, its image being there? Pure. */
export function saidByContainer({ line, text }: Said, { command, events }: Step, { lines }: Story): boolean {
  if (command === undefined || !RUNS.test(command.text) || FOR_IMAGES.test(command.text)) return false;
  if (line === command.line || CLIENT_SAYS.test(text)) return false;
  if (events.some((one) => one.line < line && landmark(one, 'pulled') !== undefined)) return true;
  for (let at = Math.max(command.line, line - LOOK_BACK); at < line; at++)
    if (PULLS.test(lines.get(at) ?? '')) return false;
  return true;
}

/** A builder starts the program of a RUN instruction: Docker's old one, Kaniko, Buildah. */
const RUN_BEGINS =
  /^\s?---> Running in [0-9a-f]{12}|^(?:\[\S{1,60}\] )?STEP \d{1,4}(?:\/\d{1,4})?: RUN |^INFO\[\d{4,}\] Running: \[/;
const RUN_ENDS =
  /^Removing intermediate container|^\s?---> (?:[0-9a-f]{12}|Using cache)|^Step \d|^(?:\[\S{1,60}\] )?STEP \d|^(?:DEBU|INFO|WARN|ERRO|FATA)\[\d|^Successfully (?:built|tagged)|^COMMIT |^--> |^\$ |^[+] (?:docker|podman|buildah)\b|^time="/;
/** What the builder says itself, or the client that called it. */
const BUILDER_SAYS =
  /^(?:Error|ERROR|error|Errors)\b(?! in )|^(?:DEBU|INFO|WARN|ERRO|FATA)\[|^time="|^The command '|^Service '|^subprocess exited|^##\[error\]|^failed to |^(?:denied|unauthorized|toomanyrequests):|^The push refers|^[0-9a-f]{12}: |Error response from daemon|docker daemon/;

/** Is the line what a program printed that a RUN instruction of an image build started? Pure. */
export function saidByInstruction({ line, text }: Said, { lines }: Story): boolean {
  if (BUILDER_SAYS.test(text) || RUN_ENDS.test(text)) return false;
  for (let at = line - 1; at > Math.max(0, line - LOOK_BACK); at--) {
    const before = lines.get(at);
    if (before === undefined) continue;
    if (RUN_BEGINS.test(before)) return true;
    if (RUN_ENDS.test(before)) return false;
  }
  return false;
}

interface Said {
  line: number;
  text: string;
}
