import { addressOfChannel } from '../chat/channel.js';
import type { ReplyAddress } from '../chat/request.js';
import type { Instance } from '../config/schema.js';

/** The channel that a project's failures are told in: of the longest path that is the project or above it. Pure. */
export function channelOf(project: string, { hook }: Pick<Instance, 'hook'>): ReplyAddress | undefined {
  const path = project.toLowerCase();
  const [nearest] = (hook?.channels ?? [])
    .filter((one) => path === one.project.toLowerCase() || path.startsWith(`${one.project.toLowerCase()}/`))
    .sort((a, b) => b.project.length - a.project.length);
  return nearest === undefined ? undefined : addressOfChannel(nearest);
}
