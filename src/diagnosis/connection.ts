import { excluded, type Fit, possible, type Signal } from './cause.js';
import { asksRegistry } from './context.js';
import type { Facts } from './facts.js';

/** Who was at the other end of the connection that failed. */
export type Peer = 'registry' | 'realm' | 'daemon' | 'storage' | 'proxy' | 'other';

/** RE2: how Jib (a Maven and Gradle plug-in, in Java's words) begins the line that names what failed. */
export const JIB = String.raw`(?:jib-maven-plugin|cloud\.tools\.jib)`;

/** Other programs that name themselves at the beginning of the line. */
const OTHER_TOOL =
  /^(?:\s|\[[^\]]*\] ?|#\d+ |Step \d+.*: )*(?:\d+\.\d+ |npm |yarn |pnpm|pip |WARNING: Retrying|ERROR: Could not|curl: |wget: |fatal: (?!\[)|git@|remote: |error: (?:RPC|failed to push some refs)|E: |W: |Err:|go: |psql|pg_|mysql|ssh: |scp: |rsync: |sftp|requests\.exceptions\.|kubectl|\S+_test\.go:\d+|The connection to the server |Unable to connect to the server|terraform|Could not (?:resolve|transfer|GET|HEAD)|> Could not|Error: looks like "|[\w.-]+ +\| )|\b(?:proxy\.golang\.org|registry\.npmjs\.org|pypi\.org|files\.pythonhosted\.org|repo\d?\.maven\.(?:apache\.)?org|deb\.debian\.org|dl-cdn\.alpinelinux\.org|rubygems\.org|crates\.io|packagist\.org|api\.github\.com|api\.nuget\.org)\b|coordinator\.\.\.|\/api\/v4\/|Uploading artifacts|Downloading artifacts|Checking for jobs/;

const DAEMON =
  /error during connect|Cannot connect to the Docker daemon|fetching server API version|dial unix|:237[56]\b|lookup docker(?=[ :])|https?:\/\/docker[:/]|failed to list workers|from daemon: Client sent an HTTP request/;

/** Signs of the daemon's own API, which also stand in front of what the daemon says about a registry. */
const DAEMON_API = /unix:\/\/|(?:docker|podman|buildkitd|containerd)\.sock|\/v1\.\d\d\//;

/** A request for a token: by its usual paths, by what the clients call it, or by what it is asked for. */
const REALM =
  /\/jwt\/auth|fetch (?:oauth|anonymous) token|[Rr]equesting bearer token|\/service\/token|https?:\/\/[^\s"?]{1,300}\?(?:[^\s"]{1,600}&)?(?:service|offline_token)=/;

/** What a daemon's API passes on of the registry's answer. */
const PASSED_ON = /https?:\/\/[^\s"]+\/v2\/|unexpected HTTP status|HTTP \d+ response body/;

/** Registries whose token endpoint is their own business: its failures are theirs. */
const PUBLIC = /\b(?:docker\.(?:io|com)|ghcr\.io|quay\.io|gcr\.io|mcr\.microsoft\.com|public\.ecr\.aws)\b/;

const STORAGE =
  /\.s3[.-]|\/\/s3[.-]|storage\.googleapis\.com|blob\.core\.windows\.net|X-Amz-|X-Goog-|\/docker\/registry\/v2\/|\bminio\b/;

/** A registry's own paths: the request was one of the distribution API. */
const API =
  /https?:\/\/(?:(?:registry-1|index)\.docker\.(?:io|com)\/v[12]\/|(?:ghcr|quay|gcr)\.io\/v2\/)|https?:\/\/[^\s"]*(?:\/v2\/?(?=["'\\:\s?]|$)|\/v2\/\S*(?:\/manifests\/|\/blobs\/|\/tags\/list|_catalog|\/referrers\/)|\/v1\/(?:_ping|users|repositories|search)|\/registry-v2\/|token\?)|docker:\/\//;

/** The same in the words of Python's requests, which has the host elsewhere. */
const IN_PYTHON = /\burl: (?:https?:\/\/[^\s/]{1,300})?\/v2\//;

/** Words that only an image client, its daemon or a registry prints. */
const CLIENT =
  /Error response from (?:daemon|registry)|pull access denied|ErrImagePull|ImagePullBackOff|failed to resolve (?:reference|source)|failed to do request|failed to solve|failed to authorize|failed to (?:push|pull)(?: to destination| and unpack image| image)?:? "?[\w.-]+(?::\d+)?\/\S+:|trying to reuse blob|authenticating creds|pinging container registry|initializing source|login attempt|checking push permission|cloud\.tools\.jib|jib-maven-plugin|unexpected HTTP status|[Ee]rror pushing image|[Ee]rror while (?:pulling|retrieving) image|rh\.Client\.Do|toomanyrequests|status code from registry|HTTP [345]\d\d response body|unexpected status from \S+ request/;

/** Words that do so on a line without the address of somebody else. */
const IMAGES =
  /failed to (?:push|copy|fetch (?:oauth|anonymous)|pull image)\b|[Ii]mage pull|[Pp]ull(?:ing)? image|container registry|push(?:ing)? (?:image|layer)|(?:copying|writing|uploading|fetching|reading) (?:image|blob|layer|manifest)|logging in(?:to)?\b|sha256:[0-9a-f]{12}|Build image failed/;

/** Commands whose output is mostly that of other programs. */
const HOSTS_OTHERS =
  /\b(?:docker|podman|nerdctl|buildah|ctr|kaniko|executor)\b.*?\s(?:run|exec|build|bud|up|start|logs|buildx)(?=\s|$)|\bcompose\b|\bexecutor\b/;

/** Who the peer of the failing line is; `other` when the line, for all its words, is not about a registry. Pure. */
export function peerOf(facts: Facts): Peer {
  const { failure, command } = facts;
  if (/proxyconnect tcp|socks connect tcp/.test(failure)) return 'proxy';
  if (IN_PYTHON.test(failure)) return 'registry';
  if (OTHER_TOOL.test(failure) && !asksRegistry(command?.text ?? '')) return 'other';
  if (DAEMON.test(failure) || (DAEMON_API.test(failure) && !PASSED_ON.test(failure))) return 'daemon';
  if (proxyDialled(failure) !== undefined && (API.test(failure) || REALM.test(failure))) return 'proxy';
  if (REALM.test(failure) && !PUBLIC.test(failure)) return realmIsRegistry(facts) ? 'registry' : 'realm';
  if (STORAGE.test(failure) && !PUBLIC.test(failure) && !/cloudflarestorage/.test(failure)) return 'storage';
  if (sentElsewhere(facts) !== undefined) return 'storage';
  if (API.test(failure) || CLIENT.test(failure)) return 'registry';
  if (/https?:\/\//.test(failure)) return 'other';
  if (IMAGES.test(failure)) return 'registry';
  return command !== undefined && HOSTS_OTHERS.test(command.text) ? 'other' : 'registry';
}

/** Registries that give out tokens themselves (Artifactory, Gitea, Harbor): the same host and port, the same trouble. */
function realmIsRegistry({ failure, image, registry }: Facts): boolean {
  const realm = Array.from(failure.matchAll(/https?:\/\/([^/\s"?]+)([^\s"]*)/g)).find(([url]) =>
    /\/jwt\/auth|\/token\b|[?&](?:service|offline_token)=/.test(url),
  );
  const asked = image?.host ?? registry;
  if (realm === undefined) return false;
  const [, host = '', path = ''] = realm;
  return asked === undefined ? path.startsWith('/v2/') : bare(host) === bare(asked);
}

/** Words of a download of layers and configurations, which registries redirect to their object store. */
const DOWNLOADS =
  /error pulling image configuration|download failed after attempts|httpReadSeeker|[Ff]etching blob|[Rr]eading blob|copying config|copying layer/;

/** The host that a download was sent on to, if it is not the registry's own. Pure. */
export function sentElsewhere({ failure, image }: Facts): string | undefined {
  const asked = image?.host;
  if (asked === undefined || PUBLIC.test(asked) || !DOWNLOADS.test(failure)) return undefined;
  // A mirror is asked as the registry itself would be.
  if (failure.includes('/v2/')) return undefined;
  const [, dialled, port] = /dial tcp (\S+):(\d+): /.exec(failure) ?? [];
  const own = /:(\d+)$/.exec(asked)?.[1] ?? '443';
  if (dialled !== undefined && port !== own && !/^(?:80|3128|8080|8888)$/.test(port ?? '')) return `${dialled}:${port}`;
  const host = /\blookup ([\w.-]+)/.exec(failure)?.[1] ?? /https?:\/\/([^/\s"?:]+)(?::\d+)?\//.exec(failure)?.[1];
  return host === undefined || host === asked.replace(/:\d+$/, '') ? undefined : host;
}

/** Says that it was the token endpoint, if it was: whose cure that is, the words alone can't tell. Pure. */
export function atRealm(facts: Facts): Fit | undefined {
  return peerOf(facts) === 'realm' ? possible('it was the token endpoint, not the registry') : undefined;
}

/** The reason why a connection's failure is another cause's, if it is. Pure. */
export function elsewhere(facts: Facts): Fit | undefined {
  const peer = peerOf(facts);
  if (peer === 'other') return excluded('the line is not about a registry');
  if (/connecting to upstream|from upstream|upstream timed out/.test(facts.failure))
    return excluded('a reverse proxy speaks of what is behind it');
  if (peer === 'daemon') return excluded('it was the connection to the container daemon that failed');
  if (peer === 'proxy') return excluded('it was the connection to the proxy that failed');
  const stray = strayUpload(facts);
  return stray === undefined ? undefined : excluded(stray);
}

/**
 * The first try of a client that falls back to plain http and then reports both: the first is the one to mend.
 * Source: go-containerregistry's ping (crane, kaniko, ko). Pure.
 */
export function firstTry(text: string): string {
  return text.replace(/; Get \\?"http:\/\/.*$/, '');
}

/** The address a client dialled, if it is not the port that the URL asks for: a proxy's. Pure. */
export function proxyDialled(failure: string): string | undefined {
  const found =
    /(https?):\/\/(\[[^\]]+\]|[^/\s":]+)(?::(\d+))?[^\s"]*"?: (?:proxyconnect tcp: )?dial tcp (\S+):(\d+):/.exec(
      failure,
    );
  if (found === null) return undefined;
  const [, scheme, , port = scheme === 'https' ? '443' : '80', address, dialled] = found;
  return dialled === port ? undefined : `${address}:${dialled}`;
}

/**
 * Says how the place that the registry told the client to upload to differs from the registry asked.
 *
 * A client asks POST …/blobs/uploads/ and gets a Location for PATCH and PUT; a registry that does not learn its outer
 * scheme, host and port from the proxy invents them. Source: distribution's registry/api/v2/urls.go. Pure.
 */
export function strayUpload(facts: Facts): string | undefined {
  const { failure, image, near } = facts;
  // Bytes that came and were wrong: wherever the upload went, it arrived.
  if (/happened during read|[Dd]igest did not match/.test(failure)) return undefined;
  const found = UPLOAD.exec(failure) ?? UPLOAD.exec(fullerLine(facts) ?? '');
  if (found === null) return strayLocation(facts) ?? strayDial(facts);
  const [, scheme = '', host = ''] = found;
  const asked = image?.host;
  if (asked !== undefined && bare(host) !== bare(asked)) return `the upload was sent on to ${host}, not to ${asked}`;
  // A name without a domain that does not resolve: whoever began the upload had asked another.
  if (
    asked === undefined &&
    /^[\w-]+(?::\d+)?$/.test(host) &&
    !/^localhost\b/.test(host) &&
    /no such host/.test(failure)
  )
    return `the upload was sent on to ${host}, a name that only the registry's own network knows`;
  // Where an upload was begun, somebody listened: on this machine nobody does, so it was begun elsewhere.
  if (/^(?:localhost|127\.|\[::1\])/.test(host))
    return asked === undefined && /connection refused/.test(failure) ? `the upload was sent on to ${host}` : undefined;
  if (scheme === 'http' && (!/:\d+$/.test(host) || host.endsWith(':443')))
    return `the upload was sent on to http://${host}, though the registry is asked with https`;
  if (scheme === 'http' && near.some((line) => line.includes(`https://${host}/v2/`)))
    return `the upload was sent on from https://${host} to http`;
  return undefined;
}

const UPLOAD = /\b(?:PATCH|PUT)\b[^"]{0,20}"? ?(https?):\/\/([^/\s"]+)\/v2\/\S*\/blobs\/uploads\//i;

/** The line that says the same with its request: debug output has the bare error first. */
function fullerLine({ failure, near }: Facts): string | undefined {
  const bareError = /dial tcp \S+: .{1,80}?(?="|$)/.exec(failure)?.[0];
  if (bareError === undefined || /https?:\/\//.test(failure)) return undefined;
  return near.find((line) => line.includes(bareError) && UPLOAD.test(line));
}

/** The Location of an upload that a request with curl or a debug log shows, where it leads away from the registry. */
function strayLocation({ failure, image, near, operation }: Facts): string | undefined {
  const asked = image?.host;
  if (asked === undefined || operation !== 'push' || !/dial tcp|refused|timeout|EOF|redirect|HTTP/.test(failure))
    return undefined;
  for (const line of near) {
    const [, scheme = '', host = ''] =
      /\blocation"?: "?(https?):\/\/([^/\s"]+)\/v2\/\S*\/blobs\/uploads\//i.exec(line) ?? [];
    if (host === '') continue;
    if (bare(host) !== bare(asked)) return `the Location of the upload leads to ${host}, not to ${asked}`;
    if (scheme === 'http' && !/:\d/.test(host)) return `the Location of the upload leads to http://${host}`;
  }
  return undefined;
}

/** Old clients name no URL: a push that is dialled at a web server's port, not at the one in the image's name. */
function strayDial({ failure, image, operation }: Facts): string | undefined {
  const port = /:(\d+)$/.exec(image?.host ?? '')?.[1];
  const [, address, dialled] = /^(?:\w+: )?dial tcp (\S+):(80|443): /.exec(failure) ?? [];
  return operation === 'push' && port !== undefined && dialled !== undefined && dialled !== port
    ? `the upload was sent on to port ${dialled} of ${address}, not to ${port}`
    : undefined;
}

/** Does somebody say that it works when the proxy is left out? Pure. */
export function worksPastProxy(near: readonly string[]): boolean {
  return near.some((line) => BYPASSED.test(line.slice(0, 500)));
}

const BYPASSED =
  /\b(?:direct(?:ly)?|without (?:the )?(?:proxy|haproxy|nginx|traefik|(?:load ?)?balancer|ingress)|bypass(?:ing|ed)?)\b.{0,80}\b(?:works?|worked|succeeds?|fine|ok)\b|\bworks?\b.{0,60}\b(?:direct(?:ly)?|without (?:the )?proxy)\b/i;

/** Without the ports that a scheme implies. */
function bare(host: string): string {
  return host.toLowerCase().replace(/:443$/, '');
}

/**
 * HOST, PORT and HOST[:PORT] of the failing request for commands, with placeholders where the log has none, and the
 * `name` for sentences. Pure.
 */
export function addressOf({ registry, failure }: Facts): {
  host: string;
  port: string;
  authority: string;
  name: string;
} {
  const authority = registry ?? /https?:\/\/([^/\s"]+)/.exec(failure)?.[1] ?? 'REGISTRY';
  const name = authority === 'REGISTRY' ? 'the registry' : authority;
  const [, host = authority, port = '443'] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  return { host, port: failure.includes(`http://${authority}`) && port === '443' ? '80' : port, authority, name };
}

/** Tokens for a status behind the word that names it: the number alone is in every second log, in hashes and sizes. */
export function beforeStatus(code: string): string[] {
  return [' ', ':', '=', '"'].map((sign) => sign + code);
}

/** RE2 signals for an HTTP status `code` (an expression) in every client's words. */
export function statusSignals(code: string): Signal[] {
  return [
    // moby and containers/image
    { matches: `unexpected HTTP status:? ${code}\\b`, token: 'unexpected http status', own: true },
    // distribution's client, when the body is no JSON
    { matches: `parsing HTTP ${code} response body`, token: 'response body', own: true },
    // containers/image
    { matches: `status code from registry:? ${code}\\b`, token: 'status code from registry', own: true },
    { matches: `StatusCode: ${code}, \\\\*"`, token: 'statuscode: ', own: true },
    { matches: `StatusCode: ${code}\\b`, token: 'statuscode: ' },
    { matches: `statusCode=${code}\\b`, token: 'statuscode=' },
    // containerd, BuildKit, Helm; with the URL before the code in containerd's fetcher
    { matches: `unexpected status from \\S+ request to \\S+: ${code}\\b`, token: 'unexpected status from', own: true },
    { matches: `unexpected status(?: code)?:?(?: https?://\\S+:)? \\[?${code}\\b`, token: 'unexpected status' },
    // BuildKit and containerd's pusher, without the request; Docker's ADD of a URL says "invalid response status".
    {
      matches: `(?:ERROR: |failed to solve: |failed to copy: |failed open: |on ref "[^"]+": )unexpected status(?: code)?:? ${code}\\b`,
      token: 'unexpected status',
      own: true,
    },
    // oras
    { matches: `response status code ${code}\\b`, token: 'response status code' },
    // Flux
    { matches: `failed with status code \\[[^\\]]*\\]: ${code}\\b`, token: 'failed with status code [', own: true },
    // regclient
    { matches: `\\[http ${code}\\]`, token: '[http ', own: true },
    // docker login, old docker push
    { matches: `failed with status: ${code}\\b`, token: 'failed with status' },
    { matches: `Status ${code} trying to (?:push|pull)`, token: ' trying to pu', own: true },
    {
      matches: `Server error: ${code} trying (?:to (?:push|pull|fetch)|\\S+ request for)`,
      token: 'server error: ',
      own: true,
    },
    // In brackets it is the daemon's own API, as dockerode prints it, whatever it says of the registry.
    { matches: `(?:^|[^(\\w])HTTP code:? ${code}\\b`, token: 'http code' },
    { matches: `HTTP code:? ${code} while (?:uploading|trying|pu)`, token: 'http code', own: true },
    // containers/image, of all ages
    { matches: `from destination repository \\S+: ${code} \\(`, token: 'from destination repository', own: true },
    { matches: `, status ${code}\\b`, token: ', status ' },
    { matches: `\\bresponse code:? ${code}\\b`, token: 'response code' },
    // A web server's page, where a client expected a registry's JSON
    { matches: `parsing HTTP response: .*<(?:title|h1)>${code}\\b`, token: 'parsing http response', own: true },
    { matches: `<title>${code}\\b`, token: '<title>' },
    // Java and Python
    { matches: `registry returned error code ${code}\\b`, token: 'registry returned error code', own: true },
    { matches: `\\bResponseException: ${code}\\b`, token: 'responseexception: ' },
    { matches: `status code:? ${code}, reason phrase`, token: 'reason phrase' },
    { matches: `\\b${code} (?:Server|Client) Error: .{0,80} for url: \\S+/v[12]/`, token: ' for url: ', own: true },
    { matches: `\\bhttp status:? ${code}\\b`, token: 'http status' },
    { matches: `${JIB}.*\\b${code}\\b`, token: 'jib', own: true },
  ];
}

/** RE2: a status in the access log of a web server in front of a registry, HAProxy's before the request, or its own. */
export function accessLog(code: string): Signal {
  const request = '"(?:GET|HEAD|POST|PUT|PATCH) /v2/\\S* HTTP/[0-9.]+"';
  return { matches: `${request} ${code}\\b|\\d/\\d+ ${code} \\d+ .*${request}`, token: '/v2/', own: true };
}

/** Drops what only the administrator of a GitLab host could do, where the registry is somebody else's. Pure. */
export function forTheHost(facts: Facts, fix: string[]): string[] {
  return PUBLIC.test(addressOf(facts).authority)
    ? fix.filter((line) => !/gitlab-ctl|GitLab host|\/gitlab\/|gitlab\.rb/.test(line))
    : fix;
}
