import { noRoute } from './answers.js';
import { adminOnly, type Context, signIn } from './context.js';
import { notFoundPage, signInPage } from './pages.js';

/** Version, settings, health and the pages of the instance itself. */
export function registerInstanceRoutes(context: Context): void {
  const { app, settings } = context;
  // Its web server's clock is the machine's, too.
  app.addHook('onSend', async (_, reply) => {
    if (settings.clockSkewMs !== 0) reply.header('date', new Date(Date.now() + settings.clockSkewMs).toUTCString());
  });
  for (const path of ['/api/v4/version', '/api/v4/metadata']) {
    app.get(path, (request) => {
      signIn(context, request, ['read_user']);
      const kas = { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null };
      return { version: settings.version, revision: '0123456789a', kas, enterprise: settings.enterprise };
    });
  }

  app.get('/api/v4/application/settings', (request) => {
    adminOnly(context, request);
    return {
      id: 1,
      container_registry_token_expire_delay: Math.round(settings.tokenTtlSeconds / 60),
      password_authentication_enabled_for_git: true,
      external_authorization_service_enabled: false,
      throttle_authenticated_api_enabled: false,
      deletion_adjourned_period: 30,
      signup_enabled: false,
    };
  });

  for (const path of ['/', '/users/sign_in']) {
    app.get(path, (_, reply) => reply.type('text/html; charset=utf-8').send(signInPage));
  }
  app.get('/-/health', (_, reply) => reply.type('text/plain; charset=utf-8').send('GitLab OK'));
  app.get('/-/liveness', () => ({ status: 'ok' }));
  app.get('/-/readiness', () => ({ status: 'ok', master_check: [{ status: 'ok' }] }));

  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/api/')) throw noRoute();
    return reply.code(404).type('text/html; charset=utf-8').send(notFoundPage);
  });
}
