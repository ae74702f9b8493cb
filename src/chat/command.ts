import type { z } from 'zod';
import type { AnyJob, JobOf, JobQueue } from '../queue/jobs.js';
import type { Answer } from './answer.js';
import type { Form, Submission } from './form.js';
import type { ChatAction, ChatRequest } from './request.js';

/** A job without what every job has; the desk adds that. */
type Payload<Q extends JobQueue> =
  JobOf<Q> extends infer J
    ? J extends AnyJob
      ? Omit<J, 'requestId' | 'person' | 'replyTo' | 'useBy' | 'asked' | 'lines' | 'typed'>
      : never
    : never;

/** What a command makes of a request. It does no I/O of its own. */
export type Outcome =
  | {
      [Q in JobQueue]: {
        is: 'job';
        queue: Q;
        data: Payload<Q>;
        useByMs: number;
        /** Names the deed where asking for it again, by another click, must not do it again. */
        once?: string;
      };
    }[JobQueue]
  | { is: 'answer'; answer: Answer }
  /** Who the person is in GitLab: said to them alone, and by no queue. */
  | { is: 'link'; instance?: string }
  | { is: 'unlink' }
  /** What can be asked, made for the person. */
  | { is: 'help' }
  | { is: 'ask'; form: Form }
  /** A form with faults: by the field's id, what would be right. It stays open. */
  | { is: 'again'; faults: Readonly<Record<string, string>> };

/** One subcommand of /registry. One file each in commands/; the file's name is the name. */
export interface Command<S extends z.ZodType = z.ZodType> {
  name: string;
  /** Behind the name: `PROJECT`, `[INSTANCE]`. */
  usage: string;
  /** For help; no full stop. */
  summary: string;
  /** Who may use it: whoever is known in GitLab, or who operates an instance; left out: everybody. */
  needs?: 'identity' | 'operator';
  /** Validates the words behind the name, as a list. */
  args: S;
  run(args: z.output<S>, request: ChatRequest, others: readonly Command[]): Outcome;
  /** Its buttons: action → what pressing it does. */
  actions?: Readonly<Record<string, (action: ChatAction) => Outcome>>;
  /** Its forms: id → what the answers do. */
  forms?: Readonly<Record<string, (submission: Submission) => Outcome>>;
  examples: readonly { says: string; queues?: JobQueue; answers?: string; asks?: string; links?: true; helps?: true }[];
}
