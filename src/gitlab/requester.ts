import {
  createRequesterFn,
  type FormattedResponse,
  type RequesterType,
  type ResourceOptions,
} from '@gitbeaker/requester-utils';
import type { Dispatcher } from 'undici';
import { EdgeError, messageOf, RETRY_MS } from '../errors.js';
import type { Http, HttpAnswer } from '../http.js';
import { traced } from '../runs/trace.js';
import type { Pace } from './pace.js';

/**
 * Gitbeaker over our own HTTP: its default requester repeats every 502 and 429 up to ten times, also a POST that
 * may have created a token, and knows neither a private authority nor a time-out. `pace` keeps within the limits that GitLab announces.
 */
export function gitlabRequester(http: Http, pace: Pace): (options: ResourceOptions) => RequesterType {
  return createRequesterFn(
    async (_, options) => options,
    async (endpoint, options = {}) => {
      const { prefixUrl, searchParams, method, headers, body } = options as {
        prefixUrl: string;
        searchParams?: string;
        method: string;
        headers: Record<string, string>;
        body?: string;
      };
      const url = new URL(endpoint, prefixUrl.endsWith('/') ? prefixUrl : `${prefixUrl}/`);
      url.search = searchParams ?? '';
      const send = () =>
        pace(() =>
          exchange(http, url, {
            method: method as Dispatcher.HttpMethod,
            headers,
            ...(body === undefined ? {} : { body }),
          }),
        );
      const answer = await traced('gitlab', `${method} ${decoded(url.pathname)}`, send, ({ status }) => String(status));
      return { status: answer.status, headers: { ...answer.headers }, body: bodyOf(url, answer) } as FormattedResponse;
    },
  );
}

async function exchange(http: Http, url: URL, options: NonNullable<Parameters<Http>[1]>): Promise<HttpAnswer> {
  const call = `${options.method ?? 'GET'} ${url.pathname}`;
  let answer: HttpAnswer;
  try {
    answer = await http(url, options);
  } catch (error) {
    throw new EdgeError({
      part: 'gitlab',
      code: 'gitlab-unreachable',
      retry: { afterMs: RETRY_MS },
      cause: error,
      forPerson: {
        what: `GitLab at ${url.origin} does not answer`,
        why: messageOf(error),
        next: 'look at gitlab-ctl status on its host; the job goes on by itself when GitLab is back',
      },
    });
  }
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw refusal(url, call, answer);
}

function refusal(url: URL, call: string, { status, headers, text }: HttpAnswer): EdgeError {
  const said = saidBy(text);
  const common = { part: 'gitlab', status } as const;
  if (status === 401) {
    return new EdgeError({
      ...common,
      code: 'gitlab-refused',
      forPerson: {
        what: 'GitLab refuses Registrar’s access token',
        why: said,
        next: 'make a new token with scope api and put it where gitlab.token of the configuration points; `registrar config check` shows its scopes and expiry',
      },
    });
  }
  if (status === 403) {
    return new EdgeError({
      ...common,
      code: 'gitlab-forbidden',
      forPerson: {
        what: `GitLab does not let Registrar do this (${call})`,
        why: said,
        next: 'give Registrar’s GitLab user the role Maintainer there, and its token the scope api',
      },
    });
  }
  if (status === 404) {
    return new EdgeError({
      ...common,
      code: 'gitlab-not-found',
      forPerson: {
        what: `GitLab knows nothing at ${call}, or hides it`,
        why: said,
        next: 'check the name, and that Registrar’s GitLab user is a member there',
      },
    });
  }
  if (status === 429 || status >= 500) {
    const seconds = Number(headers['retry-after']);
    const afterMs = seconds > 0 ? seconds * 1000 : RETRY_MS;
    return new EdgeError({
      ...common,
      code: status === 429 ? 'gitlab-rate-limited' : 'gitlab-unreachable',
      retry: { afterMs },
      forPerson: {
        what: status === 429 ? 'GitLab limits the rate of requests' : `GitLab at ${url.origin} answers ${status}`,
        why: said,
        next: 'nothing to do: the job goes on by itself',
      },
    });
  }
  if (status < 400) return notGitLab(url.origin, `it answers ${status}, to ${headers.location ?? 'nowhere'}`);
  return new EdgeError({
    ...common,
    code: 'gitlab-rejected',
    forPerson: {
      what: `GitLab rejects ${call} with ${status}`,
      why: said,
      next: 'this is probably a fault of Registrar: please report it',
    },
  });
}

/** GitLab's own words, short: it answers with a string, a list per field, or a page. */
function saidBy(text: string): string {
  try {
    const { message, error_description, error } = JSON.parse(text) as Record<string, unknown>;
    const said = message ?? error_description ?? error;
    return (typeof said === 'string' ? said : JSON.stringify(said ?? '')).slice(0, 300);
  } catch {
    return text.startsWith('<') ? 'it answered with a web page' : text.slice(0, 200);
  }
}

/** As people read it: GitLab takes a path as one segment, `shop%2Fapi`. */
function decoded(path: string): string {
  return path.replaceAll(/%2F/gi, '/');
}

function bodyOf(url: URL, { text, status, headers }: HttpAnswer): unknown {
  if (status === 204 || text === '') return null;
  if (headers['content-type']?.includes('json') !== true) throw notGitLab(url.origin, saidBy(text));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notGitLab(url.origin, messageOf(error));
  }
}

/** For an answer that GitLab's API does not give: a proxy's page, a redirect, another service. */
export function notGitLab(where: string, why: string): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'gitlab-rejected',
    forPerson: {
      what: `what answers at ${where} does not answer as GitLab’s API does`,
      why,
      next: 'compare gitlab.url of Registrar’s configuration with external_url of gitlab.rb; a proxy in between may answer too',
    },
  });
}
