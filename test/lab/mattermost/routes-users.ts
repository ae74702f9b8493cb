import { type Call, done, ok, type Reply, type Route } from './api.js';
import { AppError, badBody, expired, forbidden, noUser } from './errors.js';
import { newId } from './ids.js';
import { maySystem, needSystem } from './rights.js';
import { showUser } from './show.js';
import { str, type User } from './types.js';
import type { World } from './world.js';

/** Logging in, and who people are. */
export function userRoutes(w: World): Route[] {
  const { state } = w;
  const shown = (call: Call, user: User | undefined): Reply => {
    if (user === undefined) throw noUser();
    return ok(showUser(state, user, call.me));
  };

  function login(call: Call): Reply {
    const body = call.json('body');
    const who = str(body.login_id).toLowerCase();
    const user = [...state.users.values()].find((u) => u.username === who || u.email === who);
    if (user?.bot !== undefined) throw new AppError(401, 'api.user.login.bot_login_forbidden.app_error');
    if (user === undefined || user.password !== body.password) {
      throw new AppError(401, 'api.user.login.invalid_credentials_email_username');
    }
    if (user.mfa !== undefined && user.mfa !== str(body.token)) {
      throw new AppError(401, 'mfa.validate_token.authenticate.app_error');
    }
    if (user.delete_at > 0) throw new AppError(401, 'api.user.login.inactive.app_error');
    const { token } = state.addToken(user, 'session');
    const cookies = [
      `MMAUTHTOKEN=${token}; Path=/; HttpOnly`,
      `MMUSERID=${user.id}; Path=/`,
      `MMCSRF=${newId()}; Path=/`,
    ];
    return { ...ok(showUser(state, user, user)), headers: { token, 'set-cookie': cookies } };
  }

  function logout(call: Call): Reply {
    if (call.token !== undefined) state.tokens.delete(call.token.token);
    return done();
  }

  function several(call: Call, find: (word: string) => User | undefined): Reply {
    const words = call.list('body');
    if (words.length === 0) throw badBody('body');
    return ok([...new Set(words.flatMap((word) => find(word) ?? []))].map((u) => showUser(state, u, call.me)));
  }

  function search(call: Call): Reply {
    const body = call.json('body');
    const term = str(body.term).toLowerCase();
    if (term === '') throw badBody('term');
    const team = state.teams.get(str(body.team_id));
    const found = [...state.users.values()].filter(
      (u) => u.username.startsWith(term) && u.delete_at === 0 && (team === undefined || team.members.has(u.id)),
    );
    return ok(found.map((u) => showUser(state, u, call.me)));
  }

  function setRoles(call: Call): Reply {
    needSystem(state, call.me, 'manage_roles');
    const user = state.users.get(call.id('user_id'));
    if (user === undefined) throw noUser();
    const roles = str(call.json('body').roles);
    const known = roles.split(' ').every((r) => r === 'system_admin' || state.roles.has(r));
    if (roles === '' || !known) throw new AppError(400, 'api.user.update_user_roles.invalid_roles.app_error');
    user.roles = roles;
    user.update_at = state.now();
    return done();
  }

  function list(call: Call): Reply {
    const team = call.query.get('in_team');
    const all = [...state.users.values()].filter((u) => team === null || state.teams.get(team)?.members.has(u.id));
    return ok(call.page(all).map((u) => showUser(state, u, call.me)));
  }

  return [
    { method: 'POST', path: '/api/v4/users/login', open: true, run: login },
    { method: 'POST', path: '/api/v4/users/logout', open: true, run: logout },
    { method: 'POST', path: '/api/v4/users/ids', run: (call) => several(call, (id) => state.users.get(id)) },
    { method: 'POST', path: '/api/v4/users/usernames', run: (call) => several(call, (name) => state.userNamed(name)) },
    { method: 'POST', path: '/api/v4/users/search', run: search },
    { method: 'GET', path: '/api/v4/users', run: list },
    {
      method: 'GET',
      path: '/api/v4/users/username/:user_name',
      run: (call) => shown(call, state.userNamed(call.param('user_name'))),
    },
    {
      method: 'GET',
      path: '/api/v4/users/email/:mail',
      run: (call) => {
        if (!state.settings.ShowEmailAddress && !maySystem(state, call.me, 'manage_system')) throw forbidden();
        return shown(
          call,
          [...state.users.values()].find((u) => u.email === call.param('mail')),
        );
      },
    },
    { method: 'GET', path: '/api/v4/users/:user_id', run: (call) => shown(call, state.users.get(call.id('user_id'))) },
    { method: 'PUT', path: '/api/v4/users/:user_id/roles', run: setRoles },
  ];
}

/** What can be asked without an account, or with any. */
export function systemRoutes(w: World): Route[] {
  const { state } = w;
  function config(call: Call): Reply {
    if (call.query.get('format') !== 'old') throw new AppError(400, 'api.context.invalid_param.app_error');
    const s = state.settings;
    const anybody = { Version: s.Version, SiteURL: s.SiteURLSet ? state.siteUrl : '', BuildNumber: s.Version };
    if (!call.loggedIn) return ok(anybody);
    return ok({
      ...anybody,
      MaxPostSize: String(s.MaxPostSize),
      MaxFileSize: String(s.MaxFileSize),
      EnableCommands: String(s.EnableCommands),
      EnableBotAccountCreation: String(s.EnableBotAccountCreation),
      EnablePostUsernameOverride: String(s.EnablePostUsernameOverride),
      EnablePostIconOverride: String(s.EnablePostIconOverride),
      EnableFileAttachments: String(s.EnableFileAttachments),
      PostEditTimeLimit: String(s.PostEditTimeLimit),
    });
  }
  /** The whole configuration, for whoever administers; here as far as an integration's address depends on it. */
  function whole(call: Call): Reply {
    needSystem(state, call.me, 'sysconsole_read_environment_developer');
    const { AllowedUntrustedInternalConnections, EnableInsecureOutgoingConnections } = state.settings;
    return ok({ ServiceSettings: { AllowedUntrustedInternalConnections, EnableInsecureOutgoingConnections } });
  }
  return [
    { method: 'GET', path: '/api/v4/config', run: whole },
    { method: 'GET', path: '/api/v4/system/ping', open: true, run: () => ok({ status: 'OK' }) },
    { method: 'GET', path: '/api/v4/config/client', open: true, run: config },
    {
      method: 'GET',
      path: '/api/v4/websocket',
      run: () => {
        throw expired();
      },
    },
  ];
}
