import { notFound, numericParameter, paginate, parameters, text } from './answers.js';
import { type Context, signIn } from './context.js';
import { basicUser, fullUser } from './entities.js';

export function registerUserRoutes(context: Context): void {
  const { app, world } = context;

  app.get('/api/v4/user', (request) => {
    const { user } = signIn(context, request, ['read_user']);
    return fullUser(context, user, user);
  });

  app.get('/api/v4/users', (request, reply) => {
    const { user } = signIn(context, request, ['read_user']);
    const given = parameters(request);
    const username = text(given, 'username')?.toLowerCase();
    const search = text(given, 'search')?.toLowerCase();
    const found = world.users
      .filter((one) => username === undefined || one.username.toLowerCase() === username)
      .filter((one) => search === undefined || one.username.toLowerCase().includes(search) || one.email === search)
      .toReversed();
    return paginate(request, reply, context.baseUrl(), found).map((one) =>
      user.admin ? fullUser(context, one, user) : basicUser(context, one),
    );
  });

  app.get('/api/v4/users/:id', (request) => {
    const { user } = signIn(context, request, ['read_user']);
    const found = world.users.find((one) => one.id === numericParameter(request, 'id'));
    if (!found) throw notFound('User');
    return user.admin ? fullUser(context, found, user) : basicUser(context, found);
  });
}
