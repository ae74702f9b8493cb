import type { IncomingMessage } from 'node:http';
import { isObj, type Obj } from './types.js';

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Fields that carry JSON text inside a form. */
const JSON_FIELDS = new Set([
  'blocks',
  'attachments',
  'view',
  'metadata',
  'chunks',
  'files',
  'loading_messages',
  'unfurls',
]);

/** The arguments of a Web API call. A JSON field that doesn't parse stays text (the method refuses it). */
export async function parseArgs(contentType: string, body: Buffer, query: URLSearchParams): Promise<Obj | undefined> {
  const args: Obj = Object.fromEntries(query);
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json') {
    if (body.length === 0) return args;
    try {
      const parsed: unknown = JSON.parse(body.toString('utf8'));
      return isObj(parsed) ? { ...args, ...parsed } : undefined;
    } catch {
      return undefined;
    }
  }
  if (type === 'multipart/form-data') {
    for (const part of await multipart(contentType, body)) args[part.name] = part.file ?? part.text;
  } else {
    Object.assign(args, Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
  }
  for (const [name, value] of Object.entries(args)) {
    if (typeof value !== 'string' || !JSON_FIELDS.has(name)) continue;
    try {
      args[name] = JSON.parse(value);
    } catch {
      // the method says invalid_blocks_format and the like
    }
  }
  return args;
}

export interface Part {
  name: string;
  text?: string;
  file?: Buffer;
}

export async function multipart(contentType: string, body: Buffer): Promise<Part[]> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const parts: Part[] = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') parts.push({ name, text: value });
    else parts.push({ name, file: Buffer.from(await value.arrayBuffer()) });
  }
  return parts;
}
