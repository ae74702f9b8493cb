/** A line longer than this is cut: no client writes its error behind so much text on one line. Characters. */
export const LINE_LIMIT = 16 * 1024;

/* biome-ignore lint/complexity/useRegexLiterals: control characters read better escaped in strings */
const ANSI = new RegExp(
  '\\u001b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)|[@-Z\\\\^_])',
  'g',
);
/** Colours as rsyslog stores them: the escape in octal. */
const OCTAL_ANSI = /#033\[[0-9;]{0,20}m/g;
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
/** GitLab (with FF_TIMESTAMPS: stream number and a flag follow), GitHub and `docker logs -t` write RFC 3339. */
const TIMESTAMP =
  /^\uFEFF?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?(?: [0-9a-f]{2}[OE][ +]?)? ?/;
/** Jenkins' time stamps, those of scripts that write their own, and the time of day that both know too. */
const BRACKETED_TIMESTAMP = /^\[(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\] /;
/** Bamboo (with its kind of line before), Go's own logger, and the common log format. */
const DATED =
  /^(?:(?:build|error|command|simple)\t)?(?:\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d|\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\s{1,8}/;
/** `kubectl logs --prefix`. */
const POD = /^\[pod\/[\w.-]{1,253}\/[\w.-]{1,63}\] /;
const TIME_OF_DAY = /^\d\d:\d\d:\d\d(?:[.,]\d{1,9})? {1,2}(?=\S)/;
/** AWS CodeBuild puts its container and a time before each line. */
const CODEBUILD = /^\[Container\] \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)? /;
/** TeamCity: `[20:10:38]W:   `; syslog: `Aug 15 00:16:49 host process[5099]: `. */
const TEAMCITY = /^\[\d\d:\d\d:\d\d\](?: ?(?:[A-Za-z]:\s{1,8})?\[Step \d{1,3}\/\d{1,3}\] | ?[A-Za-z]? ?:\s{1,8})/;
const SYSLOG = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,80} [\w./-]{1,60}(?:\[\d+\])?: /;
/** What docker compose and act put before each line of a service: `web_1  | `, `[build/push]   | `. */
const SERVICE = /^(?:\[[^\]]{1,80}\]\s{1,8}|[a-z0-9][\w.-]{0,60}\s{1,20})\| (?=\S)/;
/** `gh run view --log`: job, step and time, with tabs between them. */
const GH_VIEW = /^[^\t]{1,100}\t[^\t]{1,100}\t(?=\uFEFF?\d{4}-\d\d-\d\dT)/;
/** Cloud Build: `Step #2 - "Deploy": `; Tekton's tkn: `[publish : ko] `; Drone and Woodpecker: `[build:12] `, `[build:L3:4s] `. */
const STEP =
  /^(?:Step #\d{1,3}(?: - "[^"]{1,80}")?: |\[[\w.-]{1,60} : [\w.-]{1,60}\] |\[[\w.-]{1,60}:L?\d{1,6}(?::\d{1,6}s)?\] )/;
/** What is left of a syslog or journal line whose time was of another form. */
const PROCESS = /^[\w.-]{1,60} [\w./-]{1,60}\[\d{1,8}\]: /;
/** Chats and issue trackers escape what they store. */
const ESCAPED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#34': '"',
  nbsp: ' ',
};
const ENTITY = /&(amp|lt|gt|quot|#39|#34|nbsp);/g;
const FENCE = /^(?:`{3,}|~{3,})(?=\S)|`{3,}$/g;
const SECTION = /section_(?:start|end):\d+:[A-Za-z0-9_.-]+(?:\[[^\]]*\])?/g;

/**
 * What a person would have seen of a raw line: colours, cursor movements, section markers, time stamps and
 * quote marks are gone; of a progress bar (carriage returns) only the last state is left; structured lines
 * (JSON, logrus) give their message.
 *
 * Never throws; linear in the line's length (every expression is anchored or a plain scan).
 */
export function cleanLine(raw: string): string {
  let text = raw.length > LINE_LIMIT ? raw.slice(0, LINE_LIMIT) : raw;
  if (text.includes('\u001b')) text = text.replace(ANSI, '');
  if (text.includes('#033[')) text = text.replace(OCTAL_ANSI, '');
  if (text.includes('section_')) text = text.replace(SECTION, '');
  if (text.includes('\r')) text = lastState(text);
  text = text.replace(CONTROL, '');
  if (text.includes('&')) text = text.replace(ENTITY, (_, name: string) => ESCAPED[name] ?? '');
  if (text.startsWith('>')) text = text.replace(/^(?:> ?)+/, '');
  if (text.includes('\t')) text = text.replace(GH_VIEW, '');
  text = text
    .replace(BRACKETED_TIMESTAMP, '')
    .replace(CODEBUILD, '')
    .replace(POD, '')
    .replace(TEAMCITY, '')
    .replace(SYSLOG, '')
    .replace(STEP, '')
    .replace(TIMESTAMP, '')
    .replace(DATED, '')
    .replace(TIME_OF_DAY, '')
    .replace(PROCESS, '');
  if (text.startsWith('>')) text = text.replace(/^(?:> ?)+/, '');
  if (text.includes('|')) text = text.replace(SERVICE, '');
  text = text.replace(FENCE, '').trimEnd();
  return structured(text) ?? text;
}

function lastState(text: string): string {
  const states = text.split('\r');
  return states.findLast((state) => state.trim() !== '') ?? '';
}

/** The fields in which loggers, daemons and clouds say something, in the order of a person's reading. */
const SAYS = [
  'level',
  'severity',
  'msg',
  'message',
  '@message',
  'MESSAGE',
  'textPayload',
  'jsonPayload',
  'stream',
  'error',
  'err',
  'err.message',
  'err.detail',
  'detail',
  'log',
  'reason',
  // Of GitLab's auth_json.log: blocklist or throttle.
  'env',
];

/** A field's text: some loggers wrap it in an object of its own. */
function said(value: unknown): string {
  if (typeof value === 'string') return /^std(?:out|err)$/.test(value) ? '' : value.trim();
  if (typeof value !== 'object' || value === null) return '';
  const { message, msg } = value as Record<string, unknown>;
  return (
    [message, msg]
      .find((one) => typeof one === 'string')
      ?.toString()
      .trim() ?? ''
  );
}

/** The names that registries and web servers give a request and its answer in their structured logs. */
const METHOD = ['method', 'http_request_method', 'http.request.method', 'request_method', 'RequestMethod'];
const PATH = ['uri', 'http_request_uri', 'http.request.uri', 'request_uri', 'path', 'RequestPath'];
const STATUS = ['status', 'http_response_status', 'http.response.status', 'DownstreamStatus'];

/** A request of a registry's API that failed on the server's side, as an access log would write it. */
function answered(fields: Record<string, unknown>): string {
  const all = { ...fields, ...(typeof fields.request === 'object' ? fields.request : {}) } as Record<string, unknown>;
  const [method, path, status] = [METHOD, PATH, STATUS].map((names) => names.map((name) => all[name]).find(Boolean));
  if (typeof path !== 'string' || !path.startsWith('/v2/')) return '';
  return Number(status) === 413 || Number(status) >= 500 ? `"${method ?? 'GET'} ${path} HTTP/1.1" ${status}` : '';
}

/** The message inside a structured line, in front of the line's other words: the evidence stays readable. */
function structured(text: string): string | undefined {
  if (text.startsWith('{') && text.endsWith('}')) {
    try {
      const fields = JSON.parse(text) as Record<string, unknown>;
      const parts = [...SAYS.map((key) => said(fields[key])), answered(fields)].filter((value) => value !== '');
      return parts.length > 0 ? parts.join(' ').replaceAll('\n', ' ').trimEnd() : undefined;
    } catch {
      return undefined;
    }
  }
  if (text.includes('\\"') && /(?:msg|error|err)="/.test(text)) return text.replaceAll('\\"', '"');
  return undefined;
}
