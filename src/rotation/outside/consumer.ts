import { EdgeError, type ErrorCode, type ForPerson, messageOf } from '../../errors.js';
import { createHttp, type Http, type HttpClient } from '../../http.js';
import type { SecretReference } from '../../secrets/reference.js';
import { scrub } from '../../secrets/scrub.js';
import type { OutsideConsumer } from './outside.js';

/** A consumer as the configuration declares it. */
export interface DeclaredConsumer extends OutsideConsumer {
  /**
   * Looks, changing nothing, whether all of this could be done; in words, what was found. Errors: what is missing,
   * with the command that gives it.
   */
  check(): Promise<string>;
}

/** What a consumer gets beside its part of the configuration. */
export interface Surroundings {
  /** host[:port] of this instance's registry. */
  registryHost: string;
  /** Errors: `secret-missing`. */
  secret(reference: SecretReference): string;
}

/** Foreign words in an error are cut to this. Characters. */
const QUOTE = 300;

/** Foreign words, fit for an error: without the secrets that were sent there, and short. */
export function quote(text: string, sent: readonly string[]): string {
  const words = scrub(text, sent).trim();
  return words.length > QUOTE ? `${words.slice(0, QUOTE)}…` : words;
}

export function outsideError(
  code: Extract<ErrorCode, `outside-${string}`>,
  forPerson: ForPerson,
  more: { retry?: { afterMs: number }; status?: number; cause?: unknown } = {},
): EdgeError {
  return new EdgeError({ part: 'outside', code, forPerson, ...more });
}

/** The code of an error of Node or OpenSSL. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Is it about a certificate that is not believed? Time does not mend it. */
export function isCertificateError(error: unknown): boolean {
  return /CERT|ISSUER|SIGNATURE|ALTNAME/.test(codeOf(error) ?? '');
}

/** HTTP for as long as the work lasts. Errors: `config-invalid` when the authority's file is of no use. */
export async function withHttp<T>(name: string, ca: string | undefined, work: (http: Http) => Promise<T>): Promise<T> {
  let http: HttpClient;
  try {
    http = createHttp(ca);
  } catch (error) {
    throw new EdgeError({
      part: 'config',
      code: 'config-invalid',
      cause: error,
      forPerson: {
        what: `the authority of ${name} can't be read`,
        why: messageOf(error),
        next: `put a PEM file at ${ca}, readable for the user that runs Registrar`,
      },
    });
  }
  try {
    return await work(http);
  } finally {
    await http.close();
  }
}
