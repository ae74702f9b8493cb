import type { ReplyAddress } from '../chat/request.js';
import type { Instance } from '../config/schema.js';
import type { JobOf } from '../queue/jobs.js';
import type { FailedJob } from './job-hook.js';

/** What could not be told for so long is no news any more. Milliseconds. */
const USE_BY_MS = 6 * 3_600_000;

/** What every job has that GitLab asked for and nobody else. */
export function askedByGitLab(replyTo: ReplyAddress, now: number) {
  return { person: { platform: replyTo.platform, id: 'gitlab' }, replyTo, useBy: now + USE_BY_MS };
}

/** The same for a hook that comes twice, for the same job by another hook, and for one whose hook was missed. */
export function failureId(instance: string, job: number): string {
  return `gitlab-hook-${instance}-${job}`;
}

/** A failed job is diagnosed, and told in that channel. */
export function failureJob(
  { id, project }: FailedJob,
  { name, gitlab }: Pick<Instance, 'name' | 'gitlab'>,
  replyTo: ReplyAddress,
  now: number,
): JobOf<'diagnosis'> {
  return {
    ...askedByGitLab(replyTo, now),
    task: 'log',
    requestId: failureId(name, id),
    log: { kind: 'gitlab-job', url: `${gitlab.url}/${project}/-/jobs/${id}` },
    hook: { instance: name, project },
  };
}
