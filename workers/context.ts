import type { Redis } from 'ioredis';
import type { Identities } from '../src/access/identities.js';
import type { AuditTrail } from '../src/audit/trail.js';
import type { Log } from '../src/chat/request.js';
import type { ConfigSource } from '../src/config/source.js';
import type { SshPool } from '../src/host/pool.js';
import type { Logger } from '../src/log.js';
import type { Replies } from '../src/queue/replies.js';
import type { Runs } from '../src/runs/follow.js';
import type { Seal } from '../src/secrets/seal.js';

/** What workers are given by the composition root. */
export interface WorkerContext {
  config: ConfigSource;
  redis: Redis;
  /** Who people in chats are in GitLab. */
  identities: Identities;
  /** SSH connections to all hosts of all instances, kept between jobs. */
  hosts: SshPool;
  replies: Replies;
  /** What remembers what was done; left out: nothing does. */
  runs?: Runs;
  /** What changes something is recorded there first. */
  audit: AuditTrail;
  seal: Seal;
  log: Logger;
  now: () => number;
  /** Streams a log that stayed where it was, such as a file in a chat. */
  openLog(log: Extract<Log, { kind: 'chat-file' }>): Promise<AsyncIterable<Buffer>>;
}
