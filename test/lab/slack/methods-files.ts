import { checkBlocks } from './block-kit.js';
import { botSees, fileInfo } from './file-info.js';
import { addMessage } from './messages.js';
import { type Method, type MethodContext, page, postTarget } from './method.js';
import type { State } from './state.js';
import { ApiError, isObjArray, type Obj, type SlackChannel, type StoredFile, str } from './types.js';

const TYPES: Record<string, [mimetype: string, filetype: string]> = {
  log: ['text/plain', 'log'],
  txt: ['text/plain', 'text'],
  md: ['text/plain', 'markdown'],
  json: ['application/json', 'json'],
  yml: ['text/yaml', 'yaml'],
  yaml: ['text/yaml', 'yaml'],
  rb: ['text/plain', 'ruby'],
  csv: ['text/csv', 'csv'],
  gz: ['application/gzip', 'gzip'],
  png: ['image/png', 'png'],
};

export function addFile(
  state: State,
  file: {
    id?: string;
    name: string;
    title?: string;
    user: string;
    content: Buffer;
    filetype?: string;
    snippet?: boolean;
    refusals?: number;
  },
): StoredFile {
  const extension = file.name.includes('.') ? (file.name.split('.').at(-1) ?? '').toLowerCase() : 'txt';
  const [mimetype, filetype] = TYPES[extension] ?? ['application/octet-stream', 'binary'];
  const stored: StoredFile = {
    id: file.id ?? state.id('F'),
    name: file.name,
    title: file.title ?? file.name,
    mimetype,
    filetype: file.filetype ?? filetype,
    mode: file.snippet === true ? 'snippet' : 'hosted',
    user: file.user,
    created: Math.floor(state.now() / 1000),
    content: file.content,
    shares: [],
    refusals: file.refusals ?? 0,
  };
  state.files.set(stored.id, stored);
  return stored;
}

const info: Method = {
  scope: 'files:read',
  run(call) {
    const file = call.state.files.get(str(call.args.file) ?? '');
    if (file === undefined || !botSees(call.state, file)) throw new ApiError('file_not_found');
    const { next } = page([], call.args, 100);
    return { file: fileInfo(call.state, file.id), comments: [], response_metadata: { next_cursor: next } };
  },
};

const getUploadUrl: Method = {
  scope: 'files:write',
  run({ state, args, uploads }) {
    if (state.uploadsRefused) throw new ApiError('file_uploads_disabled');
    const filename = str(args.filename);
    const length = Number(args.length ?? 0);
    if (filename === undefined || !Number.isInteger(length) || length <= 0) throw new ApiError('missing_argument');
    const snippet = str(args.snippet_type) !== undefined;
    if (snippet && length > 1_000_000) throw new ApiError('snippet_too_large');
    const secret = state.secret();
    const fileId = state.id('F');
    uploads.set(secret, { fileId, filename, length, snippet });
    return { upload_url: `${state.origin}/upload/v1/${secret}`, file_id: fileId };
  },
};

const complete: Method = {
  scope: 'files:write',
  run(call) {
    const { state, args, uploads } = call;
    if (!isObjArray(args.files) || args.files.length === 0) throw new ApiError('invalid_arguments');
    const target = str(args.channel_id) ?? str(args.channels);
    const channel = target === undefined ? undefined : postTarget({ ...call, args: { channel: target } }, false);
    const blocks = args.blocks === undefined ? undefined : checkBlocks(args.blocks, () => state.secret().slice(0, 5));
    const ready = args.files.map((wanted) => {
      const upload = [...uploads.values()].find((u) => u.fileId === wanted.id);
      if (upload?.content === undefined || state.files.has(upload.fileId)) throw new ApiError('file_not_found');
      return { upload, title: str(wanted.title), content: upload.content };
    });
    const files = ready.map(({ upload, title, content }) =>
      addFile(state, {
        id: upload.fileId,
        name: upload.filename,
        user: state.bot.id,
        content,
        snippet: upload.snippet,
        refusals: state.slowPictures,
        ...(title === undefined ? {} : { title }),
      }),
    );
    if (channel !== undefined) share(call, channel, files, blocks);
    return { files: files.map((f) => fileInfo(state, f.id)) };
  },
};

/** Asynchronous, as the real one is: the answer goes out before the message is there. */
function share(call: MethodContext, channel: SlackChannel, files: StoredFile[], blocks?: Obj[]): void {
  const { state, args } = call;
  const threadTs = str(args.thread_ts);
  const post = (): void => {
    const message = addMessage(state, channel, {
      user: state.bot.id,
      botId: state.botId,
      subtype: 'file_share',
      text: str(args.initial_comment) ?? '',
      files: files.map((f) => f.id),
      ...(blocks === undefined ? {} : { blocks }),
      ...(threadTs === undefined ? {} : { threadTs }),
    });
    for (const file of files) file.shares.push({ channel: channel.id, ts: message.ts });
    state.changes.emit();
  };
  if (call.fileShareDelayMs > 0) state.timers.after(call.fileShareDelayMs, post);
  else setImmediate(post);
}

export const fileMethods: Record<string, Method> = {
  'files.info': info,
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': complete,
};
