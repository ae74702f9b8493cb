import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { certificatePublicKey, libtrustKeyId } from './keys.js';

/** How long before its issue a token is valid already: GitLab's own allowance for clocks. */
const notBeforeSeconds = 5;

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly keyId: string;
}

export class TokenSigner {
  readonly #issuer: string;
  readonly #own: SigningKey;
  #current: SigningKey;

  constructor(keyPem: string, certificatePem: string, issuer: string) {
    this.#issuer = issuer;
    this.#own = { privateKey: createPrivateKey(keyPem), keyId: libtrustKeyId(certificatePublicKey(certificatePem)) };
    this.#current = this.#own;
  }

  /** Sign with a key that the registry was never told about. */
  breakKey(): void {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#current = { privateKey, keyId: libtrustKeyId(createPublicKey(privateKey)) };
  }

  restoreKey(): void {
    this.#current = this.#own;
  }

  sign(claims: JWTPayload, now: number, lifetimeSeconds: number): Promise<string> {
    const issued = Math.floor(now / 1000);
    return new SignJWT({ ...claims, iss: this.#issuer })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#current.keyId })
      .setJti(randomUUID())
      .setIssuedAt(issued)
      .setNotBefore(issued - notBeforeSeconds)
      .setExpirationTime(issued + lifetimeSeconds)
      .sign(this.#current.privateKey);
  }
}
