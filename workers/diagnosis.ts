import { answer } from '../src/chat/answer.js';
import { addressOfChannel } from '../src/chat/channel.js';
import { notesFor } from '../src/config/notes.js';
import type { Config, Instance } from '../src/config/schema.js';
import type { Diagnosis } from '../src/diagnosis/diagnosis.js';
import type { Findings } from '../src/diagnosis/findings.js';
import { diagnosisAnswer } from '../src/diagnosis/report.js';
import { weigh } from '../src/diagnosis/weigh.js';
import { type DiagnosisRecord, findRecord, keepRecord } from '../src/feedback/record.js';
import { countNamed } from '../src/feedback/tally.js';
import { incidentAnswer, incidentNote } from '../src/incidents/report.js';
import { signatureOf } from '../src/incidents/signature.js';
import { noteFailure } from '../src/incidents/watch.js';
import { type OpenInstance, withInstance } from '../src/instance.js';
import type { Asker } from '../src/proof/asker.js';
import { gatherFindings } from '../src/proof/gather.js';
import { jobId } from '../src/queue/dispatcher.js';
import type { JobOf } from '../src/queue/jobs.js';
import { recallUrls } from '../src/queue/memory.js';
import type { Say } from '../src/queue/replies.js';
import type { Handler } from '../src/queue/work.js';
import type { WorkerContext } from './context.js';
import { type ReadLog, readLog } from './logs.js';

type Task<T extends JobOf<'diagnosis'>['task']> = Extract<JobOf<'diagnosis'>, { task: T }>;

/** Reads a log, names the cause, and proves it where the log's registry is one of ours. */
export function diagnosisWorker(context: WorkerContext): Handler<'diagnosis'> {
  return (data, say) => (data.task === 'log' ? diagnoseLog(data, say, context) : lookAgain(data, say, context));
}

async function diagnoseLog(data: Task<'log'>, say: Say, context: WorkerContext): Promise<void> {
  const { hook, person } = data;
  // Of a job that failed by itself nobody waits for the answer: only what is worth reading is said.
  const tell: Say = hook === undefined ? say : async () => {};
  await tell(answer('running', 'Reading the log'));
  const log = await readLog(data, context);
  const isOurs = log.diagnosis.cause !== 'unknown' && log.diagnosis.cause !== 'not-registry';
  if (hook !== undefined && !isOurs) return;
  const id = jobId(data.requestId);
  const instance = log.job?.instance ?? (await instanceOf(log.diagnosis, context))?.name;
  let findings: Findings | undefined;
  if (instance !== undefined && isOurs) {
    await tell(answer('running', 'The log is read; asking GitLab and the registry'));
    const asker: Asker = hook === undefined ? { is: 'person', person } : { is: 'channel-of', project: hook.project };
    findings = await prove(log.diagnosis, instance, asker, context);
  }
  const diagnosis = findings === undefined ? log.diagnosis : weigh(log.diagnosis, findings);
  const record: DiagnosisRecord = {
    id,
    at: context.now(),
    read: log.diagnosis,
    told: { cause: diagnosis.cause, confidence: diagnosis.confidence },
    leaked: log.leaked,
    excerpt: log.excerpt,
    ...(instance === undefined ? {} : { instance }),
    ...(hook === undefined ? {} : { hookProject: hook.project }),
  };
  await keepRecord(context.redis, record);
  await countNamed(context.redis, id, diagnosis.cause, context.now());
  await say(await worded(diagnosis, record, findings, log.job, context));
}

/** Looks at the outside world once more, for a diagnosis that was made from a log. */
async function lookAgain({ id, person }: Task<'again'>, say: Say, context: WorkerContext): Promise<void> {
  const record = await findRecord(context.redis, id);
  if (record?.instance === undefined) {
    await say(answer('info', 'That diagnosis is too old to be looked at again: paste the log once more'));
    return;
  }
  await say(answer('running', 'Looking at GitLab and the registry again'));
  const findings = await prove(record.read, record.instance, { is: 'person', person }, context);
  await say(await worded(weigh(record.read, findings), record, findings, undefined, context));
}

function prove(
  diagnosis: Diagnosis,
  instance: string,
  asker: Asker,
  { config, redis, hosts, identities, now }: WorkerContext,
): Promise<Findings> {
  const look = (open: OpenInstance) => gatherFindings(diagnosis, open, asker, identities, config, redis, now());
  return withInstance(config, instance, look, hosts);
}

async function worded(
  diagnosis: Diagnosis,
  { id, leaked, instance }: DiagnosisRecord,
  findings: Findings | undefined,
  job: ReadLog['job'],
  context: WorkerContext,
) {
  const project = job?.project ?? diagnosis.facts?.project;
  const incident = instance === undefined ? undefined : await watch(diagnosis, instance, project, context);
  return diagnosisAnswer(diagnosis, {
    id,
    leaked,
    notes: notesFor(context.config.current(), diagnosis.cause, project, context.log),
    ...(findings === undefined ? {} : { findings }),
    ...(incident === undefined ? {} : { incident }),
    ...(job === undefined ? {} : { job: job.job }),
  });
}

/** Is it the failure of many projects? Then their operators are told, and whoever asked reads that it is not theirs. */
async function watch(
  diagnosis: Diagnosis,
  instance: string,
  project: string | undefined,
  { config, redis, replies, now }: WorkerContext,
): Promise<string | undefined> {
  const { incidents } = config.current();
  const signature = signatureOf(diagnosis);
  if (incidents === undefined || signature === undefined || project === undefined) return undefined;
  const noted = await noteFailure(redis, instance, signature, project, incidents, now());
  if (noted === undefined) return undefined;
  if (noted.grew) {
    const say = replies.to(addressOfChannel(incidents), `incident-${noted.incident.id}`);
    await say(incidentAnswer(noted.incident, instance, diagnosis));
  }
  return incidentNote(noted.incident, project);
}

/** The instance whose registry the log names, by its present URL or a former one; the only one when it names none. */
async function instanceOf({ facts }: Diagnosis, { config, redis }: WorkerContext): Promise<Instance | undefined> {
  const { instances }: Config = config.current();
  const host = facts?.registry ?? facts?.image?.host;
  if (host === undefined || host.includes('$')) return instances.length === 1 ? instances[0] : undefined;
  for (const instance of instances) {
    const urls = [instance.registry.url, ...(await recallUrls(redis, instance.name)).map(({ url }) => url)];
    const gitlab = new URL(instance.gitlab.url).host;
    if (urls.some((url) => new URL(url).host === host) || gitlab === host) return instance;
  }
  return undefined;
}
