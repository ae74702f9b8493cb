import { openConfig } from '../config/source.js';
import type { DoctorContext, OpenRedis } from '../doctor/gather/context.js';
import { lookAtRegistrar } from '../doctor/gather/look.js';
import { redisCli } from '../doctor/redis.js';
import { mendAtOnce } from '../doctor/repair/at-once.js';
import { doctorAnswer, doctorJson } from '../doctor/report.js';
import { EdgeError, messageOf } from '../errors.js';
import { producerConnection } from '../queue/connection.js';
import { redactDeep } from '../secrets/redact.js';
import { printAnswer } from './print.js';
import { openRedis } from './redis.js';

export interface DoctorOptions {
  json?: boolean;
  repair?: boolean;
}

/** `registrar doctor`: looks at Registrar itself. Exits 1 with faults; a configuration that is faulty is an error (2). */
export async function doctorCommand(configPath: string, { json = false }: DoctorOptions): Promise<number> {
  const config = openConfig(configPath);
  const begun = Date.now();
  const closing: (() => Promise<void>)[] = [];
  const context: DoctorContext = { config, redis: () => connect(config, closing), now: Date.now };
  try {
    // Errors of others are quoted: whatever looks like a secret in them goes.
    const { value: findings } = redactDeep(await mendAtOnce(await lookAtRegistrar(context), context));
    if (json) process.stdout.write(`${JSON.stringify(doctorJson(findings))}\n`);
    else {
      const note = `looked in ${((Date.now() - begun) / 1000).toFixed(1)} s`;
      printAnswer(doctorAnswer(findings, { all: true, more: [{ kind: 'footer', text: note }] }));
    }
    return findings.some(({ mark }) => mark === 'fail') ? 1 : 0;
  } finally {
    for (const close of closing.reverse()) await close();
  }
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
    // It goes on trying to connect, and an error without a listener ends the process.
    connection.on('error', () => {});
    throw new EdgeError({
      part: 'redis',
      code: 'redis-unreachable',
      forPerson: {
        what: 'Redis does not answer',
        why: messageOf(error),
        next: `start it, and see that it answers: ${cli} PING`,
      },
    });
  }
  connection.on('error', () => {});
  return { connection, place: { isPrivate: embedded, cli } };
}
