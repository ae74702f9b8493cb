import { type AnswerPart, answer, buttons, footer } from '../src/chat/answer.js';
import type { Finding } from '../src/doctor/finding.js';
import type { DoctorContext } from '../src/doctor/gather/context.js';
import { lookAtRegistrar } from '../src/doctor/gather/look.js';
import { redisCli } from '../src/doctor/redis.js';
import { mendAtOnce } from '../src/doctor/repair/at-once.js';
import { type Done, doctorAnswer } from '../src/doctor/report.js';
import { redisUrl } from '../src/queue/redis-server.js';
import { failed } from '../src/queue/troubles.js';
import type { Handler } from '../src/queue/work.js';
import { redactDeep } from '../src/secrets/redact.js';
import type { WorkerContext } from './context.js';
import { repairAll } from './doctor-repair.js';

/** Looks at Registrar itself; repairs what is safe, for whom the configuration lets. */
export function doctorWorker(context: WorkerContext): Handler<'doctor'> {
  const doctor = doctorContext(context);
  return async (data, say) => {
    const begun = context.now();
    const seen = () => lookAtRegistrar(doctor).then((findings) => mendAtOnce(findings, doctor));
    const tell = (found: readonly Finding[], all: boolean, done?: readonly Done[]) => {
      // Errors of others are quoted: whatever looks like a secret in them goes.
      const { value: findings } = redactDeep(found);
      const note = footer(`looked in ${((context.now() - begun) / 1000).toFixed(1)} s`);
      return say(doctorAnswer(findings, { all, done, more: [buttonsFor(findings, all), note] }));
    };
    if (data.task === 'look') {
      await say(answer('running', 'Looking at Registrar itself'));
      return tell(await seen(), data.all === true);
    }
    const repairs = (await seen()).flatMap(({ repair }) => repair ?? []);
    const { done, refusal } = await repairAll(repairs, data, doctor, context);
    // In a message of its own: the look stays as it is for those who may.
    if (refusal !== undefined)
      return context.replies.to(data.replyTo, data.requestId)({ ...failed(refusal), quiet: true });
    await tell(await seen(), false, done);
  };
}

function doctorContext({ config, redis, hosts, now }: WorkerContext): DoctorContext {
  const place = () => ({ isPrivate: config.current().redis === undefined, cli: redisCli(redisUrl(config)) });
  return { config, hosts, now, redis: async () => ({ connection: redis, place: place() }) };
}

function buttonsFor(findings: readonly Finding[], all: boolean): AnswerPart {
  const repairable = findings.some(({ repair }) => repair !== undefined);
  const [action, label] = all ? ['doctor-again', 'Less'] : ['doctor-details', 'Details'];
  return buttons(
    ...(repairable ? [{ label: 'Repair', action: 'doctor-repair', value: 'all', style: 'primary' as const }] : []),
    { label: 'Look again', action: 'doctor-again', value: 'all', style: 'plain' },
    { label, action, value: 'all', style: 'plain' },
  );
}
