import { type Call, done, ok, type Reply, type Route } from './api.js';
import { AppError, badBody, forbidden, noUser } from './errors.js';
import { maySystem, needSystem } from './rights.js';
import { showBot } from './show.js';
import { type Obj, str, type Token, type User } from './types.js';
import type { World } from './world.js';

/** Bot accounts and access tokens. */
export function botRoutes(w: World): Route[] {
  const { state } = w;

  function create(call: Call): Reply {
    const body = call.json('bot');
    const username = str(body.username);
    if (call.me.bot !== undefined) throw forbidden();
    needSystem(state, call.me, 'create_bot');
    if (!state.settings.EnableBotAccountCreation) throw new AppError(403, 'api.bot.create_disabled');
    if (!/^[a-z][a-z0-9._-]{2,21}$/.test(username)) {
      throw new AppError(400, 'model.bot.is_valid.username.app_error');
    }
    if (state.userNamed(username) !== undefined) throw new AppError(400, 'app.user.save.username_exists.app_error');
    const user = state.addUser({ username });
    user.bot = {
      display_name: str(body.display_name),
      description: str(body.description),
      owner_id: call.me.id,
    };
    return ok(showBot(user), 201);
  }

  /** A bot the caller manages; others' bots are as good as absent to whoever may not manage them. */
  function bot(call: Call): User {
    const user = state.users.get(call.id('bot_id'));
    const missing = new AppError(404, 'store.sql_bot.get.missing.app_error');
    if (user?.bot === undefined) throw missing;
    const others = user.bot.owner_id !== call.me.id;
    if (!maySystem(state, call.me, others ? 'manage_others_bots' : 'manage_bots')) throw missing;
    return user;
  }

  function update(call: Call): Reply {
    const user = bot(call);
    const body = call.json('bot');
    if (str(body.username) !== '') user.username = str(body.username);
    const { display_name, description, owner_id } = { display_name: '', description: '', owner_id: '', ...user.bot };
    user.bot = {
      display_name: typeof body.display_name === 'string' ? body.display_name : display_name,
      description: typeof body.description === 'string' ? body.description : description,
      owner_id,
    };
    user.update_at = state.now();
    return ok(showBot(user));
  }

  function setActive(call: Call, active: boolean): Reply {
    const user = bot(call);
    user.update_at = state.now();
    user.delete_at = active ? 0 : state.now();
    if (!active) w.sockets.deafen((token) => token.user_id === user.id);
    return ok(showBot(user));
  }

  function assign(call: Call): Reply {
    const user = bot(call);
    if (user.bot !== undefined) user.bot.owner_id = call.id('user_id');
    return ok(showBot(user));
  }

  function list(call: Call): Reply {
    needSystem(state, call.me, 'read_others_bots');
    const all = call.query.get('include_deleted') === 'true';
    const bots = [...state.users.values()].filter((u) => u.bot !== undefined && (all || u.delete_at === 0));
    return ok(call.page(bots).map(showBot));
  }

  function createToken(call: Call): Reply {
    const user = state.users.get(call.id('user_id'));
    const { description } = call.json('user_access_token') as Obj;
    if (str(description) === '') throw badBody('description');
    if (user === undefined) throw noUser();
    needSystem(state, call.me, 'create_user_access_token');
    if (user.id !== call.me.id) needSystem(state, call.me, user.bot === undefined ? 'edit_other_users' : 'manage_bots');
    if (user.bot === undefined && !state.settings.EnableUserAccessTokens) {
      throw new AppError(501, 'app.user_access_token.disabled');
    }
    const { id, token } = state.addToken(user, 'access', str(description));
    return ok({ id, token, user_id: user.id, description, is_active: true }, 201);
  }

  const shown = (t: Token): Obj => ({
    id: t.id,
    user_id: t.user_id,
    description: t.description,
    is_active: t.active,
  });

  function tokens(call: Call): Reply {
    needSystem(state, call.me, 'read_user_access_token');
    const userId = call.id('user_id');
    const found = [...state.tokens.values()].filter((t) => t.user_id === userId && t.kind === 'access');
    return ok(call.page(found).map(shown));
  }

  function withToken(call: Call, act: (token: Token) => void): Reply {
    const id = str(call.json('body').token_id);
    if (id === '') throw badBody('token_id');
    needSystem(state, call.me, 'revoke_user_access_token');
    const token = [...state.tokens.values()].find((t) => t.id === id);
    if (token === undefined) throw new AppError(404, 'app.user_access_token.get_by_user.app_error');
    if (token.user_id !== call.me.id) needSystem(state, call.me, 'manage_bots');
    act(token);
    w.sockets.deafen((t) => t === token);
    return done();
  }

  return [
    { method: 'POST', path: '/api/v4/bots', run: create },
    { method: 'GET', path: '/api/v4/bots', run: list },
    { method: 'GET', path: '/api/v4/bots/:bot_id', run: (call) => ok(showBot(bot(call))) },
    { method: 'PUT', path: '/api/v4/bots/:bot_id', run: update },
    { method: 'POST', path: '/api/v4/bots/:bot_id/disable', run: (call) => setActive(call, false) },
    { method: 'POST', path: '/api/v4/bots/:bot_id/enable', run: (call) => setActive(call, true) },
    { method: 'POST', path: '/api/v4/bots/:bot_id/assign/:user_id', run: assign },
    { method: 'POST', path: '/api/v4/users/:user_id/tokens', run: createToken },
    { method: 'GET', path: '/api/v4/users/:user_id/tokens', run: tokens },
    {
      method: 'POST',
      path: '/api/v4/users/tokens/revoke',
      run: (call) => withToken(call, (token) => state.tokens.delete(token.token)),
    },
    {
      method: 'POST',
      path: '/api/v4/users/tokens/disable',
      run: (call) =>
        withToken(call, (token) => {
          token.active = false;
        }),
    },
    {
      method: 'POST',
      path: '/api/v4/users/tokens/enable',
      run: (call) =>
        withToken(call, (token) => {
          token.active = true;
        }),
    },
  ];
}
