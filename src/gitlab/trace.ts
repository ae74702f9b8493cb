import { EdgeError, messageOf, RETRY_MS } from '../errors.js';
import type { HttpClient } from '../http.js';

/**
 * Streams what a job printed. Gitbeaker would hold it all in one string, and a trace may have 100 MB.
 *
 * Source: GET /projects/:id/jobs/:job_id/trace; GitLab streams it itself, also from object storage, so a redirect is
 * none of its answers and is not followed.
 */
export async function openTrace(
  url: string,
  token: string,
  projectId: number,
  jobId: number,
  http: HttpClient,
): Promise<AsyncIterable<Buffer>> {
  const answer = await http
    .stream(`${url}/api/v4/projects/${projectId}/jobs/${jobId}/trace`, { 'private-token': token })
    .catch((error: unknown) => {
      throw broken(error);
    });
  if (answer.status === 200) return whole(answer.body);
  for await (const _ of answer.body) break;
  throw refused(answer.status);
}

async function* whole(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw broken(error);
  }
}

function broken(error: unknown): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'gitlab-unreachable',
    retry: { afterMs: RETRY_MS },
    cause: error,
    forPerson: {
      what: 'GitLab did not send the job’s log to its end',
      why: messageOf(error),
      next: 'look at gitlab-ctl status on its host; I go on by myself when GitLab is back',
    },
  });
}

function refused(status: number): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'gitlab-refused',
    status,
    retry: status === 429 || status >= 500 ? { afterMs: RETRY_MS } : 'never',
    forPerson: {
      what: 'GitLab does not give the job’s log',
      why: `it answers ${status}`,
      next: 'Registrar’s token needs the role Reporter in the project; the log may also have been erased',
    },
  });
}
