import type { AnyJob, JobQueue } from '../queue/jobs.js';

/**
 * What is asked, where the answer is the same for everybody: two who ask it at once share one run. `undefined`: the
 * answer depends on who asks, or it changes something, or it edits one message. Pure.
 */
export function questionOf(queue: JobQueue, data: AnyJob): string | undefined {
  if ('message' in data && data.message !== undefined) return undefined;
  const isShared =
    queue === 'status' || queue === 'config' || (queue === 'doctor' && 'task' in data && data.task === 'look');
  if (!isShared) return undefined;
  const { requestId, person, replyTo, useBy, asked, lines, typed, ...what } = data;
  return `${queue} ${JSON.stringify(Object.entries(what).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
