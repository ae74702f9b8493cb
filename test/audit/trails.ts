import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { AuditStream } from '../../src/audit/stream.js';
import { AUDIT_FILE, AuditTrail } from '../../src/audit/trail.js';
import { capture, type Parts } from '../queue/parts.js';

/** A worker's trail, as far as the outside sees it. */
export interface Worker {
  trail: AuditTrail;
  dir: string;
  path: string;
  lines: Record<string, unknown>[];
  text(): Promise<string>;
}

let clock = 1_760_000_000_000;

/** In a data folder of its own, or in that one. */
export async function startTrail(parts: Parts, dir?: string, redis: Redis = parts.connect()): Promise<Worker> {
  const own = dir ?? (await mkdtemp(join(parts.dir, 'worker-')));
  const { log, lines } = capture();
  const path = join(own, AUDIT_FILE);
  return {
    trail: new AuditTrail(redis, own, log, () => clock++),
    dir: own,
    path,
    lines,
    text: () => readFile(path, 'utf8'),
  };
}

export async function streamOf(redis: Redis): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of new AuditStream(redis).after(0)) lines.push(line);
  return lines;
}
