import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Parameters, parameters, Refusal, text } from './answers.js';
import type { Context } from './context.js';
import type { User } from './model.js';
import type { OAuthApplication, OAuthCode } from './oauth.js';

/**
 * GitLab as an OAuth provider: what Doorkeeper does, in its own words.
 * Source: Doorkeeper's lib/doorkeeper/oauth/{pre_authorization,authorization_code_request}.rb, tokens_controller.rb and
 * config/locales/en.yml; GitLab's app/controllers/oauth/authorizations_controller.rb
 */

const CODE_MS = 600_000;

const INVALID_CLIENT =
  'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.';
const INVALID_GRANT =
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.';

export function registerOAuthRoutes(context: Context): void {
  const { app, world } = context;

  app.get('/oauth/authorize', (request, reply) => {
    const user = world.oauth.userOf(request.headers.cookie);
    if (user === undefined) return reply.redirect('/users/sign_in', 302);
    const given = parameters(request);
    const judged = judge(context, given);
    if (typeof judged === 'string') return page(reply, 'An error has occurred', `<pre>${escaped(judged)}</pre>`);
    return page(reply, `Authorize ${judged.application.name}`, consentForm(given, user));
  });

  app.post('/oauth/authorize', (request, reply) => {
    const user = world.oauth.userOf(request.headers.cookie);
    if (user === undefined) return reply.redirect('/users/sign_in', 302);
    const given = parameters(request);
    const judged = judge(context, given);
    if (typeof judged === 'string') return page(reply, 'An error has occurred', `<pre>${escaped(judged)}</pre>`);
    const state = text(given, 'state');
    const answer = (query: Record<string, string>) =>
      reply.redirect(backTo(judged.redirectUri, { ...query, ...(state === undefined ? {} : { state }) }), 302);
    if (text(given, '_method') === 'delete')
      return answer({
        error: 'access_denied',
        error_description: 'The resource owner or authorization server denied the request.',
      });
    const code = world.oauth.addCode({
      application: judged.application,
      user,
      redirectUri: judged.redirectUri,
      scopes: judged.scopes,
      challenge: text(given, 'code_challenge'),
      method: text(given, 'code_challenge_method') ?? 'plain',
    });
    return answer({ code: code.code });
  });

  registerTokenRoutes(app, context);
}

function registerTokenRoutes(app: FastifyInstance, { world }: Context): void {
  app.post('/oauth/token', (request, reply) => {
    const given = parameters(request);
    const type = text(given, 'grant_type');
    if (type === undefined) throw missing('grant_type');
    if (type !== 'authorization_code')
      throw oauthError(
        400,
        'unsupported_grant_type',
        'The authorization grant type is not supported by the authorization server.',
      );
    const code = world.oauth.codes.find((one) => one.code === text(given, 'code'));
    if (code?.challenge !== undefined && !text(given, 'code_verifier')) throw missing('code_verifier');
    if (!text(given, 'redirect_uri')) throw missing('redirect_uri');
    const application = authenticated(world.oauth.applications, given);
    if (application === undefined) throw oauthError(401, 'invalid_client', INVALID_CLIENT);
    if (code === undefined || !isGood(code, application, given, world.clock()))
      throw oauthError(400, 'invalid_grant', INVALID_GRANT);
    code.used = true;
    const token = world.oauth.addToken(code);
    return reply.header('cache-control', 'no-store').send({
      access_token: token.token,
      token_type: 'Bearer',
      expires_in: 7200,
      refresh_token: token.refreshToken,
      scope: token.scopes.join(' '),
      created_at: Math.floor(token.createdAt / 1000),
    });
  });

  app.post('/oauth/revoke', (request) => {
    const given = parameters(request);
    const secret = text(given, 'token');
    const token = world.oauth.tokens.find((one) => one.token === secret || one.refreshToken === secret);
    if (token === undefined) return {};
    // A public application's token needs no client: whoever holds it may end it.
    if (token.application.confidential && authenticated(world.oauth.applications, given) !== token.application)
      throw oauthError(403, 'unauthorized_client', 'You are not authorized to revoke this token');
    token.revoked = true;
    return {};
  });
}

/** What is asked for, or the words of GitLab's page: unlike Doorkeeper it sends no error of these back to the client. */
function judge(
  { world }: Context,
  given: Parameters,
): string | { application: OAuthApplication; redirectUri: string; scopes: string[] } {
  const application = world.oauth.applications.find((one) => one.id === text(given, 'client_id'));
  if (application === undefined) return INVALID_CLIENT;
  const redirectUri = text(given, 'redirect_uri') ?? '';
  if (!application.redirectUris.includes(redirectUri)) return 'The redirect URI included is not valid.';
  const scopes = (text(given, 'scope') ?? 'api').split(' ').filter((scope) => scope !== '');
  if (!scopes.every((scope) => application.scopes.includes(scope)))
    return 'The requested scope is invalid, unknown, or malformed.';
  if (text(given, 'response_type') !== 'code') return 'The authorization server does not support this response type.';
  const method = text(given, 'code_challenge_method');
  if (text(given, 'code_challenge') !== undefined && method !== 'S256' && method !== 'plain')
    return 'The code_challenge_method must be one of plain, S256.';
  return { application, redirectUri, scopes };
}

function isGood(code: OAuthCode, application: OAuthApplication, given: Parameters, now: number): boolean {
  const verifier = text(given, 'code_verifier') ?? '';
  const proof = code.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return (
    code.application === application &&
    !code.used &&
    now < code.createdAt + CODE_MS &&
    code.redirectUri === text(given, 'redirect_uri') &&
    (code.challenge === undefined ? verifier === '' : code.challenge === proof)
  );
}

/** A secret that is given must be right, also a public application's. */
function authenticated(applications: readonly OAuthApplication[], given: Parameters): OAuthApplication | undefined {
  const application = applications.find((one) => one.id === text(given, 'client_id'));
  const secret = text(given, 'client_secret') ?? '';
  if (application === undefined) return undefined;
  if (secret === '' ? !application.confidential : secret === application.secret) return application;
  return undefined;
}

function consentForm(given: Parameters, user: User): string {
  const fields = Object.entries(given)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(String(value))}">`)
    .join('\n');
  return `<p>${escaped(user.username)}</p><form action="/oauth/authorize" method="post">\n${fields}\n<button>Authorize</button></form>`;
}

function page(reply: FastifyReply, title: string, body: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .send(`<!DOCTYPE html>\n<html><head><title>${escaped(title)}</title></head>\n<body>${body}</body></html>\n`);
}

function backTo(redirectUri: string, query: object): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url.href;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function missing(parameter: string): Refusal {
  return oauthError(400, 'invalid_request', `Missing required parameter: ${parameter}.`);
}

function oauthError(status: number, error: string, error_description: string): Refusal {
  return new Refusal(status, { error, error_description });
}
