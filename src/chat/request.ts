import { z } from 'zod';

/** Where people type. */
export const Platform = z.enum(['slack', 'mattermost', 'terminal']);
export type Platform = z.infer<typeof Platform>;

/** Where an answer goes. A `thread` is the platform's own id of the message that started it. */
export const ReplyAddress = z.object({
  platform: Platform,
  channel: z.string(),
  thread: z.string().optional(),
  /** In place of a thread: the key of an answer of ours that is to head it. */
  under: z.string().optional(),
  /**
   * Who asked, by the platform's id: for answers that only they should see, and where the channel is closed to us.
   * Empty where nobody did.
   */
  person: z.string(),
});
export type ReplyAddress = z.infer<typeof ReplyAddress>;

/** A person on a platform. `gitlab` is found by the access module, never taken from the chat. */
export const Person = z.object({ platform: Platform, id: z.string() });
export type Person = z.infer<typeof Person>;

/** A log that came with a request. Text is redacted before it gets here; a file stays where it is and is streamed. */
export const Log = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), leaked: z.array(z.string()) }),
  z.object({ kind: z.literal('chat-file'), platform: Platform, fileId: z.string(), name: z.string() }),
  /** The trace of a job, by the address of its page in GitLab; which GitLab that is, only the worker knows. */
  z.object({ kind: z.literal('gitlab-job'), url: z.string().max(1_000) }),
]);
export type Log = z.infer<typeof Log>;

/** What somebody asked, verified by the adapter and free of the platform's rewriting. */
export interface ChatRequest {
  /** The same for every delivery of the same request: a repeated one is done once. */
  id: string;
  person: Person;
  /** What the platform calls them, for people to read: never believed. */
  called?: string;
  replyTo: ReplyAddress;
  /** Between the person and the bot alone. */
  direct?: boolean;
  /** The words after the command's name. */
  text: string;
  log?: Log;
}

/** A button that was pressed. */
export interface ChatAction {
  id: string;
  person: Person;
  replyTo: ReplyAddress;
  action: string;
  value: string;
  /** The answer that held the button, to be edited in place. */
  message: string;
}
