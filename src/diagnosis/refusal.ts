import { isDockerHub, isUnder, parseReference, type Reference } from '../registry/reference.js';
import type { Signal } from './cause.js';
import type { Facts } from './facts.js';
import { nameTold } from './named.js';

/** What a refused request was about, as far as the log shows it. */
export interface Refusal {
  action?: 'push' | 'pull' | 'login' | 'delete';
  /** The name that was refused; its host is absent for Docker Hub. */
  name?: Reference;
  /** `undefined`: the log does not show the name. */
  hub?: boolean;
  /** GROUP/PROJECT of the job. */
  project?: string;
  /** Is the name under the project? `undefined`: one of the two is not known. */
  under?: boolean;
  /** Where the log shows a login to: the refusing registry, only others, nowhere in a whole job, or not to be told. */
  login: 'here' | 'elsewhere' | 'none' | 'unknown';
  /** Were the job's own credentials used? */
  jobToken: boolean;
  /** Does the log show that the client was given credentials, by a login or otherwise? */
  given: boolean;
  /** Does a pull from the same place work, as far as the log shows or somebody says? */
  reads: boolean;
  /** The client, or a look into its configuration, says that there was nothing to send. */
  anonymous: boolean;
  /** Why the token or the member can't do it, where the log tells: a clause without a full stop. */
  lacking?: string;
}

/**
 * Words with which a registry, or a client on its behalf, says that the credentials (or nobody's) lack a right on
 * this name. They serve many causes: the name, the project and the login decide.
 *
 * Source: distribution's DENIED and insufficient_scope; containerd and buildkit ("push access denied", "pull access
 * denied … server message: insufficient_scope"); moby; go-containerregistry, which prints the 401's detail.
 */
export const LACKS_RIGHT: readonly Signal[] = [
  // Cut or broken off, too: nobody else begins a sentence so.
  {
    matches: 'requested access to the(?: resource is denied|(?: resource(?: is)?)?$)',
    token: 'requested access to the',
    own: true,
  },
  // Other APIs say insufficient_scope, too: GitLab's own with {"error":"insufficient_scope"}.
  {
    matches: 'insufficient_scope: authorization failed|server message: insufficient_scope',
    token: 'insufficient_scope',
    own: true,
  },
  { matches: 'scope="repository:[^"]*".*insufficient_scope', token: 'insufficient_scope', own: true },
  { matches: 'push access denied, repository', token: 'push access denied', own: true },
  { matches: 'pull access denied(?:,| for )', token: 'pull access denied', own: true },
  { says: 'does not exist or no pull access', own: true },
  { matches: String.raw`authentication required[;:] \[map\[`, token: 'authentication required', own: true },
  // Buildpacks' lifecycle, before it builds
  { says: 'ensure registry read/write access to', own: true },
  // Quay and Nexus
  { says: 'access to the requested resource is not authorized', own: true },
];

/** Everything the log tells about a refused request. Pure. */
export function refusalOf(facts: Facts): Refusal {
  const { failure } = facts;
  const action = actionOf(facts);
  const variable = ownVariable(facts);
  const name = nameOf(facts);
  const project = facts.project ?? /^https?:\/\/[^/]+\/(.+)\/-\/jobs\//.exec(facts.jobUrl ?? '')?.[1];
  const hub = name === undefined ? (variable || !HUB.test(failure) ? undefined : true) : isDockerHub(name);
  const known = name !== undefined && !hub && project !== undefined;
  const lacking = lackOf(facts, action);
  const under = known ? isUnder(name, project) : name === undefined && variable ? true : undefined;
  return {
    login: loginOf(facts, name, hub),
    jobToken: usesJobToken(facts),
    given:
      facts.logins.length > 0 ||
      facts.handedOver !== undefined ||
      [facts.command?.text ?? '', ...facts.near].some((line) => HANDED_OVER.test(line)),
    reads: facts.near.some((line) => {
      const pulled = /^Status: (?:Downloaded newer image|Image is up to date) for (\S+)/.exec(line)?.[1];
      return pulled === undefined ? PULLS_WORK.test(line) : parseReference(pulled)?.path === name?.path;
    }),
    anonymous:
      facts.aside?.empty !== undefined || [...facts.near, facts.failure].some((line) => NOTHING_SENT.test(line)),
    ...(action === undefined ? {} : { action }),
    ...(name === undefined ? {} : { name }),
    ...(hub === undefined ? {} : { hub }),
    ...(project === undefined ? {} : { project }),
    ...(under === undefined ? {} : { under }),
    ...(lacking === undefined ? {} : { lacking }),
  };
}

const PULLS_WORK =
  /\bpull(?:s|ing)? [^.!?]{0,30}\b(?:works?|worked|fine|ok|succeeds?)\b|\b(?:can|could|able to) (?:only |still )?pull\b/i;

const NOTHING_SENT =
  /falling back (?:on|to) anonymous|trying anonymous|No (?:matching )?credentials (?:were )?found|Guest mode enabled|(?:continu|proceed)ing without (?:any )?credentials/i;

/** What GitLab answered about the token or the member, against what the request needs. */
function lackOf({ answers, near }: Facts, action: Refusal['action']): string | undefined {
  const writes = action !== 'pull' && action !== 'login';
  const needed = writes ? ['read_registry', 'write_registry'] : ['read_registry'];
  const { scopes, granted, level } = answers ?? {};
  if (scopes !== undefined && !scopes.includes('api') && needed.some((scope) => !scopes.includes(scope)))
    return `the token has the scopes ${scopes.join(', ')} and would need ${needed.join(' and ')}`;
  if (granted !== undefined && !granted.includes(writes ? 'push' : 'pull'))
    return `GitLab granted ${granted.length === 0 ? 'nothing' : `only ${granted.join(', ')}`}`;
  if (level !== undefined && level < (writes ? 30 : 20))
    return `the member's role is too low for a ${writes ? 'push' : 'pull'}`;
  return writes && near.some((line) => ONLY_ONE.test(line))
    ? 'the token can only read, or only write: a push needs read_registry and write_registry'
    : undefined;
}

/** How people name and describe a token that was not made for a push. */
const ONLY_ONE =
  /\bread[_ -]?only (?:token|scope|user|robot|account|credential|deploy|access)|\b(?:token|robot|account|credentials?)\b[^.]{0,40}\bread[_ -]?only\b(?! mode)|(?:read|write)_registry[_ ]only\b|\bonly (?:has |have |the )?(?:scope )?[`"']?(?:read|write)_registry\b|READ_?ONLY|(?:^|[_$ {])(?:PULL|READ|READER)_(?:TOKEN|PASSWORD|PASS|SECRET|USER)\b/i;

const HUB = /(?:registry-1|index|auth)\.docker\.(?:io|com)/;

const PUSHES =
  /push access denied|failed to push|push permission|push check|(?:error )?pushing (?:image|layer|manifest|blob)|error pushing|cannot push|\/blobs\/uploads|Action:push|push(?:,|%2C)pull|pull(?:,|%2C)push|initiating layer upload|trying to reuse blob|mounting blob|writing (?:blob|manifest|layer blob)|initializing destination|uploading|action: push|write_package|ecr:(?:InitiateLayerUpload|UploadLayerPart|PutImage|CompleteLayerUpload)|uploadArtifacts/i;
const PULLS =
  /pull access denied|no pull access|load metadata|resolve (?:source metadata|reference|image)|(?:pulling|pull) image|image pull|reading manifest|initializing source|HEAD "?https?:\/\/\S+\/manifests|GET "?https?:\/\/\S+\/(?:manifests|tags)|Action:pull|ErrImagePull|ImagePullBackOff|copying system image|%3Apull(?:&|$)|action: pull|ecr:(?:BatchGetImage|GetDownloadUrlForLayer)|downloadArtifacts/i;

function actionOf({ failure, operation, command }: Facts): Refusal['action'] {
  if (
    /Error response from daemon: (?:Get|login)[^:]*"?https?:\/\/[^/\s]+\/v2\/"?|authenticating creds|logging in/.test(
      failure,
    )
  )
    return 'login';
  if (PUSHES.test(failure) && !/initializing source/.test(failure)) return 'push';
  if (/\bDELETE "?https?:/.test(failure) || operation === 'delete') return 'delete';
  if (PULLS.test(failure)) return 'pull';
  switch (operation) {
    case 'login':
      return 'login';
    case 'push':
    case 'cache-export':
    case 'manifest':
    case 'copy':
      return 'push';
    case 'build':
      return /(?:^|\s)(?:--push|type=registry|--destination|executor)\b/.test(command?.text ?? '') ? undefined : 'pull';
    case 'pull':
    case 'inspect':
    case 'list':
      return 'pull';
    default:
      return undefined;
  }
}

/** Words before an image name in the clients' errors. */
const NAMED =
  /(?:access denied for(?: repository)?|failed to push(?: to destination)?|resolve source metadata for|resolve reference|load metadata for|pull(?:ing)? image(?: with policy "[^"]*": image)?|push permission for|make sure you have permissions for|make sure your credentials for|Unauthorized for|pushing image to|pushing|pulling|initializing source docker:\/\/|initializing destination docker:\/\/|resolving|short-name) *["'[]?(?:docker:\/\/)?([^\s"',[\]]+)/gi;

/** The image name that the failing line is about, or else that of its command. Pure. */
export function nameOf(facts: Facts): Reference | undefined {
  const { failure, image, imageText, command, near, operation } = facts;
  const place = /\b(?:in|exists in) ([a-z0-9][\w.-]*(?::\d+)?\/[\w./-]+): /i.exec(failure)?.[1];
  const upload = /\/v2\/(\S+?)\/(?:blobs|manifests)\/\S* in ([\w.-]+(?::\d+)?): /.exec(failure);
  const old = /repository (\S+) not found: does not exist or no pull/.exec(failure)?.[1];
  for (const text of [place, upload === null ? undefined : `${upload[2]}/${upload[1]}`, old, ...named(failure)]) {
    const found = text === undefined ? undefined : parseReference(text);
    if (found !== undefined) return normal(hosted(found, failure));
  }
  const url = /https?:\/\/([^/\s"]+)\/v2\/([^\s"]+?)\/(?:manifests|blobs|tags|referrers)\b/.exec(failure);
  if (url !== null) {
    const found = parseReference(`${url[1]}/${url[2]}`);
    if (found !== undefined) return normal(found);
  }
  const begins =
    /(?:^\W*|failed to solve: )([\w.-]+(?::\d+)?\/[\w./-]+(?::[\w.-]+)?): (?:(?:push|pull) access )?denied/.exec(
      failure,
    )?.[1];
  const chart = chartOf(`${failure} ${command?.text ?? ''}`);
  for (const text of [begins, chart]) {
    const found = text === undefined ? undefined : parseReference(text);
    if (found !== undefined) return normal(found);
  }
  // A build is told the name of its result; what it may not pull is what that step of it announced.
  const base = /pull access denied/.test(failure) && operation === 'build' ? nameTold(facts) : undefined;
  if (base !== undefined) return normal(base);
  if (image !== undefined && imageText !== 'with') return normal(image);
  const variable = /\$\{?CI_REGISTRY\}?\/([a-z0-9][\w./-]{0,255})/.exec(
    `${imageText ?? ''} ${command?.text ?? ''}`,
  )?.[1];
  const inJob =
    variable === undefined ? undefined : parseReference(`registry.invalid/${variable.replace(/[./-]+$/, '')}`);
  // The host stays the variable: what is said about the name may be pasted into a job.
  if (inJob !== undefined) return { ...inJob, host: '$CI_REGISTRY' };
  const told = near.findLast((line) => /\bPushing \S+\/\S+/.test(line));
  const pushed = told === undefined ? nameTold(facts) : parseReference(named(told)[0] ?? '');
  return pushed === undefined ? undefined : normal(pushed);
}

/** A host of one word is only known as one by the URL that was asked. */
function hosted(name: Reference, failure: string): Reference {
  const [first = '', ...rest] = name.path.split('/');
  const asked = /https?:\/\/([\w-]+)\/v2\//.exec(failure)?.[1];
  return name.host === undefined && asked === first && rest.length > 0
    ? { ...name, host: first, path: rest.join('/') }
    : name;
}

/** The chart of a `helm push`, whose address ends where the chart's own name begins. */
function chartOf(text: string): string | undefined {
  const address = /oci:\/\/([\w.:-]+(?:\/[\w./-]+)?)/.exec(text)?.[1];
  const file = /\bhelm (?:chart )?push [^|;&]{0,300}?([a-z0-9][a-z0-9_-]{0,100}?)-v?\d[\w.+-]{0,60}\.tgz/.exec(
    text,
  )?.[1];
  return address === undefined || file === undefined ? address : `${address.replace(/\/$/, '')}/${file}`;
}

function named(failure: string): string[] {
  return Array.from(failure.matchAll(NAMED), ([, text = '']) => text.replace(/[:.,;)]+$/, ''))
    .filter(
      (text) =>
        text.includes('/') ||
        !/^(?:with|for|the|to|from|an?|images?|of|failed|layers?|manifests?|config|blobs?|docker|container|oci|helm|charts?|all|new|your|tags?|repository|reference|registry|artifacts?|and|it)$/i.test(
          text,
        ),
    )
    .sort((a, b) => Number(b.includes('/')) - Number(a.includes('/')));
}

/** Docker Hub's names in one form: no host, no `library/`. */
function normal(name: Reference): Reference {
  if (!isDockerHub(name)) return name;
  const { host: _, ...rest } = name;
  return { ...rest, path: rest.path.replace(/^library\//, '') };
}

/** A name that the shell had not expanded yet, and that is the project's own by its meaning. */
function ownVariable({ imageText = '', image, command }: Facts): boolean {
  const text = image === undefined ? `${imageText} ${command?.text ?? ''}` : imageText;
  return /\$\{?(?:CI_REGISTRY_IMAGE|CI_PROJECT_PATH(?:_SLUG)?)\b/.test(text);
}

const plain = (host: string): string => host.replace(/^https?:\/\//, '').replace(/\/.*$/, '');

function loginOf(facts: Facts, name: Reference | undefined, hub: boolean | undefined): Refusal['login'] {
  const { logins, fromTheStart, near, command, handedOver = [] } = facts;
  const lines = [command?.text ?? '', ...near];
  const places = logins.map(({ host, user }) => {
    if (host === undefined) return user === undefined ? undefined : 'docker.io';
    return /^[\w-]+(?:\.[\w-]+)*(?::\d+)?(?:\/|$)/.test(host) && /[.:]|localhost/.test(host) ? plain(host) : undefined;
  });
  for (const line of lines) {
    const action = /(?:Logging in ?to|logged in to|login to) "?(?:https?:\/\/)?([\w.-]+\.[\w-]+(?::\d+)?)/i.exec(
      line,
    )?.[1];
    if (action !== undefined) places.push(action);
  }
  const asked = hub === true ? 'docker.io' : name?.host;
  if (places.length === 0) {
    if (fromTheStart && handedOver.length === 0 && !lines.some((line) => HANDED_OVER.test(line))) return 'none';
    return 'unknown';
  }
  // Another's variable is not Docker Hub: that one is logged in to without naming it.
  const gitlabs = logins.some(
    ({ host, user }) => /CI_REGISTRY\b/.test(host ?? '') || /gitlab-ci-token|CI_REGISTRY_USER/.test(user ?? ''),
  );
  if (asked === 'docker.io' && gitlabs && places.every((place) => place === undefined || !isHubHost(place)))
    return 'elsewhere';
  if (asked === undefined || places.some((place) => place === undefined)) return 'unknown';
  return places.some((place) => place === asked || (asked === 'docker.io' && isHubHost(place ?? '')))
    ? 'here'
    : 'elsewhere';
}

const isHubHost = (host: string): boolean => isDockerHub({ host, path: '' });

const HANDED_OVER =
  /--(?:dest-|src-)?creds[ =]|--authfile|--username[ =]|config\.json|DOCKER_AUTH_CONFIG|DOCKER_CONFIG|"?auths"?|\.dockerconfigjson|withRegistry|credentials from|credential|\/kaniko\/|cred-helper/i;

function usesJobToken({ logins, near, command, handedOver = [] }: Facts): boolean {
  const job = /gitlab-ci-token|CI_JOB_TOKEN|CI_REGISTRY_(?:USER|PASSWORD)\b|credentials from job payload/;
  const user = logins.at(-1)?.user;
  return user === undefined
    ? [command?.text ?? '', ...near, ...handedOver].some((line) => job.test(line))
    : job.test(user);
}
