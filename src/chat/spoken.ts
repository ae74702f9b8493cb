import { answer, text } from './answer.js';
import type { Chat, Handlers } from './port.js';
import type { ChatRequest } from './request.js';

/** Hands on what somebody wrote to the bot: its name alone is a question for help. */
export async function handOn(
  request: ChatRequest,
  handlers: Pick<Handlers, 'request'>,
  chat: Pick<Chat, 'tell'>,
): Promise<void> {
  const isEmpty = request.text === '' && request.log === undefined;
  const asked = await handlers.request(isEmpty ? { ...request, text: 'help' } : request);
  if (asked === 'done') return;
  // A message opens no dialog: whoever wrote it can write the answer as well.
  const title = asked.id === 'log' ? 'Paste the log here, or share it as a file' : asked.title;
  const hint = asked.fields[0]?.hint;
  await chat.tell(request.replyTo, answer('info', title, ...(hint === undefined ? [] : [text(hint)])));
}
