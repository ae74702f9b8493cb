import { type Call, ok, type Reply, type Route } from './api.js';
import { AppError, badParam } from './errors.js';
import { newId } from './ids.js';
import { needChannel } from './rights.js';
import { showFile } from './show.js';
import type { StoredFile } from './types.js';
import type { World } from './world.js';

const TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  json: 'application/json',
  gz: 'application/gzip',
  zip: 'application/zip',
};

/** What a client attaches, before it is in a post, and what anybody gets of it. */
export function fileRoutes(w: World): Route[] {
  const { state } = w;

  function store(call: Call, channelId: string, name: string, content: Buffer): StoredFile {
    needChannel(state, call.me, state.channels.get(channelId), 'upload_file');
    if (content.length > state.settings.MaxFileSize) {
      throw new AppError(413, 'api.file.upload_file.too_large_detailed.app_error');
    }
    const file: StoredFile = {
      id: newId(),
      user_id: call.me.id,
      channel_id: channelId,
      post_id: '',
      create_at: state.now(),
      name,
      mime_type: TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream',
      content,
    };
    state.files.set(file.id, file);
    return file;
  }

  async function upload(call: Call): Promise<Reply> {
    if (!state.settings.EnableFileAttachments) throw new AppError(403, 'api.file.attachments.disabled.app_error');
    const type = call.request.headers['content-type'] ?? '';
    const { stored, clientIds } = type.startsWith('multipart/form-data') ? await parts(call, type) : raw(call);
    return ok({ file_infos: stored.map(showFile), client_ids: clientIds }, 201);
  }

  function raw(call: Call) {
    const name = call.query.get('filename') ?? '';
    const channelId = call.query.get('channel_id') ?? '';
    if (name === '') throw badParam('filename');
    if (channelId === '') throw badParam('channel_id');
    return { stored: [store(call, channelId, name, call.request.body)], clientIds: [] };
  }

  /** Read in one go, as it comes: the channel must be known before the first file. */
  async function parts(call: Call, type: string) {
    const body = new Uint8Array(call.request.body);
    const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
      throw new AppError(400, 'api.file.upload_file.read_request.app_error');
    });
    let channelId = call.query.get('channel_id') ?? '';
    const stored: StoredFile[] = [];
    const clientIds: string[] = [];
    for (const [name, value] of form) {
      if (typeof value === 'string') {
        if (name === 'channel_id') channelId = value;
        if (name === 'client_ids') clientIds.push(value);
      } else {
        if (channelId === '') throw badParam('channel_id');
        stored.push(store(call, channelId, value.name, Buffer.from(await value.arrayBuffer())));
      }
    }
    if (stored.length === 0) throw new AppError(400, 'api.file.upload_file.read_request.app_error');
    return { stored, clientIds };
  }

  function file(call: Call): StoredFile {
    const found = state.files.get(call.id('file_id'));
    if (found === undefined) throw new AppError(404, 'app.file_info.get.app_error');
    if (found.user_id !== call.me.id) {
      needChannel(state, call.me, state.channels.get(found.channel_id), 'read_channel');
    }
    return found;
  }

  function download(call: Call): Reply {
    const { content, mime_type, name } = file(call);
    const inline = mime_type.startsWith('image/') && mime_type !== 'image/svg+xml';
    const headers = {
      'content-type': mime_type,
      'accept-ranges': 'bytes',
      'content-disposition': `${inline ? 'inline' : 'attachment'};filename="${encodeURIComponent(name)}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(call.request.headers.range ?? '');
    if (range === null) return { status: 200, headers, body: content };
    const from = Number(range[1]);
    const to = range[2] === '' ? content.length - 1 : Math.min(Number(range[2]), content.length - 1);
    if (from > to) return { status: 416, headers: { 'content-range': `bytes */${content.length}` }, body: '' };
    return {
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${from}-${to}/${content.length}` },
      body: content.subarray(from, to + 1),
    };
  }

  return [
    { method: 'POST', path: '/api/v4/files', big: true, run: upload },
    { method: 'GET', path: '/api/v4/files/:file_id', run: download },
    { method: 'GET', path: '/api/v4/files/:file_id/info', run: (call) => ok(showFile(file(call))) },
  ];
}
