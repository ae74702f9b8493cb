import { isJobUrl } from '../gitlab/job-url.js';
import { type Answer, answer, code, text } from './answer.js';
import type { Command, Outcome } from './command.js';
import type { Submission } from './form.js';
import type { ChatAction, ChatRequest } from './request.js';
import { offers } from './typed.js';
import { nearest, readsLikeLog, splitWords, straighten } from './words.js';

/** What the chat side does with a request, before anything is queued. Pure. */
export function decide(request: ChatRequest, commands: readonly Command[]): Outcome {
  const [first = 'help', ...rest] = splitWords(straighten(request.text));
  const command = commands.find(({ name }) => name === first.toLowerCase());
  if (command === undefined) {
    // A pasted log has no command's name in front: many lines, or a file, speak for themselves.
    if (request.log !== undefined) return run('diagnose', [], request, commands);
    if (readsLikeLog(request.text) || isJobUrl(request.text))
      return run('diagnose', [], { ...request, text: `diagnose ${request.text}` }, commands);
    return { is: 'answer', answer: unknownCommand(first, commands) };
  }
  return run(command.name, rest, request, commands);
}

/** What pressing a button does. */
export function decideAction(action: ChatAction, commands: readonly Command[]): Outcome {
  const pressed = commands.map((command) => command.actions?.[action.action]).find((one) => one !== undefined);
  return pressed === undefined ? outdated('button') : pressed(action);
}

/** What a filled-in form does. */
export function decideSubmission(submission: Submission, commands: readonly Command[]): Outcome {
  const take = commands.map((command) => command.forms?.[submission.form]).find((one) => one !== undefined);
  return take === undefined ? outdated('form') : take(submission);
}

function outdated(what: string): Outcome {
  const title = `This ${what} belongs to another version of Registrar`;
  return { is: 'answer', answer: answer('warn', title, text('Ask again by typing the command.')) };
}

function run(name: string, words: string[], request: ChatRequest, commands: readonly Command[]): Outcome {
  const command = commands.find((one) => one.name === name);
  if (command === undefined) return { is: 'answer', answer: unknownCommand(name, commands) };
  const args = command.args.safeParse(words);
  if (args.success) return command.run(args.data, request, commands);
  const [issue] = args.error.issues;
  return {
    is: 'answer',
    answer: {
      ...answer(
        'warn',
        `${name}: ${issue?.message ?? 'these words make no sense to it'}`,
        code(`/registry ${name} ${command.usage}`.trimEnd()),
      ),
      quiet: true,
    },
  };
}

function unknownCommand(word: string, commands: readonly Command[]): Answer {
  const meant = nearest(
    word,
    commands.map(({ name }) => name),
  );
  const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word;
  return {
    ...answer(
      'warn',
      `There is no command “${shown}”`,
      meant === undefined ? text('These are known:') : text('Did you mean this?'),
      code(
        (meant === undefined ? commands : commands.filter(({ name }) => name === meant))
          .map(({ name, usage }) => `/registry ${name} ${usage}`.trimEnd())
          .join('\n'),
      ),
      ...(meant === undefined ? [] : [offers(meant)]),
    ),
    quiet: true,
  };
}
