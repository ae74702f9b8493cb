import { statSync } from 'node:fs';
import { EdgeError, messageOf } from '../errors.js';
import { resolveSecret, type SecretReference } from '../secrets/reference.js';
import { loadConfig } from './load.js';
import type { Config } from './schema.js';

/** The configuration as it is now. The only module that reads the environment. */
export interface ConfigSource {
  /** Read again when the file has changed; a faulty change is reported once and the former one stays in force. */
  current(): Config;
  secret(reference: SecretReference): string;
}

/** Errors: `config-invalid` when the file is faulty at the start. */
export function openConfig(path: string, onFault: (message: string) => void = () => {}): ConfigSource {
  let config = loadConfig(path);
  let changedAt = mtime(path);
  return {
    current() {
      const now = mtime(path);
      if (now !== changedAt) {
        changedAt = now;
        try {
          config = loadConfig(path);
        } catch (error) {
          onFault(error instanceof EdgeError ? `${error.forPerson.what}: ${error.forPerson.why}` : messageOf(error));
        }
      }
      return config;
    },
    secret: (reference) => resolveSecret(reference, process.env),
  };
}

function mtime(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
