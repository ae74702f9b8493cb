import { execFile } from 'node:child_process';
import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export interface SigningPair {
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** A self-signed RSA certificate as GitLab makes one for its registry; Node can't issue certificates, openssl does. */
export async function makeSigningPair(commonName = 'gitlab-token-issuer'): Promise<SigningPair> {
  const directory = await mkdtemp(join(tmpdir(), 'signing-pair-'));
  try {
    const keyFile = join(directory, 'key.pem');
    const certificateFile = join(directory, 'certificate.pem');
    const subject = ['-subj', `/CN=${commonName}`, '-days', '3650'];
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256'],
      ...[...subject, '-keyout', keyFile, '-out', certificateFile],
    ]);
    const [keyPem, certificatePem] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certificateFile, 'utf8')]);
    return { keyPem, certificatePem };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** libtrust's fingerprint: SHA-256 of the SPKI, its first 30 bytes in base32, in groups of four joined by colons. */
export function libtrustKeyId(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const text = base32(createHash('sha256').update(spki).digest().subarray(0, 30));
  return (text.match(/.{4}/g) ?? []).join(':');
}

export function certificatePublicKey(certificatePem: string): KeyObject {
  return createPublicKey(new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'pem' }));
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32Alphabet[(buffer >> bits) & 31] ?? '';
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}
