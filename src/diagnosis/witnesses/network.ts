import { LEEWAY_SECONDS } from '../../checks/clock.js';
import { endpoint as endpointCheck } from '../../checks/endpoint.js';
import { realm as realmCheck } from '../../checks/realm.js';
import { shownCertificate, wordsOf } from '../../checks/tls.js';
import type { Reach } from '../../registry/reach.js';
import { addressed } from '../address.js';
import { wantsTls } from '../causes/http-https-mismatch.js';
import type { CauseId } from '../causes/index.js';
import type { Diagnosis } from '../diagnosis.js';
import type { NetworkFinding } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

/** Where the token endpoint's own troubles stand, and where the registry's. */
type Leg = 'registry' | 'gitlab';
type Broken = { cause: CauseId; why: string /** Explains the words, and could be passing. */; weak?: true };

/**
 * The way to the registry and to its token endpoint, as seen from Registrar.
 *
 * What is broken now in the way that the log says, at the address that the log names, is proof. What works now may
 * have failed then, and on the client's own way it may fail still: of that, only a remark.
 */
export const network: Witness<NetworkFinding> = (finding, diagnosis) => {
  const where = addressed(diagnosis.facts, finding.target);
  if (where.is === 'other') {
    const why = `the address in the log, ${where.authority}, is not one that the configuration names: it was not contacted`;
    return [{ cause: diagnosis.cause, says: 'remarks', why }];
  }
  const found = faultsOf(finding, diagnosis, where.is)
    .filter(({ cause }) => isSuspected(diagnosis, cause))
    .map(({ cause, why, weak }): Testimony => {
      return { cause, says: where.named && weak === undefined ? 'confirms' : 'supports', why };
    });
  if (found.length > 0) return found;
  const state = brokenState(finding);
  if (state !== undefined) return [{ cause: diagnosis.cause, says: 'remarks', why: state }];
  return [...gateway(finding, diagnosis), ...present(finding, diagnosis, where.is)];
};

/** Everything that is wrong now and bears on the words of the log, what decides first. */
function faultsOf(finding: NetworkFinding, diagnosis: Diagnosis, leg: Leg): Broken[] {
  const reach = finding[leg];
  const failure = diagnosis.facts?.failure ?? '';
  return [
    ...wayFaults(reach),
    ...certificateFaults(reach),
    ...schemeFaults(reach, failure),
    ...(leg === 'registry' ? registryFaults(finding) : endpointFaults(finding)),
    ...realmFaults(finding, diagnosis, leg),
    ...clockFaults(finding),
  ];
}

const STOPS: Record<string, CauseId> = {
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'connection-timeout',
  EHOSTUNREACH: 'connection-timeout',
  ENETUNREACH: 'connection-timeout',
  ECONNRESET: 'connection-dropped',
};

function wayFaults({ stopped, authority, speaks }: Reach): Broken[] {
  if (stopped === undefined || speaks !== undefined) return [];
  const why = stopWords(authority, stopped);
  if (stopped.at === 'name')
    return [{ cause: 'dns-failure', why, ...(stopped.code === 'EAI_AGAIN' ? { weak: true } : {}) }];
  const cause = STOPS[stopped.code];
  return cause === undefined ? [] : [{ cause, why }];
}

function stopWords(authority: string, { at, code }: NonNullable<Reach['stopped']>): string {
  const name = authority.replace(/:\d+$/, '');
  if (at === 'name') return `${name} does not resolve where Registrar runs either (${code})`;
  if (at === 'tls') return `${authority} takes connections, and the TLS handshake fails (${code})`;
  return code === 'ECONNREFUSED'
    ? `${authority} refuses connections, Registrar’s too`
    : `${authority} can’t be reached by Registrar either (${code})`;
}

function certificateFaults({ tls, publicError, authority }: Reach): Broken[] {
  if (tls === undefined) return [];
  const shown = shownCertificate(tls);
  if (tls.error !== undefined) {
    const cause = causeOfCertificate(tls.error);
    return [{ cause, why: `${authority} shows it now: ${wordsOf(tls.error)} (${shown})` }];
  }
  if (publicError === undefined || causeOfCertificate(publicError) !== 'tls-unknown-authority') return [];
  const why = `only a client that has the private authority accepts the certificate of ${authority} (${shown}), as Registrar has it by its configuration`;
  return [{ cause: 'tls-unknown-authority', why }];
}

function causeOfCertificate(code: string): CauseId {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'tls-name-mismatch';
  return code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID' ? 'tls-expired' : 'tls-unknown-authority';
}

/** The port is known to speak one of the two, and the words say that the client tried the other. */
function schemeFaults({ speaks, scheme, authority, stopped, tls }: Reach, failure: string): Broken[] {
  const spoken =
    speaks ?? (stopped !== undefined ? undefined : scheme === 'https' && tls !== undefined ? 'https' : 'http');
  if (spoken === undefined || (spoken === 'http') !== wantsTls(failure)) return [];
  const configured = speaks === undefined ? 'as configured' : `though ${scheme} is configured`;
  const why =
    spoken === 'http'
      ? `${authority} speaks plain http, ${configured}: a client that wants TLS can’t use it`
      : `${authority} speaks TLS, ${configured}: the client came with plain http`;
  return [{ cause: 'http-https-mismatch', why }];
}

function registryFaults({ ping, silent, registry: { authority }, target }: NetworkFinding): Broken[] {
  if (silent !== undefined) {
    const cause = silent.is === 'slow' ? 'connection-timeout' : 'connection-dropped';
    return [{ cause, why: `${authority} takes connections, and gives no answer to GET /v2/: ${silent.why}` }];
  }
  if (ping === undefined) return [];
  const { because } = endpointCheck.judge({ ping, target });
  if (isGateway(ping.status)) return [{ cause: 'gateway-error', why: because }];
  // Every fault behind the registry is a 500; which one it is, others know.
  if (ping.status === 500) return [{ cause: 'registry-internal-error', why: because, weak: true }];
  return ping.status === 403
    ? [{ cause: 'address-banned', why: `${because}: Registrar’s address too`, weak: true }]
    : [];
}

function endpointFaults({ endpoint, gitlab: { authority } }: NetworkFinding): Broken[] {
  if (endpoint?.is !== 'answers') return [];
  const { status, code, message = '' } = endpoint;
  const why = `the token endpoint at ${authority} answers ${status}`;
  if (isGateway(status)) return [{ cause: 'gateway-error', why }];
  if (status === 500) return [{ cause: 'registry-internal-error', why }];
  if (status === 404 && code === 'UNAVAILABLE')
    return [{ cause: 'registry-disabled', why: `${why}, ${message}: the registry is off for the whole instance` }];
  if (/too many failed/i.test(message))
    return [{ cause: 'address-banned', why: `${why} to Registrar as well: ${message.slice(0, 120)}`, weak: true }];
  return [];
}

/** What keeps every client from a token: a realm that is wrong, or one that can't be reached or is no token endpoint. */
function realmFaults({ ping, target, gitlab, endpoint }: NetworkFinding, diagnosis: Diagnosis, leg: Leg): Broken[] {
  const cause = 'auth-realm-unreachable';
  // Without words about the token endpoint its present faults explain nothing.
  const spoken = leg === 'gitlab' || diagnosis.cause === cause ? {} : ({ weak: true } as const);
  if (ping?.challenge !== undefined) {
    const verdict = realmCheck.judge({ ping, target });
    const given = URL.canParse(ping.challenge.realm) ? new URL(ping.challenge.realm).host : undefined;
    // GitLab may have a second name: only the log can tell that it does not work for clients.
    const elsewhere = given !== undefined && given !== new URL(target.gitlabUrl).host;
    if (verdict.is === 'fail')
      return [
        {
          cause,
          why: `the registry sends clients astray: ${verdict.because}`,
          ...(elsewhere ? { weak: true } : spoken),
        },
      ];
  }
  if (gitlab.stopped !== undefined)
    return [{ cause, why: `the token endpoint: ${stopWords(gitlab.authority, gitlab.stopped)}`, ...spoken }];
  if (gitlab.tls?.error !== undefined)
    return [{ cause, why: `the token endpoint at ${gitlab.authority}: ${wordsOf(gitlab.tls.error)}`, ...spoken }];
  if (endpoint?.is === 'silent') return [{ cause, why: endpoint.why, ...spoken }];
  if (endpoint?.is === 'answers' && endpoint.code === undefined && ![200, 401, 403].includes(endpoint.status))
    return [
      {
        cause,
        why: `the token endpoint at ${gitlab.authority} answers ${endpoint.status}, and with no token`,
        ...spoken,
      },
    ];
  return [];
}

function clockFaults({ aheadSeconds }: NetworkFinding): Broken[] {
  if (aheadSeconds === undefined || Math.abs(aheadSeconds) < LEEWAY_SECONDS) return [];
  const order = aheadSeconds < 0 ? 'behind' : 'ahead of';
  return [
    {
      cause: 'clock-skew',
      why: `the registry’s clock is ${Math.abs(aheadSeconds)} s ${order} Registrar’s`,
      weak: true,
    },
  ];
}

/** What does not work now, in whatever way the log failed. */
function brokenState({ registry, ping, silent, target }: NetworkFinding): string | undefined {
  const { authority, stopped, speaks, scheme, tls } = registry;
  if (speaks !== undefined) return `${authority} speaks ${speaks} now, though ${scheme} is configured`;
  if (stopped !== undefined) return stopWords(authority, stopped);
  if (tls?.error !== undefined) return `${authority}: ${wordsOf(tls.error)} (${shownCertificate(tls)})`;
  if (silent !== undefined) return `${authority} takes connections, and gives no answer: ${silent.why}`;
  const verdict = ping === undefined ? undefined : endpointCheck.judge({ ping, target });
  return verdict?.is === 'fail' ? verdict.because : undefined;
}

/** A registry that answers has a working gateway: nobody who does not say otherwise need think of it. */
function gateway({ ping }: NetworkFinding, diagnosis: Diagnosis): Testimony[] {
  if (ping === undefined || isSuspected(diagnosis, 'gateway-error')) return [];
  return [{ cause: 'gateway-error', says: 'excludes', why: `the registry answers, in ${Math.round(ping.ms)} ms` }];
}

/** The present state of what may have failed then, for the likeliest cause that has to do with the way. */
function present(finding: NetworkFinding, { cause, alternatives }: Diagnosis, leg: Leg): Testimony[] {
  const { addresses, authority, tls } = finding[leg];
  const answers =
    leg === 'registry'
      ? `the registry answers, in ${Math.round(finding.ping?.ms ?? 0)} ms, now`
      : `the token endpoint at ${authority} answers, now`;
  const states: Partial<Record<CauseId, string>> = {
    'dns-failure': `${authority.replace(/:\d+$/, '')} resolves where Registrar runs, to ${addresses.join(', ')}`,
    'connection-refused': answers,
    'connection-timeout': answers,
    'connection-dropped': answers,
    'gateway-error': answers,
    'client-proxy': `${answers}, without a proxy: the client’s way differs from Registrar’s`,
    'auth-realm-unreachable': `the token endpoint at ${finding.gitlab.authority} answers, now`,
    'clock-skew': `the clocks of the registry and of Registrar are ${Math.abs(finding.aheadSeconds ?? 0)} s apart, now`,
    ...(tls === undefined
      ? {}
      : certificateStates(`${authority} shows a certificate that is accepted now: ${shownCertificate(tls)}`)),
  };
  const about = [cause, ...alternatives.map((one) => one.cause)].find((one) => states[one] !== undefined);
  const why = about === undefined ? undefined : states[about];
  return about === undefined || why === undefined ? [] : [{ cause: about, says: 'remarks', why }];
}

function certificateStates(why: string): Partial<Record<CauseId, string>> {
  return { 'tls-unknown-authority': why, 'tls-name-mismatch': why, 'tls-expired': why };
}

function isGateway(status: number): boolean {
  return (status >= 502 && status <= 504) || (status >= 520 && status <= 530);
}
