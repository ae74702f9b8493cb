import { z } from 'zod';
import { ProjectPath } from '../gitlab/path.js';
import { type ExpiringReading, isTokenKind, readExpiring } from './expiring.js';

/**
 * What we read of GitLab's Job Hook. Source: https://docs.gitlab.com/user/project/integrations/webhook_events/#job-events
 */
const JobHook = z.object({
  object_kind: z.literal('build'),
  build_id: z.int().positive(),
  build_name: z.string(),
  build_status: z.string(),
  build_allow_failure: z.boolean().optional(),
  pipeline_id: z.int().optional(),
  ref: z.string().optional(),
  user: z.object({ name: z.string().optional(), username: z.string().optional() }).nullish(),
  project: z.object({ path_with_namespace: ProjectPath }),
});

/** A job that failed, as the hook tells of it. */
export interface FailedJob {
  id: number;
  project: string;
}

export type HookReading =
  | { is: 'failed-job'; job: FailedJob }
  /** Of these, `nothing` is understood, with nothing to do. */
  | ExpiringReading;

/** Reads a verified hook's body. Pure; never throws. */
export function readHook(body: string): HookReading {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { is: 'not-understood' };
  }
  const kind = z.object({ object_kind: z.string() }).safeParse(value);
  if (!kind.success) return { is: 'not-understood' };
  if (isTokenKind(kind.data.object_kind)) return readExpiring(value);
  if (kind.data.object_kind !== 'build') return { is: 'nothing', why: `a ${kind.data.object_kind} is no job` };
  const hook = JobHook.safeParse(value);
  if (!hook.success) return { is: 'not-understood' };
  const { build_status: status, build_id: id, project } = hook.data;
  // The status comes first as created, pending, running: each is a hook of its own.
  return status === 'failed'
    ? { is: 'failed-job', job: { id, project: project.path_with_namespace } }
    : { is: 'nothing', why: `the job is ${status}` };
}
