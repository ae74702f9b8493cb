import { redact } from '../secrets/redact.js';
import type { CauseId } from './causes/index.js';
import { diagnose } from './diagnose.js';
import type { Diagnosis } from './diagnosis.js';
import type { ServerLine } from './findings.js';

/** What the servers' own words can be a sign of; of a client they would speak otherwise. */
const OF_SERVERS: readonly CauseId[] = [
  'registry-storage-full',
  'registry-storage-permission',
  'registry-storage-backend',
  'registry-read-only',
  'registry-internal-error',
  'token-key-mismatch',
  'clock-skew',
  'body-too-large',
  'gateway-error',
];

/**
 * What a line of the registry, nginx or GitLab is a sign of, or the error that the registry gives with its answer.
 * Pure. Words are read by the catalogue of causes; what has none is an access log's status, and a ban.
 *
 * Source: the package's log_format gitlab_access; Rack::Attack's entries in auth_json.log; distribution's token
 * verification.
 */
export function causeOfServerLine(text: string): CauseId | undefined {
  if (/"message":"Rack_Attack"/.test(text)) return /"env":"blocklist"/.test(text) ? 'address-banned' : undefined;
  const status = /" ([45]\d\d) \d+ "/.exec(text)?.[1];
  if (status !== undefined) return causeOfStatus(Number(status));
  if (/token not to be used (?:before|after)/.test(text)) return 'clock-skew';
  const { cause, confidence } = diagnose(text);
  return confidence === 'likely' && OF_SERVERS.includes(cause) ? cause : undefined;
}

function causeOfStatus(status: number): CauseId | undefined {
  if (status === 413) return 'body-too-large';
  if (status === 405) return 'registry-read-only';
  if (status === 500) return 'registry-internal-error';
  return status >= 502 && status <= 504 ? 'gateway-error' : undefined;
}

/** How far a server's clock and the client's may be apart for a line to be of the same moment. Milliseconds. */
const SAME_MOMENT_MS = 60_000;
/** Older lines are of other failures. Milliseconds. */
const OLDEST_MS = 24 * 3_600_000;
/** So many are shown at most: the newest of each kind. */
const LINES = 6;

/** Of each log so many lines are read for their signs, which takes a millisecond or more each: the newest. */
const READ = 30;

/** What the lines have to be about. Times in milliseconds since the epoch. */
export interface Wanted {
  /** The log's repository, for whoever may know of it. */
  repository?: string;
  /** When it failed, if the log tells. */
  failedAt?: number;
  now: number;
}

/**
 * The lines of the servers' logs that bear on a failure: signs of a cause, about the repository, of its moment, or of a
 * ban. Pure, oldest first. Of lines that may be about somebody else's project only the sign is told.
 */
export function chooseLines(
  logs: readonly { file: string; lines: readonly string[] }[],
  { repository, failedAt, now }: Wanted,
): ServerLine[] {
  const chosen = logs.flatMap(({ file, lines }) =>
    lines
      .flatMap((text) => {
        const at = timeOf(text);
        if (at !== undefined && now - at > OLDEST_MS) return [];
        const own = repository !== undefined && speaksOf(text, repository);
        const moment =
          at === undefined || failedAt === undefined ? undefined : Math.abs(at - failedAt) <= SAME_MOMENT_MS;
        return own || moment === true || isAboutAll(text) ? [{ text, at, own, moment }] : [];
      })
      .slice(-READ)
      .flatMap(({ text, at, own, moment }): ServerLine[] => {
        const cause = causeOfServerLine(text);
        if (cause === undefined) return [];
        const then = moment === undefined ? {} : { moment };
        const age = at === undefined ? {} : { minutesAgo: Math.max(0, Math.round((now - at) / 60_000)) };
        return [{ file, cause, own, text: own ? shown(redact(text).text) : '', ...then, ...age }];
      }),
  );
  const newest = new Map(chosen.map((line) => [`${line.file} ${line.cause} ${line.own} ${line.moment}`, line]));
  return [...newest.values()].slice(-LINES);
}

/** When the log failed, if its stamps or a line near the failure tell it with a time zone. Pure. */
export function failedAtOf({ facts }: Diagnosis): number | undefined {
  if (facts?.at !== undefined) return facts.at;
  for (const text of facts === undefined ? [] : [facts.failure, ...facts.near]) {
    const at = rfc3339(text);
    if (at !== undefined) return at;
  }
  return undefined;
}

/** A ban is of an address that many may share, and what keeps the registry from trusting a token concerns all. */
function isAboutAll(text: string): boolean {
  return /Rack_Attack|token (?:signed by|from untrusted|intended for|not to be used)/.test(text);
}

/** Does a line name the repository itself, and not one whose name only begins or ends alike? No expression is made of it. */
function speaksOf(line: string, repository: string): boolean {
  if (repository === '') return false;
  const text = line.replace(/%2f/gi, '/').replace(/%3a/gi, ':');
  for (let at = text.indexOf(repository); at !== -1; at = text.indexOf(repository, at + 1)) {
    const before = text.slice(Math.max(0, at - 4), at);
    const after = text.slice(at + repository.length, at + repository.length + 12);
    const begins = before.endsWith('/v2/') || !/[A-Za-z0-9._/-]$/.test(before);
    if (begins && (!/^[A-Za-z0-9._/-]/.test(after) || /^\/(?:blobs|manifests|tags|_uploads|referrers)\b/.test(after)))
      return true;
  }
  return false;
}

/** The registry's time, nginx's access log's, or Rails'; nginx's error log does not tell its time zone. */
function timeOf(text: string): number | undefined {
  const nginx = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d [+-]\d{4})\]/.exec(text);
  if (nginx !== null) return valid(Date.parse(`${nginx[1]} ${nginx[2]} ${nginx[3]} ${nginx[4]}`));
  const svlogd = /^(\d{4}-\d\d-\d\d)_(\d\d:\d\d:\d\d)/.exec(text);
  return rfc3339(text) ?? (svlogd === null ? undefined : valid(Date.parse(`${svlogd[1]}T${svlogd[2]}Z`)));
}

function rfc3339(text: string): number | undefined {
  const found = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/.exec(text)?.[0];
  return found === undefined ? undefined : valid(Date.parse(found));
}

function valid(at: number): number | undefined {
  return Number.isNaN(at) ? undefined : at;
}

/** The telling part of a structured line, cut. */
function shown(text: string): string {
  const field = /(?:err\.detail|msg)"?[=:] ?"((?:[^"\\]|\\.){1,400})"/;
  const part = /err\.detail"?[=:] ?"((?:[^"\\]|\\.){1,400})"/.exec(text)?.[1] ?? field.exec(text)?.[1] ?? text;
  return part.slice(0, 240);
}
