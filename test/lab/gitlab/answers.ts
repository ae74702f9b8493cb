import type { FastifyReply, FastifyRequest } from 'fastify';

/** Thrown by handlers: the answer's status and body. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`Refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

export const unauthorized = () => new Refusal(401, { message: '401 Unauthorized' });
export const forbidden = (reason?: string) =>
  new Refusal(403, { message: reason === undefined ? '403 Forbidden' : `403 Forbidden - ${reason}` });
export const notFound = (what?: string) =>
  new Refusal(404, { message: what === undefined ? '404 Not Found' : `404 ${what} Not Found` });
/** A record that a query by id doesn't find; the small f is GitLab's. */
export const recordNotFound = () => new Refusal(404, { message: '404 Not found' });
export const noRoute = () => new Refusal(404, { error: '404 Not Found' });
/** The parameter validation in front of the handlers. */
export const badParameters = (...complaints: string[]) => new Refusal(400, { error: complaints.join(', ') });
export const invalidRecord = (errors: Record<string, string[]>) => new Refusal(400, { message: errors });

export type Parameters = Record<string, unknown>;

/** Query and body together, with `a[b]` and `a[]` unfolded as Rack does. */
export function parameters(request: FastifyRequest): Parameters {
  const result: Parameters = {};
  for (const source of [request.query, request.body]) {
    if (typeof source !== 'object' || source === null) continue;
    for (const [key, value] of Object.entries(source)) assign(result, key, value);
  }
  return result;
}

function assign(target: Parameters, key: string, value: unknown): void {
  const [, outer, inner] = /^([^[]+)\[([^\]]*)\]$/.exec(key) ?? [];
  if (outer === undefined || inner === undefined) target[key] = value;
  else if (inner === '') target[outer] = [value].flat();
  else target[outer] = { ...asRecord(target[outer]), [inner]: value };
}

export function asRecord(value: unknown): Parameters {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function text(given: Parameters, name: string): string | undefined {
  const value = given[name];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : undefined;
}

export function flag(given: Parameters, name: string): boolean | undefined {
  const value = given[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (value === true || value === 'true' || value === 1 || value === '1') return true;
  if (value === false || value === 'false' || value === 0 || value === '0') return false;
  throw badParameters(`${name} is invalid`);
}

export function pathParameter(request: FastifyRequest, name: string): string {
  return text(asRecord(request.params), name) ?? '';
}

export function numericParameter(request: FastifyRequest, name: string): number {
  const value = pathParameter(request, name);
  if (!/^\d+$/.test(value)) throw badParameters(`${name} is invalid`);
  return Number(value);
}

/** Offset pagination with all of GitLab's headers; only this page's items are returned. */
export function paginate<T>(request: FastifyRequest, reply: FastifyReply, base: string, items: readonly T[]): T[] {
  const given = parameters(request);
  const size = Math.min(positive(text(given, 'per_page'), 20), 100);
  const page = positive(text(given, 'page'), 1);
  const pages = Math.max(1, Math.ceil(items.length / size));
  const next = page < pages ? page + 1 : undefined;
  const previous = page > 1 ? page - 1 : undefined;
  const links = [
    ['prev', previous],
    ['next', next],
    ['first', 1],
    ['last', pages],
  ] as const;
  reply.headers({
    'x-next-page': String(next ?? ''),
    'x-page': String(page),
    'x-per-page': String(size),
    'x-prev-page': String(previous ?? ''),
    'x-total': String(items.length),
    'x-total-pages': String(pages),
    link: links
      .filter(([, number]) => number !== undefined)
      .map(
        ([relation, number]) =>
          `<${pageUrl(request, base, { page: String(number), per_page: String(size) })}>; rel="${relation}"`,
      )
      .join(', '),
  });
  return items.slice((page - 1) * size, page * size);
}

/** Keyset pagination by id: only a link to the next page. */
export function paginateById<T extends { id: number }>(
  request: FastifyRequest,
  reply: FastifyReply,
  base: string,
  items: readonly T[],
): T[] {
  const given = parameters(request);
  const size = Math.min(positive(text(given, 'per_page'), 20), 100);
  const ascending = text(given, 'sort') === 'asc';
  const mark = ascending ? 'id_after' : 'id_before';
  const from = text(given, mark);
  const sorted = [...items].sort((a, b) => (ascending ? a.id - b.id : b.id - a.id));
  const rest = sorted.filter(
    (one) => from === undefined || (ascending ? one.id > Number(from) : one.id < Number(from)),
  );
  const page = rest.slice(0, size);
  reply.header('x-per-page', String(size));
  const last = page.at(-1);
  if (last && rest.length > size) {
    reply.header(
      'link',
      `<${pageUrl(request, base, { [mark]: String(last.id), per_page: String(size) })}>; rel="next"`,
    );
  }
  return page;
}

function pageUrl(request: FastifyRequest, base: string, changes: Record<string, string>): string {
  const url = new URL(request.url, base);
  for (const [key, value] of Object.entries(changes)) url.searchParams.set(key, value);
  return url.href;
}

function positive(value: string | undefined, fallback: number): number {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : fallback;
}
