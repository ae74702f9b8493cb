import { userInfo } from 'node:os';
import { byOf } from '../audit/entry.js';
import { AuditTrail } from '../audit/trail.js';
import { footer } from '../chat/answer.js';
import { openConfig } from '../config/source.js';
import type { Finding, Repair } from '../doctor/finding.js';
import type { DoctorContext, OpenRedis } from '../doctor/gather/context.js';
import { lookAtRegistrar } from '../doctor/gather/look.js';
import { redisCli } from '../doctor/redis.js';
import { mendAtOnce } from '../doctor/repair/at-once.js';
import { repairRecorded } from '../doctor/repair/recorded.js';
import { type Done, doctorAnswer, doctorJson } from '../doctor/report.js';
import { EdgeError, messageOf } from '../errors.js';
import { createLogger } from '../log.js';
import { producerConnection } from '../queue/connection.js';
import { redactDeep } from '../secrets/redact.js';
import { printAnswer } from './print.js';
import { openRedis } from './redis.js';

export interface DoctorOptions {
  json?: boolean;
  repair?: boolean;
}

/**
 * `registrar doctor [--json] [--repair]`: looks at Registrar itself; with `--repair` what is safe is done, and it is
 * looked once more. Exits 1 with faults; a configuration that is faulty is an error (2).
 */
export async function doctorCommand(
  configPath: string,
  { json = false, repair = false }: DoctorOptions,
): Promise<number> {
  const config = openConfig(configPath);
  const begun = Date.now();
  const closing: (() => Promise<void>)[] = [];
  let open: Promise<OpenRedis> | undefined;
  const redis = () => {
    open ??= connect(config, closing);
    return open;
  };
  const context: DoctorContext = { config, redis, now: Date.now };
  const look = async () => mendAtOnce(await lookAtRegistrar(context), context);
  try {
    let found = await look();
    const repairs = repair ? found.flatMap((one) => one.repair ?? []) : [];
    const done = await carryOutAll(repairs, context, begun);
    if (done.length > 0) found = await look();
    // Errors of others are quoted: whatever looks like a secret in them goes.
    const { value: findings } = redactDeep(found);
    if (json) print({ ...doctorJson(findings), ...(repair ? { repaired: done } : {}) });
    else {
      const note = `looked in ${((Date.now() - begun) / 1000).toFixed(1)} s`;
      printAnswer(doctorAnswer(findings, { all: true, done: repair ? done : undefined, more: [footer(note)] }));
    }
    return isFaulty(findings) ? 1 : 0;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function isFaulty(findings: readonly Finding[]): boolean {
  return findings.some(({ mark }) => mark === 'fail');
}

/** One after the other, as whoever sits at this terminal: who may read the configuration's secrets may do it. */
async function carryOutAll(repairs: readonly Repair[], context: DoctorContext, begun: number): Promise<Done[]> {
  if (repairs.length === 0) return [];
  const current = context.config.current();
  const by = byOf({ platform: 'terminal', id: userInfo().username }, current);
  const done: Done[] = [];
  try {
    const { connection } = await context.redis();
    const audit = new AuditTrail(connection, current.dataDir, createLogger('silent'), context.now);
    for (const repair of repairs) {
      const instance = 'instance' in repair ? repair.instance : (current.instances[0]?.name ?? '');
      done.push(await repairRecorded(repair, { audit, by, instance, request: `doctor ${begun}` }, context));
    }
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    const { what, next } = error.forPerson;
    done.push({ mark: 'fail', name: 'repair', text: `what can’t be recorded is not done: ${what}`, fix: next });
  }
  return done;
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function connect(config: DoctorContext['config'], closing: (() => Promise<void>)[]): Promise<OpenRedis> {
  const { url, embedded, stop } = await openRedis(config);
  closing.push(stop);
  const connection = producerConnection(url);
  closing.push(async () => connection.disconnect());
  const cli = redisCli(url);
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('ready', resolve);
      connection.once('error', reject);
    });
  } catch (error) {
    throw new EdgeError({
      part: 'redis',
      code: 'redis-unreachable',
      forPerson: {
        what: 'Redis does not answer',
        why: messageOf(error),
        next: `start it, and see that it answers: ${cli} PING`,
      },
    });
  } finally {
    // It goes on connecting by itself, and an error without a listener ends the process.
    connection.on('error', () => {});
  }
  return { connection, place: { isPrivate: embedded, cli } };
}
