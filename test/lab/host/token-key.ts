import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './process.js';

export type TokenAccess = { type: string; name: string; actions: string[] };

export type TokenKey = {
  certificatePem: string;
  /** A token as GitLab's /jwt/auth makes it. */
  token(issuer: string, access: readonly TokenAccess[]): string;
};

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The key's name as the registry computes it (libtrust): SHA-256 of the SPKI, 240 bits of it in base32. */
const keyId = (pem: string): string => {
  const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  const bits = [...createHash('sha256').update(spki).digest().subarray(0, 30)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)] ?? '').join('');
  return (letters.match(/.{4}/g) ?? []).join(':');
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A key pair in the place of GitLab's internal one, for tests of the host that have no GitLab. */
export const createTokenKey = async (dir: string): Promise<TokenKey> => {
  await mkdir(dir, { recursive: true });
  const [key, cert] = [path.join(dir, 'token.key'), path.join(dir, 'token.crt')];
  const subject = ['-subj', '/CN=GitLab', '-days', '30'];
  await mustRun('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, '-keyout', key, '-out', cert]);
  const privateKey = createPrivateKey(await readFile(key));
  const certificatePem = await readFile(cert, 'utf8');
  const kid = keyId(certificatePem);
  return {
    certificatePem,
    token: (issuer, access) => {
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, nbf: now - 5, exp: now + 300 };
      const claims = { iss: issuer, aud: 'container_registry', sub: 'lab', jti: randomUUID(), ...times, access };
      const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
};
