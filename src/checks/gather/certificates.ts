import { X509Certificate } from 'node:crypto';
import type { OnHost } from '../../host/seen.js';
import type { HostSnapshot } from '../../host/snapshot.js';
import type { CertificateFacts, StatusFacts } from '../check.js';

/** Reads the certificates that the host showed, and holds their keys' public halves against them. */
export function certificatesOf({ certificates, keys }: HostSnapshot): StatusFacts['certificates'] {
  const served = read(certificates.served, keys.served);
  const signing = read(certificates.signing, keys.signing);
  return { ...(served === undefined ? {} : { served }), ...(signing === undefined ? {} : { signing }) };
}

function read(
  file: OnHost<{ pem: string }> | undefined,
  key: OnHost<{ publicKey: string }> | undefined,
): OnHost<CertificateFacts> | undefined {
  if (file === undefined || 'absent' in file) return file;
  const { path } = file;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(file.pem);
  } catch {
    return { path, absent: 'unreadable' };
  }
  const own = certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString().trim();
  return {
    path,
    subject: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? 'unnamed',
    names: (certificate.subjectAltName ?? '').split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, '')),
    validTo: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    ...(key === undefined ? {} : 'absent' in key ? { key: key.absent } : { keyMatches: key.publicKey.trim() === own }),
  };
}
