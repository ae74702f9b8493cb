import type { Delay, RecordedRequest } from '../../test/lab/gitlab/double.js';
import type { Lab } from '../../test/lab/lab.js';
import { PROBE_AGENT } from './probe.js';
import type { Subject } from './subject.js';

/**
 * Is that a request which the rotation of that project makes? What names neither the project nor its tokens, such as
 * who Registrar itself is, belongs to no rotation in particular.
 */
export function isOf({ project, old }: Subject, { path, userAgent }: RecordedRequest): boolean {
  if (userAgent === PROBE_AGENT) return false;
  const { pathname, searchParams } = new URL(path, 'http://gitlab');
  if (pathname.startsWith(`/api/v4/projects/${project.id}/`)) return true;
  return (
    searchParams.getAll('scope').some((scope) => scope.startsWith(`repository:${project.fullPath}:`)) ||
    searchParams.get('account') === old.username
  );
}

/** Fits the rotation's `at`-th request from now on, counted from 0; ask it once a request. */
export function nth(
  subject: Subject,
  at: number,
  fits: (request: RecordedRequest) => boolean = () => true,
): (request: RecordedRequest) => boolean {
  let count = 0;
  return (request) => {
    if (!isOf(subject, request) || !fits(request) || count++ !== at) return false;
    subject.isStruck = true;
    return true;
  };
}

/** Holds the rotation's `at`-th request, before or after its effect. */
export function hold({ gitlab }: Pick<Lab, 'gitlab'>, subject: Subject, at: number, moment: 'before' | 'after'): Delay {
  return gitlab.delayNext(nth(subject, at), moment);
}

/** What a rotation asks of GitLab, one after the other: `PUT /api/v4/projects/:id/variables/:key`. */
export function stepsOf({ gitlab }: Pick<Lab, 'gitlab'>, subject: Subject, since: number): string[] {
  return gitlab.requests
    .slice(since)
    .filter((request) => isOf(subject, request))
    .map(({ method, path }) => `${method} ${path.replace(/\?.*$/, '').replace(/\/\d+\b/g, '/:id')}`);
}
