import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { readLines } from '../../src/audit/file.js';
import { AuditStream } from '../../src/audit/stream.js';
import { AUDIT_FILE } from '../../src/audit/trail.js';
import { verifyTrail } from '../../src/audit/verify.js';
import { openConfig } from '../../src/config/source.js';
import { onRedisError, PREFIX, workerConnection } from '../../src/queue/connection.js';
import { RotationStore } from '../../src/rotation/journal.js';
import type { Redis as LabRedis } from '../../test/lab/host/redis.js';
import { type Lab, startLab } from '../../test/lab/lab.js';
import { Crew } from './crew.js';
import { Desk } from './desk.js';
import { Probe } from './probe.js';
import { dumpRedis, type Known, leaksIn, rememberTokens } from './secrets.js';

/** The lab with real worker processes, somebody who asks, and the probe. */
export interface Arena {
  lab: Lab;
  labRedis: LabRedis;
  redis: Redis;
  store: RotationStore;
  crew: Crew;
  desk: Desk;
  probe: Probe;
  known: readonly Known[];
  /** Secrets in Redis, its append-only file, the workers' logs and Registrar's data folder. */
  leaks(): Promise<{ found: string[]; megabytes: number }>;
  /** What is wrong with the audit trail. */
  auditFaults(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Worker processes at a time. */
const WORKERS = 3;

export async function startArena(): Promise<Arena> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-chaos-'));
  const lab = await startLab({ dir, redis: true });
  const labRedis = lab.redis;
  if (labRedis === undefined) throw new Error('the lab came without Redis');
  // As an operator should have it: a member with the role, and nothing more.
  const bot = lab.gitlab.findUser('registrar-bot');
  const token = lab.gitlab.personalTokens.find(({ user }) => user === bot);
  if (bot === undefined || token === undefined) throw new Error('the lab has a bot with a token');
  bot.admin = false;
  const known = rememberTokens(lab.gitlab);
  const { dataDir } = openConfig(lab.configPath).current();
  const logs = join(dir, 'worker-logs');
  await mkdir(logs);
  const redis = workerConnection(labRedis.url);
  onRedisError(redis, () => {});
  const crew = new Crew({
    ...{ size: WORKERS, configPath: lab.configPath, redisUrl: labRedis.url, log: join(logs, 'workers.log') },
    // Its lease ends, as it would by itself in some seconds: another worker may take the job up.
    onDeath: async (jobs) => void (await Promise.all(jobs.map((id) => redis.del(`${PREFIX}:rotation:${id}:lock`)))),
  });
  const desk = new Desk(redis, labRedis.url, dataDir);
  const probe = new Probe(lab, { username: bot.username, password: token.token });
  await probe.start();
  let stopping: Promise<void> | undefined;
  return {
    ...{ lab, labRedis, redis, crew, desk, probe, known, store: new RotationStore(redis) },
    async leaks() {
      const dump = join(dir, 'redis.txt');
      await dumpRedis(redis, dump);
      const places = [dump, join(dir, 'lab-redis'), logs, dataDir];
      const { size } = await stat(dump);
      const aof = await sizeOf(join(dir, 'lab-redis'));
      return { found: await leaksIn(places, known), megabytes: Math.ceil((size + aof) / 1e6) };
    },
    async auditFaults() {
      const path = join(dataDir, AUDIT_FILE);
      const { lines, rest } = await readLines(path);
      const stream: string[] = [];
      for await (const line of new AuditStream(redis).after(0)) stream.push(line);
      return verifyTrail({ file: { path, lines, half: rest.length > 0 }, redis: stream }, Date.now()).faults;
    },
    stop: () =>
      (stopping ??= (async () => {
        await probe.stop();
        await Promise.all([crew.stop(), desk.stop()]);
        redis.disconnect();
        await lab.stop();
        await rm(dir, { recursive: true, force: true });
      })()),
  };
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((one) => one.isFile()).map(async (one) => (await stat(join(one.parentPath, one.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
