import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** A secret at rest: AES-256-GCM, with the key's id so that a changed key is told from a damaged text. */
export type Sealed = string & { readonly sealed: unique symbol };

/** Seals and opens what has to survive a crash in Redis: the secret of a token that is being rotated. */
export interface Seal {
  seal(secret: string, purpose: string): Sealed;
  /** Errors: throws when the text was sealed with another key or for another purpose, or was changed. */
  open(sealed: string, purpose: string): string;
}

/** `key` is any text with enough entropy; `purpose` binds a sealed text to its place. */
export function createSeal(key: string): Seal {
  const secretKey = createHash('sha256').update(`registrar seal\0${key}`).digest();
  const keyId = createHash('sha256').update(secretKey).digest('hex').slice(0, 8);
  return {
    seal(secret, purpose) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', secretKey, iv).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `v1.${keyId}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}` as Sealed;
    },
    open(sealed, purpose) {
      const [version, id, data = ''] = sealed.split('.');
      if (version !== 'v1' || id !== keyId) throw new Error('sealed with another key');
      const bytes = Buffer.from(data, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', secretKey, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}
