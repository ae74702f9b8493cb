import type { Http } from '../http.js';

/** What GitLab's sign-in page answered. */
export interface WebAnswer {
  status: number;
  /** Where it sends to, as scheme, host and port. */
  to?: string;
  ms: number;
}

/** GitLab's time by the Date of an answer, in milliseconds since the epoch; `undefined` when it tells none. Errors: the network's own. */
export async function openTime(url: string, http: Http): Promise<number | undefined> {
  const { headers } = await http(`${url}/users/sign_in`);
  const told = Date.parse(headers.date ?? '');
  return Number.isNaN(told) ? undefined : told;
}

/** `GET /users/sign_in`, without credentials: what everybody sees who opens GitLab. Errors: the network's own. */
export async function openWeb(url: string, http: Http): Promise<WebAnswer> {
  const begun = performance.now();
  const { status, headers } = await http(`${url}/users/sign_in`);
  const { location } = headers;
  const to = location !== undefined && URL.canParse(location, url) ? new URL(location, url).origin : undefined;
  return { status, ms: performance.now() - begun, ...(to === undefined ? {} : { to }) };
}
