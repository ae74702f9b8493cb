import type { Answer } from '../answer.js';
import type { Asked, Chat, Handlers } from '../port.js';
import type { ReplyAddress } from '../request.js';
import { type Language, languageOf } from './language.js';
import { translate, translateForm } from './translate.js';

/**
 * A chat whose people are answered in their own language. `fallback`: for those of whom nobody knows it, and for what
 * nobody asked for.
 */
export function speaking(chat: Chat, fallback: () => Language): Chat {
  const languageFor = async (person: string): Promise<Language> =>
    (person === '' ? undefined : languageOf(await chat.localeOf(person))) ?? fallback();
  const said = async ({ person }: ReplyAddress, answer: Answer) => translate(answer, await languageFor(person));
  const asked = async (person: string, outcome: Promise<Asked>): Promise<Asked> => {
    const [form, language] = await Promise.all([outcome, languageFor(person)]);
    return form === 'done' ? form : translateForm(form, language);
  };
  return {
    platform: chat.platform,
    localeOf: (person) => chat.localeOf(person),
    start: (handlers) => chat.start(translating(handlers, asked)),
    stop: () => chat.stop(),
    deliver: async (reply) => chat.deliver({ ...reply, answer: await said(reply.address, reply.answer) }),
    tell: async (address, answer) => chat.tell(address, await said(address, answer)),
  };
}

function translating(handlers: Handlers, asked: (person: string, outcome: Promise<Asked>) => Promise<Asked>): Handlers {
  return {
    request: (request) => asked(request.person.id, handlers.request(request)),
    action: (action) => asked(action.person.id, handlers.action(action)),
    submit: (submission) => handlers.submit(submission),
  };
}
