import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Everything secret of a link: two random values, one in the person's chat and one in their browser. What Redis keeps is
 * a digest of them; what goes through GitLab is derived from the browser's. Pure but for the randomness.
 */

/** 256 bits, in 43 characters that a URL, a cookie and PKCE take as they are. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Does a text look like a {@link newSecret}? */
export function isSecretShaped(text: string | undefined): text is string {
  return text !== undefined && /^[\w-]{43}$/.test(text);
}

/** What Redis knows a secret by. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What the browser's secret proves, each by a value of its own that tells nothing of the secret or of the others. */
export interface Proofs {
  /** In the page's form: whoever presses its button has seen the page in this browser. */
  form: string;
  /** OAuth's `state`: whoever comes back from GitLab began in this browser. */
  state: string;
  /** PKCE's `code_verifier`: a code that was seen on its way is of no use. Source: RFC 7636, section 4.1. */
  verifier: string;
}

/** `nonce` binds the form to one link. */
export function proofsOf(browser: string, nonce = ''): Proofs {
  const derived = (purpose: string) => createHmac('sha256', browser).update(purpose).digest('base64url');
  return { form: derived(`form ${nonce}`), state: derived('state'), verifier: derived('verifier') };
}

/** PKCE's method S256. Source: RFC 7636, section 4.2. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** In constant time. */
export function isSame(given: string | undefined, wanted: string): boolean {
  return given !== undefined && timingSafeEqual(Buffer.from(digestOf(given)), Buffer.from(digestOf(wanted)));
}
