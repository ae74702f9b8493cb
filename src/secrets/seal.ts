import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

/** A secret at rest: AES-256-GCM, with the key's id so that a changed key is told from a damaged text. */
export type Sealed = string & { readonly sealed: unique symbol };

/** What a secret is sealed for that an answer shows. */
export const SECRET_PURPOSE = 'an answer';

/** Seals and opens what has to survive a crash in Redis: the secret of a token that is being rotated. */
export interface Seal {
  seal(secret: string, purpose: string): Sealed;
  /** Errors: throws when the text was sealed with an unknown key or for another purpose, or was changed. */
  open(sealed: string, purpose: string): string;
  /** Shows whether a value is the same as before, and nothing else: a keyed digest, the same under the same key. */
  digest(value: string, purpose: string): string;
  /** Is the digest that value's, under whichever key it was made? */
  isDigest(digest: string, value: string, purpose: string): boolean;
}

/**
 * `key` is any text with enough entropy, `previous` the one before it, whose texts are still opened; `purpose` binds a
 * sealed text to its place.
 */
export function createSeal(key: string, previous?: string): Seal {
  const present = keyOf(key);
  const keys = previous === undefined ? [present] : [present, keyOf(previous)];
  return {
    seal(secret, purpose) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', present.secret, iv).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `v1.${present.id}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}` as Sealed;
    },
    open(sealed, purpose) {
      const [version, id, data = ''] = sealed.split('.');
      const used = keys.find((one) => one.id === id);
      if (version !== 'v1' || used === undefined) throw new Error('sealed with another key');
      const bytes = Buffer.from(data, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', used.secret, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
    digest: (value, purpose) => digestOf(present, value, purpose),
    isDigest: (digest, value, purpose) => keys.some((key) => digestOf(key, value, purpose) === digest),
  };
}

function digestOf({ id, secret }: Key, value: string, purpose: string): string {
  return `${id}.${createHmac('sha256', secret).update(`${purpose}\0${value}`).digest('base64url')}`;
}

interface Key {
  id: string;
  secret: Buffer;
}

function keyOf(key: string): Key {
  const secret = createHash('sha256').update(`registrar seal\0${key}`).digest();
  return { id: createHash('sha256').update(secret).digest('hex').slice(0, 8), secret };
}
