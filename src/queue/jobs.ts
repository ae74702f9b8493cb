import { z } from 'zod';
import { AliasName } from '../aliases/alias.js';
import { Answer } from '../chat/answer.js';
import { ASKED_MOST } from '../chat/asked.js';
import { Log, Person, ReplyAddress } from '../chat/request.js';
import { ProjectPath } from '../gitlab/path.js';
import { ExpiringToken } from '../hooks/expiring.js';
import { OperationKind } from '../operations/operation.js';
import { Filter, Target } from '../rotation/bulk/bulk.js';
import { RunId } from '../runs/run.js';

/** Every job's payload. Validated when it is queued and when it is taken: Redis is an edge like any other. */

const Common = {
  /** Of the request; job ids and the answer's message hang on it. */
  requestId: z.string().min(1).max(300),
  person: Person,
  replyTo: ReplyAddress,
  /** Milliseconds since the epoch; later than that nobody waits for the answer, and the person is told so. */
  useBy: z.int(),
  /** What was typed, without a log or a secret: people recognise their job by it. */
  asked: z.string().max(ASKED_MOST).optional(),
  /** Its words are a person’s, and may be short names of their channel; a button’s and our own are meant as they are. */
  typed: z.literal(true).optional(),
  /** Of a long answer only the lines that hold it are wanted. */
  lines: z.string().max(100).optional(),
};

export const StatusJob = z.discriminatedUnion('task', [
  /** Without a name: all instances, or the only one. */
  z.object({
    ...Common,
    task: z.literal('look'),
    instance: z.string().optional(),
    all: z.boolean().optional(),
    message: z.string().optional(),
  }),
  z.object({
    ...Common,
    task: z.literal('history'),
    instance: z.string().optional(),
    days: z.int().min(1).max(90),
  }),
]);
/** What people do about an instance that is watched. */
export const AttendJob = z.discriminatedUnion('task', [
  z.object({ ...Common, task: z.enum(['mine', 'silence']), instance: z.string(), incident: z.string().max(64) }),
  z.object({
    ...Common,
    task: z.literal('maintenance'),
    instance: z.string(),
    minutes: z
      .int()
      .min(1)
      .max(7 * 1440),
    reason: z.string().max(300),
  }),
  z.object({ ...Common, task: z.literal('maintenance-end'), instance: z.string() }),
]);
export const ConfigJob = z.object({
  ...Common,
  instance: z.string().optional(),
  propose: z.boolean().optional(),
  message: z.string().optional(),
});
export const DiagnosisJob = z.discriminatedUnion('task', [
  z.object({
    ...Common,
    task: z.literal('log'),
    log: Log,
    /** Nobody asked: GitLab told of a failed job, and the configuration gives the project's failures to this channel. */
    hook: z.object({ instance: z.string(), project: ProjectPath }).optional(),
  }),
  /** The outside world is looked at once more, for a diagnosis that was made. */
  z.object({ ...Common, task: z.literal('again'), id: z.string().max(64), message: z.string() }),
]);
/** What people say of diagnoses, and what came of it. */
export const FeedbackJob = z.discriminatedUnion('task', [
  z.object({
    ...Common,
    task: z.literal('verdict'),
    id: z.string().max(64),
    said: z.discriminatedUnion('right', [
      z.object({ right: z.literal(true) }),
      z.object({ right: z.literal(false), cause: z.string().max(64), words: z.string().max(1_000) }),
    ]),
  }),
  z.object({ ...Common, task: z.literal('stats') }),
]);
export const RotationJob = z.discriminatedUnion('step', [
  z.object({
    ...Common,
    step: z.literal('plan'),
    /** Of a project or a group. */
    project: ProjectPath,
    token: z.string().max(255).optional(),
    reveal: z.boolean().optional(),
  }),
  z.object({ ...Common, step: z.literal('run'), planId: z.string(), message: z.string() }),
  z.object({ ...Common, step: z.literal('cancel'), planId: z.string(), message: z.string() }),
  /** Of a rotation that waits for the old token's silence. */
  z.object({
    ...Common,
    step: z.literal('decide'),
    planId: z.string(),
    what: z.enum(['revoke', 'undo']),
    message: z.string(),
  }),
]);
/** Many rotations as one. */
export const BulkJob = z.discriminatedUnion('step', [
  z.object({
    ...Common,
    step: z.literal('plan'),
    instance: z.string().optional(),
    path: ProjectPath.optional(),
    filter: Filter,
    moved: z.object({ from: z.string(), to: z.string() }).optional(),
    /** The watch saw it; nobody asked. */
    unasked: z.literal(true).optional(),
    message: z.string().optional(),
  }),
  z.object({ ...Common, step: z.enum(['show', 'choose']), bulkId: z.string().max(64) }),
  /** The part of it that lives below one group. */
  z.object({ ...Common, step: z.literal('narrow'), bulkId: z.string().max(64), group: ProjectPath }),
  z.object({
    ...Common,
    step: z.enum(['ask', 'approve', 'cancel', 'pause', 'resume', 'hurry']),
    bulkId: z.string().max(64),
    message: z.string(),
  }),
  /** How far it is; and the end, when every token had its turn. */
  z.object({ ...Common, step: z.enum(['progress', 'end']), bulkId: z.string().max(64), message: z.string() }),
]);
/** One token of a bulk. */
export const BulkTokenJob = z.object({
  ...Common,
  bulkId: z.string().max(64),
  index: z.int().min(0),
  instance: z.string(),
  target: Target,
  message: z.string(),
});
/** Nobody asked: GitLab told of a token that expires soon. */
export const ExpiringJob = z.object({ ...Common, token: ExpiringToken, hook: z.object({ instance: z.string() }) });
/** What changes something on a host: one asks, another confirms. */
export const OperationJob = z.discriminatedUnion('step', [
  z.object({ ...Common, step: z.literal('ask'), kind: OperationKind, instance: z.string().optional() }),
  z.object({ ...Common, step: z.literal('confirm'), operationId: z.string().max(64), message: z.string() }),
  z.object({ ...Common, step: z.literal('cancel'), operationId: z.string().max(64), message: z.string() }),
]);
/** A look at Registrar itself; `repair`: what is safe is done. */
export const DoctorJob = z.discriminatedUnion('task', [
  z.object({ ...Common, task: z.literal('look'), all: z.boolean().optional(), message: z.string().optional() }),
  z.object({ ...Common, task: z.literal('repair'), message: z.string() }),
]);
/** What was attempted: of a project or a group, or of all that the person operates. */
export const AuditJob = z.object({ ...Common, subject: ProjectPath.optional() });

/** What is under way, what was done, and an end to what is not wanted any more. */
export const JobsJob = z.discriminatedUnion('task', [
  z.object({ ...Common, task: z.literal('list'), message: z.string().optional() }),
  z.object({ ...Common, task: z.literal('cancel'), run: RunId, message: z.string() }),
  z.object({ ...Common, task: z.literal('run'), run: RunId }),
]);

/** Short names of a channel. */
export const AliasJob = z.discriminatedUnion('task', [
  z.object({ ...Common, task: z.literal('list') }),
  z.object({ ...Common, task: z.literal('set'), name: AliasName, of: ProjectPath }),
  z.object({ ...Common, task: z.literal('drop'), name: AliasName }),
]);

export const ReplyJob = z.object({
  address: ReplyAddress,
  /** One message per key: later answers edit it. */
  key: z.string(),
  /** Answers of a key are numbered; one that comes late never overwrites a later one. */
  sequence: z.int(),
  answer: Answer,
  /** What said it. */
  run: z.string().max(20).optional(),
});

export type StatusJob = z.infer<typeof StatusJob>;
export type AttendJob = z.infer<typeof AttendJob>;
export type ConfigJob = z.infer<typeof ConfigJob>;
export type FeedbackJob = z.infer<typeof FeedbackJob>;
export type DiagnosisJob = z.infer<typeof DiagnosisJob>;
export type RotationJob = z.infer<typeof RotationJob>;
export type BulkJob = z.infer<typeof BulkJob>;
export type OperationJob = z.infer<typeof OperationJob>;
export type AuditJob = z.infer<typeof AuditJob>;
export type ReplyJob = z.infer<typeof ReplyJob>;

/** Queues that commands feed. */
export const JOBS = {
  status: StatusJob,
  attend: AttendJob,
  config: ConfigJob,
  diagnosis: DiagnosisJob,
  feedback: FeedbackJob,
  rotation: RotationJob,
  bulk: BulkJob,
  'bulk-token': BulkTokenJob,
  expiring: ExpiringJob,
  operation: OperationJob,
  audit: AuditJob,
  doctor: DoctorJob,
  jobs: JobsJob,
  alias: AliasJob,
} as const;
export type JobQueue = keyof typeof JOBS;
export type JobOf<Q extends JobQueue> = z.infer<(typeof JOBS)[Q]>;
/** What every job of those queues has. */
export type AnyJob = JobOf<JobQueue>;
