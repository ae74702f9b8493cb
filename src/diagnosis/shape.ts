import type { Candidate } from './candidates.js';
import { type Cause, conceivable, type Fit, possible } from './cause.js';
import { CAUSES, type CauseId } from './causes/index.js';
import { isAboutRegistry, isImageClient, isRunOutput } from './context.js';
import { factsOf } from './facts-of.js';
import { saidByContainer, saidByInstruction, whoseElse } from './others.js';
import type { Reading } from './reading/reader.js';
import { type Story, suspects } from './story.js';

/** What a line's numbers and common words say, whoever prints them. The most telling first. */
interface Shape {
  cause: CauseId;
  words: RegExp;
  why: string;
  /** Causes that the same words have, too. */
  or?: readonly CauseId[];
}

/** An HTTP status as programs print it: behind a word for it, in brackets, or in front of its own words. */
const status = (code: string): RegExp =>
  new RegExp(
    String.raw`(?:\b(?:HTTP(?:\/\d(?:\.\d)?)?|status(?: ?code)?|code|response|answer(?:ed)?|returned|got|error|with|ERROR:?) ?[:=("']{0,3} ?|[:=] ?|[[(<>])${code}\b(?! ?(?:[kKMGT]?i?B|ms|bytes|s\b|%))|\b${code}[:,]? \(?(?:[A-Z][A-Za-z-]+|too large)`,
  );

const SHAPES: readonly Shape[] = [
  {
    cause: 'tls-expired',
    words: /certificate\b.{0,60}\b(?:expired|not (?:yet )?(?:valid|active))|validity check|NotAfter|NotBefore/i,
    why: 'a certificate seems to be out of its time',
  },
  {
    cause: 'tls-name-mismatch',
    words:
      /host ?name\b.{0,80}\b(?:mismatch|match|verified)|certificate\b.{0,80}\b(?:not match|n't match|not valid for|mismatch)|subject alternative/i,
    why: 'the certificate seems to be for another name',
  },
  {
    cause: 'tls-unknown-authority',
    words:
      /\bPKIX\b|certification path|(?:unknown|untrusted|unrecognized) (?:ca|issuer|authority|certificate|root)|self[- _]signed|certificate\b.{0,60}\b(?:not trusted|untrusted|verif(?:y|ication)|rejected|unknown|invalid)|\bx509\b|证书/i,
    why: 'the certificate was not accepted',
  },
  {
    cause: 'http-https-mismatch',
    words:
      /plain ?text connection|not an? (?:SSL|TLS)|SSL message|record (?:version|layer)|HTTPS? (?:client|server)\b/i,
    why: 'one side seems to speak http and the other https',
  },
  {
    cause: 'tls-unknown-authority',
    or: ['tls-name-mismatch', 'http-https-mismatch'],
    words: /\b(?:SSL|TLS|handshake)\w*\b.{0,80}\b(?:error|fail|alert|exception)|SSL\w*(?:Error|Exception)/i,
    why: 'the handshake of TLS failed',
  },
  {
    cause: 'dns-failure',
    words:
      /\bunknown ?host|\b(?:resolve|resolving|resolution)\b.{0,20}\b(?:host|name|address|DNS)|\b(?:host|name|DNS)\b.{0,40}\b(?:not resolve|n't resolve|resolution|lookup)|no such host|ENOTFOUND|EAI_|getaddrinfo|gaierror/i,
    why: 'a name did not resolve',
  },
  { cause: 'client-proxy', words: status('407'), why: 'a proxy wants credentials' },
  { cause: 'body-too-large', words: status('413'), why: 'the answer was 413' },
  {
    cause: 'body-too-large',
    words: /\b(?:body|entity|payload|request)\b.{0,20}\btoo (?:large|big)\b/i,
    why: 'it was too large',
  },
  { cause: 'rate-limited', words: status('429'), why: 'the answer was 429' },
  { cause: 'rate-limited', words: /too many requests|rate ?limit/i, why: 'there were too many requests' },
  { cause: 'registry-storage-full', words: status('507'), why: 'the answer was 507' },
  { cause: 'gateway-error', words: status('(?:50[234]|52[0-9])'), why: 'a proxy seems to have answered' },
  {
    cause: 'gateway-error',
    words: /bad gateway|gateway time-?out|service (?:temporarily )?unavailable/i,
    why: 'a proxy seems to have answered',
  },
  { cause: 'registry-internal-error', words: status('500'), why: 'the answer was 500' },
  { cause: 'registry-internal-error', words: /internal server error|server error/i, why: 'the server failed inside' },
  { cause: 'registry-read-only', words: /read[- ]?only/i, why: 'something can only be read' },
  {
    cause: 'registry-read-only',
    words: status('405'),
    why: 'the server does not take this kind of request',
    or: ['wrong-forwarded-headers'],
  },
  {
    cause: 'credentials-rejected',
    or: ['credentials-missing', 'insufficient-rights'],
    words:
      /\b(?:incorrect|invalid|wrong|bad|expired|revoked)\b.{0,30}\b(?:credential|password|user ?name|token|login)|authentication fail|login failed/i,
    why: 'credentials were refused',
  },
  {
    cause: 'credentials-missing',
    or: ['credentials-rejected', 'insufficient-rights'],
    words: status('401'),
    why: 'the answer was 401, and nothing tells what was sent',
  },
  {
    cause: 'credentials-missing',
    or: ['credentials-rejected', 'insufficient-rights'],
    words: /\bunauthori[sz]ed\b|authentication (?:is )?required|not logged in|log ?in first/i,
    why: 'the server wanted credentials, and nothing tells what was sent',
  },
  {
    cause: 'insufficient-rights',
    or: ['credentials-rejected', 'credentials-missing'],
    words: status('403'),
    why: 'the answer was 403',
  },
  {
    cause: 'insufficient-rights',
    or: ['credentials-rejected', 'credentials-missing'],
    words: /\b(?:forbidden|access (?:was |is )?denied|not (?:allowed|authori[sz]ed)|no permission|insufficient)\b/i,
    why: 'the server refused',
  },
  {
    cause: 'connection-refused',
    words:
      /\brefused\b.{0,20}\bconnection|connection.{0,20}\brefused\b|ECONNREFUSED|verweigert|connexion refusée|连接被拒绝|拒绝连接/i,
    why: 'a connection was refused',
  },
  {
    cause: 'connection-timeout',
    words:
      /\btimed? ?-?out\b|\btimeout\b(?! ?[=:]? ?\d)|deadline exceeded|unreachable|no route to|ETIMEDOUT|EHOSTUNREACH|超时/i,
    why: 'no answer came in time',
  },
  {
    cause: 'connection-dropped',
    words:
      /\breset\b|broken pipe|\bEOF\b|\b(?:connection|stream|socket|channel)\b.{0,40}\b(?:closed|aborted|lost|reset|hang up|terminated|broken)|ECONNRESET|EPIPE/i,
    why: 'the connection broke off',
  },
];

/** Lines at the end of a log that are looked at. */
const LAST = 60;
/** Longer lines are looked at by their beginning only. Characters. */
const LIMIT = 2_000;

/** Words that a line without a failure may have, too: what it did and what it will. */
const NO_FAILURE =
  /^(?:INFO|DEBU|DEBUG|WARN|WARNING|note|hint|notice)\b|\blevel=(?:info|debug|warning)|Layer already exists|\b(?:skipp(?:ed|ing)|retrying|will retry)\b/i;

/** Commands whose output is that of containers. */
const HOSTS = /\s(?:run|exec|up|start|restart|logs|attach|wait)(?=\s|$)/;

const BY_ID: ReadonlyMap<string, Cause> = new Map(CAUSES.map((cause) => [cause.id, cause]));

/**
 * What a failure may be whose words no entry knows: a status or a common word, on a line that is an image client's or
 * a registry's. Never sure. Pure.
 */
export function shapesOf(story: Story, reading: Reading): Candidate[] {
  const tail = reading.tail.slice(-LAST);
  for (const step of suspects(story).filter(({ kind }) => kind !== 'runner')) {
    const next = story.steps[story.steps.indexOf(step) + 1];
    const begin = step.command?.line ?? step.events[0]?.line ?? 0;
    const end = next?.command?.line ?? next?.events[0]?.line ?? Number.POSITIVE_INFINITY;
    for (const { line, text } of tail) {
      if (line < begin || line >= end || line === step.command?.line) continue;
      // What an entry knows was weighed already, and found to be no registry's.
      if (step.events.some((one) => one.line === line && one.matches.some(({ kind }) => kind === 'signal'))) continue;
      if (NO_FAILURE.test(text) || isRunOutput(text) || whoseElse(text) !== undefined) continue;
      const shape = SHAPES.find(({ words }) => words.test(text.slice(0, LIMIT)));
      if (shape === undefined) continue;
      const facts = factsOf(story, reading, step, { line, text, matches: [] });
      const client = step.command !== undefined && isImageClient(step.command.text) && !HOSTS.test(step.command.text);
      if (!isAboutRegistry(facts) && !client) continue;
      if (saidByContainer({ line, text }, step, story) || saidByInstruction({ line, text }, story)) continue;
      const hit = { line, text, at: 0, signal: -1, groups: {} };
      const named = (id: CauseId, fit: Fit): Candidate[] => {
        const cause = BY_ID.get(id);
        return cause === undefined ? [] : [{ cause, fit, hit, facts }];
      };
      return [
        ...named(shape.cause, possible(shape.why)),
        ...(shape.or ?? []).flatMap((id) => named(id, conceivable(shape.why))),
      ];
    }
  }
  return [];
}
