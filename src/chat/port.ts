import type { ReplyJob } from '../queue/jobs.js';
import type { Answer } from './answer.js';
import type { Form, Submission } from './form.js';
import type { ChatAction, ChatRequest, ReplyAddress } from './request.js';

/** What became of a request: done (or queued), or a form that has to be filled in first. */
export type Asked = 'done' | Form;

/** What an adapter hands on: verified, acknowledged already, free of the platform's rewriting. */
export interface Handlers {
  /** A form: nothing was done yet; the adapter asks its questions in its own way. */
  request(request: ChatRequest): Promise<Asked>;
  action(action: ChatAction): Promise<Asked>;
  /** Judges a filled-in form at once, without any I/O: its faults, or what to do about it. */
  submit(submission: Submission): { faults: Readonly<Record<string, string>> } | { carryOut(): Promise<Asked> };
}

/** A platform that people type in. An adapter holds no business: it receives, renders, delivers. */
export interface Chat {
  readonly platform: ReplyAddress['platform'];
  /** The person's locale, such as fr-FR; `undefined`: nobody knows. Never rejects. */
  localeOf(person: string): Promise<string | undefined>;
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
