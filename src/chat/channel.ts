import type { Channel } from '../config/fields.js';
import type { ReplyAddress } from './request.js';

/** Where something is told that nobody asked for. Pure. */
export function addressOfChannel({ slack, mattermost = '' }: Channel): ReplyAddress {
  return slack === undefined
    ? { platform: 'mattermost', channel: mattermost, person: '' }
    : { platform: 'slack', channel: slack, person: '' };
}
