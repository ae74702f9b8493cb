import type { ReplyJob } from '../queue/jobs.js';
import type { Answer } from './answer.js';
import type { ChatAction, ChatRequest, ReplyAddress } from './request.js';

/** What an adapter hands on: verified, acknowledged already, free of the platform's rewriting. */
export interface Handlers {
  /** `ask-for-log`: nothing was queued; the adapter asks for the log in its own way. */
  request(request: ChatRequest): Promise<'done' | 'ask-for-log'>;
  action(action: ChatAction): Promise<void>;
}

/** A platform that people type in. An adapter holds no business: it receives, renders, delivers. */
export interface Chat {
  readonly platform: ReplyAddress['platform'];
  start(handlers: Handlers): Promise<void>;
  stop(): Promise<void>;
  /**
   * Posts an answer, or edits the one that has its key. Called by the replies queue, again and again until it goes
   * through; must not post twice.
   */
  deliver(reply: ReplyJob): Promise<void>;
  /** Says something at once, without the queue: what to say when the queue is what failed. Best effort, once. */
  tell(address: ReplyAddress, answer: Answer): Promise<void>;
}
