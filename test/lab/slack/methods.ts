import type { Method, MethodContext } from './method.js';
import { chatMethods } from './methods-chat.js';
import { conversationMethods } from './methods-conversations.js';
import { fileMethods } from './methods-files.js';
import { streamMethods } from './methods-stream.js';
import { viewMethods } from './methods-views.js';
import { ApiError, type Obj } from './types.js';

const authTest: Method = {
  run: ({ state }) => ({
    url: `https://${state.teamDomain}.slack.com/`,
    team: 'Registrar Lab',
    user: state.bot.name,
    team_id: state.teamId,
    user_id: state.bot.id,
    bot_id: state.botId,
    is_enterprise_install: false,
  }),
};

const connectionsOpen: Method = {
  app: true,
  scope: 'connections:write',
  run: (call: MethodContext) => ({ url: call.connect() }),
};

const METHODS: Record<string, Method> = {
  ...chatMethods,
  ...conversationMethods,
  ...fileMethods,
  ...viewMethods,
  ...streamMethods,
  'auth.test': authTest,
  'apps.connections.open': connectionsOpen,
};

export function findMethod(name: string): Method | undefined {
  return Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
}

export function runMethod(method: Method, call: MethodContext): Obj {
  const { token } = call;
  if ((token.kind === 'app') !== (method.app === true)) throw new ApiError('not_allowed_token_type');
  if (method.scope !== undefined && !token.scopes.has(method.scope)) {
    throw new ApiError('missing_scope', { needed: method.scope, provided: [...token.scopes].join(',') });
  }
  return method.run(call);
}
