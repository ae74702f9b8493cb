import { Queue } from 'bullmq';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { findRecord, keepRecord } from '../../src/feedback/record.js';
import { PREFIX } from '../../src/queue/connection.js';
import { jobId } from '../../src/queue/dispatcher.js';
import { type Parts, startParts } from '../queue/parts.js';

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts.stop());

test('a record has the id of its job, and leaves the job in the queue as it was', async () => {
  const redis = parts.connect();
  const queue = new Queue('diagnosis', { connection: redis, prefix: PREFIX });
  const id = jobId('request');
  await queue.add('diagnosis', { requestId: 'request' }, { jobId: id });
  const read = diagnose('denied: access forbidden');
  await keepRecord(redis, { id, at: 1, read, told: read, leaked: [], excerpt: 'denied: access forbidden' });
  expect((await queue.getJob(id))?.data).toEqual({ requestId: 'request' });
  expect(await findRecord(redis, id)).toMatchObject({ id, read: { cause: read.cause } });
  await queue.close();
});
