import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Redis } from 'ioredis';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import { PREFIX } from '../queue/connection.js';
import { ANSWER_SECONDS } from '../queue/replies.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** A diagnosis that was made, as far as it may be asked about again. Nothing in it holds a secret: it was redacted. */
export interface DiagnosisRecord {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** As the text alone gave it, before probes. */
  read: Diagnosis;
  /** What was told in the end. */
  told: Pick<Diagnosis, 'cause' | 'confidence'>;
  leaked: readonly string[];
  instance?: string;
  /** For whom probes may look: the channel of a project's hook; a person is asked for again at the click. */
  hookProject?: string;
  /** The log's beginning and end. */
  excerpt: string;
}

/** Kept as long as its answer can be edited. */
export async function keepRecord(redis: Redis, record: DiagnosisRecord): Promise<void> {
  const packed = await pack(JSON.stringify(record));
  await redis.set(recordKey(record.id), packed, 'EX', ANSWER_SECONDS);
}

export async function findRecord(redis: Redis, id: string): Promise<DiagnosisRecord | undefined> {
  const packed = await redis.getBuffer(recordKey(id));
  return packed === null ? undefined : (JSON.parse((await unpack(packed)).toString('utf8')) as DiagnosisRecord);
}

/** Under a word that is no queue's name: BullMQ keeps a job under its queue's name and the same id. */
function recordKey(id: string): string {
  return `${PREFIX}:diagnosis-record:${id}`;
}
