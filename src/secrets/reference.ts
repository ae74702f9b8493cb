import { readFileSync } from 'node:fs';
import { EdgeError } from '../errors.js';

/** A secret as the configuration names it: `env:NAME` or `file:PATH`. The value itself never stands there. */
export type SecretReference = `env:${string}` | `file:${string}`;

const REFERENCE = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;

export function isSecretReference(text: string): text is SecretReference {
  return REFERENCE.test(text);
}

/**
 * Reads the secret; white space around it is dropped, for files end in a newline.
 *
 * Errors: `secret-missing` when the variable is not set, the file can't be read, or it is empty.
 */
export function resolveSecret(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const [kind, ...rest] = reference.split(':');
  const name = rest.join(':');
  const value = kind === 'env' ? environment[name] : readSecretFile(name);
  if (value === undefined || value.trim() === '') {
    throw new EdgeError({
      part: 'config',
      code: 'secret-missing',
      forPerson: {
        what: `the secret ${reference} is not there`,
        why:
          kind === 'env'
            ? `the environment variable ${name} is not set or empty`
            : `the file ${name} can't be read or is empty`,
        next:
          kind === 'env'
            ? `export ${name}=…`
            : `write the secret to ${name}, readable for the user that runs Registrar (chmod 600)`,
      },
    });
  }
  return value.trim();
}

function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
