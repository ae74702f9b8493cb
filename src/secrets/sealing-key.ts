import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigSource } from '../config/source.js';
import { createSeal, type Seal } from './seal.js';

/** The seal of this installation. */
export function openSeal(config: ConfigSource): Seal {
  const { previousSealingKey } = config.current();
  const previous = previousSealingKey === undefined ? undefined : config.secret(previousSealingKey);
  return createSeal(sealingKey(config), previous);
}

/** The configured key, or one that is made once and kept in the data folder, readable for its owner only. */
export function sealingKey(config: ConfigSource): string {
  const { sealingKey: reference, dataDir } = config.current();
  if (reference !== undefined) return config.secret(reference);
  const path = join(dataDir, 'sealing-key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) {
    // Written aside and linked, so that no other process ever reads half a key; the first link counts.
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx', flush: true });
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(path, 'utf8').trim();
}
