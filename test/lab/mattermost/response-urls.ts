import { type AnswerPlace, type CommandAnswers, readAnswer } from './command-answer.js';
import { AppError } from './errors.js';
import { newId } from './ids.js';
import type { State } from './state.js';
import type { Obj } from './types.js';

const LIFETIME_MS = 30 * 60_000;
const USES = 5;

/** `/hooks/commands/{id}`: says more, five times in half an hour; nothing can be replaced by it. */
export class ResponseUrls {
  readonly #state: State;
  readonly #answers: CommandAnswers;
  readonly #hooks = new Map<string, { place: AnswerPlace; at: number; used: number }>();

  constructor(state: State, answers: CommandAnswers) {
    this.#state = state;
    this.#answers = answers;
  }

  issue(place: AnswerPlace): string {
    const id = newId();
    this.#hooks.set(id, { place, at: this.#state.now(), used: 0 });
    return `${this.#state.siteUrl}/hooks/commands/${id}`;
  }

  use(id: string, contentType: string, body: string): void {
    let answer: Obj;
    try {
      answer = readAnswer(contentType, body);
    } catch {
      throw new AppError(400, 'web.command_webhook.parse.app_error');
    }
    const hook = this.#hooks.get(id);
    const refused = (status: number): AppError => new AppError(status, 'web.command_webhook.general.app_error');
    if (hook === undefined || this.#state.now() - hook.at > LIFETIME_MS) throw refused(404);
    if (hook.used >= USES) throw refused(400);
    hook.used += 1;
    try {
      this.#answers.show(hook.place, answer);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw refused(500);
    }
  }
}
