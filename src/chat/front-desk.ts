import type { Identities } from '../access/identities.js';
import type { Links } from '../access/link/offer.js';
import type { ConfigSource } from '../config/source.js';
import { EdgeError } from '../errors.js';
import type { Dispatcher } from '../queue/dispatcher.js';
import type { AnyJob, JobOf, JobQueue } from '../queue/jobs.js';
import { failed } from '../queue/troubles.js';
import { type Answer, answer, code, text } from './answer.js';
import { askedBy } from './asked.js';
import { elsewhere, isHeard } from './channels.js';
import type { Command, Outcome } from './command.js';
import { decide, decideAction, decideSubmission } from './desk.js';
import { filtered, takeFilter } from './filter.js';
import type { Submission } from './form.js';
import type { Asked, Chat, Handlers } from './port.js';
import type { ChatAction, ChatRequest } from './request.js';
import { TYPE } from './typed.js';
import { readerOf, welcome } from './welcome.js';

type Asking = Pick<ChatRequest, 'id' | 'person' | 'called' | 'replyTo'> & {
  asked: string;
  typed?: true;
  lines?: string;
};

/** Takes what an adapter received, decides, and queues it; says at once what can't wait for the queue. */
export function openFrontDesk(options: {
  commands: readonly Command[];
  dispatcher: Pick<Dispatcher, 'dispatch' | 'isFirst'>;
  chat: Pick<Chat, 'tell'>;
  links: Links;
  config: Pick<ConfigSource, 'current'>;
  identities: Pick<Identities, 'nameOf'>;
  now: () => number;
}): Handlers {
  const { commands, dispatcher, chat, links, config, identities, now } = options;
  const names = commands.map(({ name }) => name);

  async function carryOut(outcome: Outcome, request: Asking): Promise<Asked> {
    if (outcome.is === 'again') throw new Error('only a form has faults');
    if (outcome.is !== 'job') {
      // A job that comes twice is done once by its id; what needs no job has to be told apart here.
      if (!(await dispatcher.isFirst(request.id))) return 'done';
      if (outcome.is === 'ask') return outcome.form;
      await chat.tell(request.replyTo, filtered(await answered(outcome, request), request.lines));
      return 'done';
    }
    const job = {
      ...outcome.data,
      requestId: outcome.once ?? request.id,
      person: request.person,
      replyTo: request.replyTo,
      useBy: now() + outcome.useByMs,
      ...(request.asked === '' ? {} : { asked: request.asked }),
      ...(request.typed === undefined ? {} : { typed: request.typed }),
      ...(request.lines === undefined ? {} : { lines: request.lines }),
    };
    const dispatched = await dispatcher.dispatch(outcome.queue, job as AnyJob as JobOf<JobQueue>);
    if (dispatched.is === 'kept') await chat.tell(request.replyTo, kept(outcome.useByMs));
    else if (dispatched.workers === 0) await chat.tell(request.replyTo, nobodyWorks(outcome.useByMs));
    return 'done';
  }

  /** What is said at once, by no queue. */
  async function answered(
    outcome: Extract<Outcome, { is: 'answer' | 'help' | 'link' | 'unlink' }>,
    request: Asking,
  ): Promise<Answer> {
    switch (outcome.is) {
      case 'answer':
        return outcome.answer;
      case 'help':
        return welcome(await readerOf(request.person, config.current(), identities), commands);
      default:
        return answeredAlone(outcome, request, links);
    }
  }

  function take(request: ChatRequest, typed?: true): Promise<Asked> {
    const { request: asked, lines } = takeFilter(request, names);
    const what = { ...request, asked: askedBy(request, commands), ...(lines === undefined ? {} : { lines }) };
    return carryOut(decide(asked, commands), typed === undefined ? what : { ...what, typed });
  }

  async function heard(request: ChatRequest): Promise<Asked> {
    if (isHeard(request, config.current().chat.channels)) return take(request, true);
    if (await dispatcher.isFirst(request.id)) await chat.tell(request.replyTo, elsewhere());
    return 'done';
  }

  return {
    request: heard,
    action: (action: ChatAction) =>
      action.action === TYPE
        ? take({ id: action.id, person: action.person, replyTo: action.replyTo, text: action.value })
        : carryOut(decideAction(action, commands), { ...action, asked: askedBy(action, commands) }),
    submit(submission: Submission) {
      const outcome = decideSubmission(submission, commands);
      return outcome.is === 'again'
        ? { faults: outcome.faults }
        : { carryOut: () => carryOut(outcome, { ...submission, asked: '' }) };
    },
  };
}

async function answeredAlone(
  outcome: Extract<Outcome, { is: 'link' | 'unlink' }>,
  request: Asking,
  links: Links,
): Promise<Answer> {
  try {
    return await (outcome.is === 'link' ? links.offer(request, outcome.instance) : links.forget(request.person));
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    return { ...failed(error), quiet: true };
  }
}

function kept(useByMs: number): Answer {
  return {
    ...answer(
      'warn',
      'I can’t reach my queue (Redis), so this has to wait',
      text(
        `Your request is kept on disk and done as soon as Redis is back, within the next ${span(useByMs)}. Whoever runs Registrar looks at:`,
      ),
      code('redis-cli -u $REDIS_URL ping\nregistrar config check'),
    ),
    quiet: true,
  };
}

function nobodyWorks(useByMs: number): Answer {
  return {
    ...answer(
      'warn',
      'No worker is running, so this has to wait',
      text(
        `Your request is queued and done as soon as a worker is there, within the next ${span(useByMs)}. Whoever runs Registrar starts one:`,
      ),
      code('registrar worker'),
    ),
    quiet: true,
  };
}

function span(ms: number): string {
  const hours = ms / 3_600_000;
  return hours > 24 ? `${Math.round(hours / 24)} days` : hours > 1 ? `${Math.round(hours)} hours` : 'hour';
}
