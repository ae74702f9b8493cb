import { z } from 'zod';
import { createHttp, type HttpAnswer, type HttpClient } from '../../http.js';
import { Refused } from './errors.js';

/** Ids of everything: 26 of these. Source: model.NewId of the server. */
export const Id = z.string().regex(/^[a-z0-9]{26}$/);

/** What we read of a post. */
export const Post = z.object({
  id: Id,
  create_at: z.number(),
  delete_at: z.number().default(0),
  user_id: z.string(),
  channel_id: Id,
  root_id: z.string().default(''),
  message: z.string(),
  type: z.string().default(''),
  props: z.record(z.string(), z.unknown()).nullish(),
  file_ids: z.array(z.string()).nullish(),
});
export type Post = z.infer<typeof Post>;

export const User = z.object({
  id: Id,
  username: z.string(),
  delete_at: z.number().default(0),
  is_bot: z.boolean().default(false),
  locale: z.string().default(''),
  timezone: z.record(z.string(), z.string()).nullish(),
});
export type User = z.infer<typeof User>;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Mattermost's REST API, as the bot. Every failure is a {@link Refused}, or the network's own error. */
export interface MattermostApi {
  call<S extends z.ZodType>(schema: S, method: Method, path: string, body?: unknown): Promise<z.output<S>>;
  /** Gives the server a file for a post in that channel, and its id. */
  upload(channel: string, name: string, bytes: Buffer): Promise<string>;
  /** A file's bytes. */
  download(path: string): Promise<AsyncIterable<Buffer>>;
  close(): Promise<void>;
}

const Fault = z.object({ id: z.string() });
const Uploaded = z.object({ file_infos: z.array(z.object({ id: Id })).min(1) });

/**
 * Client4 of the server's own package hides the status and Retry-After of whatever answers without JSON, has no time
 * limit and takes no authority of one's own: a bot that must not lose an answer needs all three. Its types are used.
 */
export function openApi(url: string, token: string, ca?: string): MattermostApi {
  const http = createHttp(ca);
  const authorization = `Bearer ${token}`;
  const base = `${url}/api/v4`;
  return {
    async call(schema, method, path, body) {
      const answer = await http(`${base}${path}`, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return schema.parse(readJson(judged(answer)));
    },
    async upload(channel, name, bytes) {
      const query = new URLSearchParams({ channel_id: channel, filename: name });
      const answer = await http(`${base}/files?${query}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/octet-stream' },
        body: bytes,
      });
      const [first] = Uploaded.parse(readJson(judged(answer))).file_infos;
      return first?.id ?? '';
    },
    download: (path) => download(http, `${base}${path}`, authorization),
    close: () => http.close(),
  };
}

async function download(http: HttpClient, url: string, authorization: string): Promise<AsyncIterable<Buffer>> {
  const { status, body } = await http.stream(url, { authorization });
  if (status === 200) return body;
  for await (const _ of body) break;
  throw new Refused(status, undefined);
}

function judged(answer: HttpAnswer): HttpAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  const seconds = Number(answer.headers['retry-after']);
  const afterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
  throw new Refused(answer.status, Fault.safeParse(readJson(answer, true)).data?.id, afterMs);
}

/** A proxy's page is no JSON. */
function readJson({ text, status }: HttpAnswer, isLenient = false): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (isLenient) return undefined;
    throw new Refused(status, undefined);
  }
}
