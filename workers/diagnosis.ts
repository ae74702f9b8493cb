import { answer } from '../src/chat/answer.js';
import type { Config, Instance } from '../src/config/schema.js';
import { startDiagnosis } from '../src/diagnosis/diagnose.js';
import type { Diagnosis } from '../src/diagnosis/diagnosis.js';
import { diagnosisAnswer } from '../src/diagnosis/report.js';
import { weigh } from '../src/diagnosis/weigh.js';
import { withInstance } from '../src/instance.js';
import { gatherFindings } from '../src/proof/gather.js';
import type { JobOf } from '../src/queue/jobs.js';
import { recallUrls } from '../src/queue/memory.js';
import type { Handler } from '../src/queue/work.js';
import { redactDeep } from '../src/secrets/redact.js';
import type { WorkerContext } from './context.js';

/** Reads a log, names the cause, and proves it where the log's registry is one of ours. */
export function diagnosisWorker(context: WorkerContext): Handler<'diagnosis'> {
  const { config, redis, now } = context;
  return async (data, say) => {
    await say(answer('running', 'Reading the log'));
    const { diagnosis, leaked } = await readLog(data.log, context);
    const instance = await instanceOf(diagnosis, config.current(), context);
    if (instance === undefined || diagnosis.cause === 'unknown' || diagnosis.cause === 'not-registry') {
      await say(diagnosisAnswer(diagnosis, leaked));
      return;
    }
    await say(answer('running', 'The log is read; asking GitLab and the registry'));
    const findings = await withInstance(config, instance.name, (open) =>
      gatherFindings(diagnosis, open, { is: 'person', person: data.person }, config, redis, now()),
    );
    await say(diagnosisAnswer(weigh(diagnosis, findings), leaked, findings));
  };
}

async function readLog(
  log: JobOf<'diagnosis'>['log'],
  { openLog }: WorkerContext,
): Promise<{ diagnosis: Diagnosis; leaked: string[] }> {
  const diagnosing = startDiagnosis();
  if (log.kind === 'text') {
    diagnosing.push(Buffer.from(log.text));
    return { diagnosis: diagnosing.end(), leaked: log.leaked };
  }
  for await (const chunk of await openLog(log)) diagnosing.push(chunk);
  return clean(diagnosing.end());
}

/** What was streamed was not redacted on the way: what is shown of it is, here. */
function clean(diagnosis: Diagnosis): { diagnosis: Diagnosis; leaked: string[] } {
  const { value, found } = redactDeep(diagnosis);
  return { diagnosis: value, leaked: found };
}

/** The instance whose registry the log names, by its present URL or a former one; the only one when it names none. */
async function instanceOf(
  { facts }: Diagnosis,
  { instances }: Config,
  { redis }: WorkerContext,
): Promise<Instance | undefined> {
  const host = facts?.registry ?? facts?.image?.host;
  if (host === undefined || host.includes('$')) return instances.length === 1 ? instances[0] : undefined;
  for (const instance of instances) {
    const urls = [instance.registry.url, ...(await recallUrls(redis, instance.name)).map(({ url }) => url)];
    const gitlab = new URL(instance.gitlab.url).host;
    if (urls.some((url) => new URL(url).host === host) || gitlab === host) return instance;
  }
  return undefined;
}
