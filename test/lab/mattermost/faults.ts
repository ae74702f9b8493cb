import type { Reply } from './api.js';

/**
 * What a test orders for the next calls. A number is a status: 429 as the rate limiter says it, 502 and 504 as a
 * proxy, any other as the server itself. `cutAfter` and `hangAfter`: the call had its effect.
 * `empty`: a list of posts without posts.
 */
export type Fault = number | 'cutBefore' | 'cutAfter' | 'hang' | 'hangAfter' | 'empty';

/** `*`, a route (`PUT /posts/:post_id/patch`) or an expression over method and path. */
export type Match = string | RegExp;

interface Planned {
  readonly match: Match;
  readonly fault: Fault;
  left: number;
}

export class Faults {
  #planned: Planned[] = [];

  plan(match: Match, fault: Fault, times: number): void {
    this.#planned.push({ match, fault, left: times });
  }

  clear(): void {
    this.#planned = [];
  }

  next(route: string, call: string): Fault | undefined {
    const planned = this.#planned.find((p) =>
      typeof p.match === 'string' ? p.match === '*' || p.match === route : p.match.test(call),
    );
    if (planned === undefined) return undefined;
    planned.left -= 1;
    if (planned.left <= 0) this.#planned = this.#planned.filter((p) => p !== planned);
    return planned.fault;
  }
}

export function proxyError(status: number): Reply {
  const title = `${status} ${status === 502 ? 'Bad Gateway' : 'Gateway Time-out'}`;
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
  };
}
