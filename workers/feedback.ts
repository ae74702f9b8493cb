import { answer, text } from '../src/chat/answer.js';
import { CAUSES } from '../src/diagnosis/causes/index.js';
import { findRecord } from '../src/feedback/record.js';
import { statsAnswer } from '../src/feedback/report.js';
import { countVerdict, keepCorrection, readTallies } from '../src/feedback/tally.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { Say } from '../src/queue/replies.js';
import type { Handler } from '../src/queue/work.js';
import type { WorkerContext } from './context.js';

const TITLES: ReadonlyMap<string, string> = new Map(CAUSES.map(({ id, title }) => [id, title]));

/** Takes what people say of diagnoses, and tells what came of it. */
export function feedbackWorker(context: WorkerContext): Handler<'feedback'> {
  return async (data, say) => {
    if (data.task === 'stats') await say(statsAnswer(await readTallies(context.redis, context.now()), TITLES));
    else await take(data, say, context);
  };
}

async function take(
  { id, said }: Extract<JobOf<'feedback'>, { task: 'verdict' }>,
  say: Say,
  { redis, now }: WorkerContext,
): Promise<void> {
  const record = await findRecord(redis, id);
  if (record === undefined) {
    await say(answer('info', 'That diagnosis is too old to be judged', text('It was kept for two weeks.')));
    return;
  }
  const { cause } = record.told;
  if (!(await countVerdict(redis, id, cause, said.right, now()))) {
    await say(answer('info', 'Somebody has judged that diagnosis already'));
    return;
  }
  if (said.right) {
    await say(answer('pass', `Noted: it was ${nameOf(cause)}`));
    return;
  }
  await keepCorrection(redis, {
    id,
    at: now(),
    named: cause,
    cause: said.cause,
    words: said.words,
    log: record.excerpt,
  });
  await say(
    answer(
      'info',
      `Noted: it was not ${nameOf(cause)}, but ${nameOf(said.cause)}`,
      text(
        'The log, without its secrets, is kept with your answer: `registrar corrections` prints it for whoever teaches Registrar.',
      ),
    ),
  );
}

function nameOf(cause: string): string {
  return `“${TITLES.get(cause) ?? cause}”`;
}
