import type { ChatAction, ChatRequest } from '../../src/chat/request.js';

/** A request as an adapter makes it. */
export function request(text: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    id: 'request-1',
    person: { platform: 'slack', id: 'UANA' },
    replyTo: { platform: 'slack', channel: 'C1', person: 'UANA' },
    text,
    ...more,
  };
}

export function action(name: string, value: string, more: Partial<ChatAction> = {}): ChatAction {
  const { person, replyTo } = request('');
  return { id: 'action-1', person, replyTo, action: name, value, message: 'message-1', ...more };
}
