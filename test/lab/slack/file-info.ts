import type { State } from './state.js';
import type { Obj, StoredFile } from './types.js';

const PRETTY: Record<string, string> = { text: 'Plain Text', log: 'Log', yaml: 'YAML', json: 'JSON', ruby: 'Ruby' };

/** The file object. In events of a `check_file_info` file only the id is there. */
export function fileInfo(state: State, id: string, inEvent = false): Obj {
  const file = state.files.get(id);
  if (file === undefined) return { id, mode: 'tombstone' };
  if (inEvent && file.access === 'check_file_info') {
    return { id, created: file.created, timestamp: file.created, file_access: 'check_file_info' };
  }
  const shares: Record<string, Record<string, { ts: string; channel_name: string }[]>> = {};
  const lists: Record<'channels' | 'groups' | 'ims', string[]> = { channels: [], groups: [], ims: [] };
  for (const share of file.shares) {
    const channel = state.channels.get(share.channel);
    if (channel === undefined) continue;
    const kind = channel.type === 'channel' ? 'public' : 'private';
    shares[kind] ??= {};
    shares[kind][channel.id] = [{ ts: share.ts, channel_name: channel.name }];
    lists[channel.type === 'channel' ? 'channels' : channel.type === 'im' ? 'ims' : 'groups'].push(channel.id);
  }
  const path = `${state.origin}/files-pri/${state.teamId}-${file.id}`;
  const textual = /^text\/|json|yaml/.test(file.mimetype);
  const content = textual ? file.content.toString('utf8') : '';
  return {
    id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: file.filetype,
    pretty_type: PRETTY[file.filetype] ?? file.filetype,
    mode: file.mode,
    user: file.user,
    user_team: state.teamId,
    size: file.content.length,
    editable: file.mode === 'snippet',
    is_external: false,
    external_type: '',
    is_public: lists.channels.length > 0,
    url_private: `${path}/${encodeURIComponent(file.name)}`,
    url_private_download: `${path}/download/${encodeURIComponent(file.name)}`,
    permalink: `https://${state.teamDomain}.slack.com/files/${file.user}/${id}/${encodeURIComponent(file.name)}`,
    ...(textual ? { preview: content.slice(0, 400), lines: content.split('\n').length } : {}),
    file_access: 'visible',
    shares,
    ...lists,
  };
}

export function botSees(state: State, file: StoredFile): boolean {
  if (file.user === state.bot.id) return true;
  return file.shares.some((s) => state.channels.get(s.channel)?.members.has(state.bot.id));
}

/** Whether a message of the app may show it as a picture now. */
export function showable(state: State, id: string): boolean {
  const file = state.files.get(id);
  if (file === undefined || !botSees(state, file)) return false;
  if (!['png', 'jpg', 'gif'].includes(file.filetype)) return false;
  file.refusals -= 1;
  return file.refusals < 0;
}
