import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Held, readLines } from '../audit/file.js';
import { AuditStream } from '../audit/stream.js';
import { AUDIT_FILE } from '../audit/trail.js';
import { verifyTrail } from '../audit/verify.js';
import { type ConfigSource, openConfig } from '../config/source.js';
import { EdgeError, messageOf } from '../errors.js';
import { producerConnection } from '../queue/connection.js';
import { openRedis } from './redis.js';

/**
 * `registrar audit verify`: is the audit trail what was written? The file of the data folder, or `file`, which needs no
 * configuration; where Redis answers, its stream, and whether the two agree.
 *
 * Exits 0 when nothing is wrong, 1 when something was tampered with or lost, 2 when the trail can't be read.
 */
export async function auditVerifyCommand(configPath: string, file?: string): Promise<number> {
  const config = file !== undefined && !existsSync(configPath) ? undefined : openConfig(configPath);
  const path = file ?? join(config?.current().dataDir ?? '', AUDIT_FILE);
  if (file !== undefined && !existsSync(file)) throw unreadable(file, 'there is no such file');
  let held: Held;
  try {
    held = await readLines(path);
  } catch (error) {
    throw unreadable(path, messageOf(error));
  }
  const { lines, rest } = held;
  const redis = config === undefined ? undefined : await streamOf(config);
  if (redis === undefined && !existsSync(path))
    throw unreadable(path, 'there is no such file, and Redis does not answer');
  const copies = { file: { path, lines, half: rest.length > 0 }, ...(redis === undefined ? {} : { redis }) };
  const { found, faults } = verifyTrail(copies, Date.now());
  const words = [
    ...found,
    ...faults.map((fault) => `✖ ${fault}`),
    ...(faults.length === 0 ? ['✔ nothing is wrong'] : []),
  ];
  process.stdout.write(`${words.join('\n')}\n`);
  return faults.length === 0 ? 0 : 1;
}

/** `undefined`: Redis does not answer. */
async function streamOf(config: ConfigSource): Promise<string[] | undefined> {
  try {
    const { url, stop } = await openRedis(config);
    const connection = producerConnection(url);
    try {
      await new Promise<void>((resolve, reject) => {
        connection.once('ready', resolve);
        connection.on('error', reject);
      });
      const lines: string[] = [];
      for await (const line of new AuditStream(connection).after(0)) lines.push(line);
      return lines;
    } finally {
      connection.disconnect();
      await stop();
    }
  } catch (error) {
    process.stderr.write(`registrar: Redis does not answer: ${messageOf(error)}\n`);
    return undefined;
  }
}

function unreadable(path: string, why: string): EdgeError {
  return new EdgeError({
    part: 'config',
    code: 'file-unreadable',
    forPerson: {
      what: `the audit trail ${path} can’t be read`,
      why,
      next: 'run it on a worker’s machine, as the user that runs the worker; or name the file: --file FILE',
    },
  });
}
