import { readFileSync } from 'node:fs';
import { connect, type PeerCertificate, rootCertificates, type TLSSocket } from 'node:tls';

/** What a TLS handshake showed, verified against the authorities that the configuration trusts. */
export interface TlsFacts {
  /** Absent when the chain, the name and the dates are all right. OpenSSL's code, such as CERT_HAS_EXPIRED. */
  error?: string;
  subject: string;
  issuer: string;
  names: string[];
  /** Milliseconds since the epoch. */
  validTo: number;
  protocol: string;
  /** SHA-256 of the certificate itself, as OpenSSL prints it. */
  fingerprint: string;
}

/** Errors: rejects with the network's own error when no TLS handshake takes place (plain http, nobody there). */
export async function probeTls(
  host: string,
  port: number,
  ca: string | undefined,
  timeoutMs: number,
): Promise<TlsFacts> {
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, readFileSync(ca, 'utf8')] };
  const socket = connect({
    host,
    port,
    ...serverName(host),
    ...trusted,
    rejectUnauthorized: false,
    timeout: timeoutMs,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error(`no TLS handshake within ${timeoutMs / 1000} s`)));
    });
    return factsOf(socket);
  } finally {
    socket.destroy();
  }
}

/** Since RFC 8996 nobody should speak them. */
const OLD = ['TLSv1', 'TLSv1.1'] as const;
const OLD_MS = 3_000;

/** Which of the old protocols an address takes. Nothing is sent over them. */
export async function acceptedOldTls(url: URL): Promise<string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const taken = await Promise.all(
    OLD.map(
      (version) =>
        new Promise<string[]>((done) => {
          const socket = connect({
            ...{ host, port: Number(url.port || 443), ...serverName(host), timeout: OLD_MS },
            ...{ minVersion: version, maxVersion: version, rejectUnauthorized: false },
            // OpenSSL's own level would refuse them on our side.
            ciphers: 'DEFAULT@SECLEVEL=0',
          });
          const end = (found: string[]) => {
            socket.destroy();
            done(found);
          };
          socket.once('secureConnect', () => end([version]));
          socket.once('error', () => end([]));
          socket.once('timeout', () => end([]));
        }),
    ),
  );
  return taken.flat();
}

/** An address is asked for no name. */
function serverName(host: string): { servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}

function factsOf(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerCertificate();
  const error = socket.authorized ? undefined : codeOf(socket.authorizationError);
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    names: (certificate.subjectaltname ?? '').split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, '')),
    validTo: Date.parse(certificate.valid_to),
    protocol: socket.getProtocol() ?? 'unknown',
    fingerprint: certificate.fingerprint256 ?? '',
    ...(error === undefined ? {} : { error }),
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return String(error);
}

function nameOf(subject: PeerCertificate['subject'] | undefined): string {
  return subject?.CN === undefined ? 'unnamed' : String(subject.CN);
}
