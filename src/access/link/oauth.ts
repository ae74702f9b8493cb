import { z } from 'zod';
import type { Instance } from '../../config/schema.js';
import type { ConfigSource } from '../../config/source.js';
import { EdgeError, messageOf } from '../../errors.js';
import { User } from '../../gitlab/schema.js';
import type { Http, HttpAnswer } from '../../http.js';
import type { Logger } from '../../log.js';
import { challengeOf, type Proofs } from './secrets.js';

/**
 * OAuth's authorization code flow with PKCE, to learn one thing: which user signed in.
 * Source: RFC 6749, section 4.1; https://docs.gitlab.com/api/oauth2/#authorization-code-with-proof-key-for-code-exchange-pkce
 */
export interface Application {
  gitlab: string;
  id: string;
  /** Of a confidential application. */
  secret?: string;
  /** Where GitLab sends the browser back to; registered there, and compared by it character by character. */
  redirectUri: string;
}

/** `undefined`: the configuration has none for this instance. Errors: `secret-missing`. */
export function applicationOf(
  { gitlab: { url, signIn } }: Instance,
  publicUrl: string,
  secret: ConfigSource['secret'],
): Application | undefined {
  if (signIn === undefined) return undefined;
  return {
    gitlab: url,
    id: signIn.applicationId,
    ...(signIn.secret === undefined ? {} : { secret: secret(signIn.secret) }),
    redirectUri: `${publicUrl}/link/callback`,
  };
}

/** Where the browser is sent to sign in. */
export function authorizeUrl({ gitlab, id, redirectUri }: Application, { state, verifier }: Proofs): string {
  const query = new URLSearchParams({
    client_id: id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'read_user',
    state,
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
  });
  return `${gitlab}/oauth/authorize?${query}`;
}

const Token = z.object({ access_token: z.string().min(1) });
const Refusal = z.object({ error: z.string(), error_description: z.string().optional() });

/**
 * The user who gave this code. The token that is had for it is revoked before this returns, and its refresh token with
 * it; nothing of it is kept.
 *
 * Errors: `gitlab-unreachable`; `gitlab-refused` with what is to be mended.
 */
export async function whoSignedIn(
  application: Application,
  code: string,
  verifier: string,
  http: Http,
  log: Logger,
): Promise<User> {
  const { gitlab } = application;
  const answer = await redeem(application, code, verifier, http);
  const token = answer.status === 200 ? read(Token, answer.text)?.access_token : undefined;
  if (token === undefined) throw refusal(application, answer);
  try {
    const whose = await asked(gitlab, () =>
      http(`${gitlab}/api/v4/user`, { headers: { authorization: `Bearer ${token}` } }),
    );
    const user = whose.status === 200 ? read(User, whose.text) : undefined;
    if (user === undefined) throw refusal(application, whose);
    return user;
  } finally {
    await revoke(application, token, http, log);
  }
}

/** Does GitLab know the application? A code that nobody gave is refused only after that. Errors: as {@link whoSignedIn}. */
export async function tryApplication(application: Application, http: Http): Promise<void> {
  const answer = await redeem(application, 'registrar-config-check', 'registrar-config-check', http);
  if (read(Refusal, answer.text)?.error !== 'invalid_grant') throw refusal(application, answer);
}

function redeem(application: Application, code: string, verifier: string, http: Http): Promise<HttpAnswer> {
  const { gitlab, redirectUri } = application;
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  return asked(gitlab, () => post(`${gitlab}/oauth/token`, { ...grant, ...credentials(application) }, http));
}

/** A token that could not be revoked ends by itself within two hours, and nobody has it. */
async function revoke(application: Application, token: string, http: Http, log: Logger): Promise<void> {
  try {
    const { status } = await post(`${application.gitlab}/oauth/revoke`, { token, ...credentials(application) }, http);
    if (status !== 200) log.warn({ part: 'gitlab', status }, 'GitLab did not revoke the token of a sign-in');
  } catch (error) {
    log.warn({ part: 'gitlab', error: messageOf(error) }, 'the token of a sign-in could not be revoked');
  }
}

function credentials({ id, secret }: Application): Record<string, string> {
  return { client_id: id, ...(secret === undefined ? {} : { client_secret: secret }) };
}

function post(url: string, form: Record<string, string>, http: Http): Promise<HttpAnswer> {
  return http(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
  });
}

async function asked(gitlab: string, ask: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await ask();
  } catch (error) {
    throw new EdgeError({
      part: 'gitlab',
      code: 'gitlab-unreachable',
      cause: error,
      forPerson: {
        what: `GitLab at ${gitlab} does not answer Registrar`,
        why: messageOf(error),
        next: 'type /registry link again when it is back',
      },
    });
  }
}

/** GitLab's own words of it, in its own error codes; a body that is not its own says nothing. */
function refusal({ gitlab }: Application, { status, text }: HttpAnswer): EdgeError {
  const said = read(Refusal, text);
  const isOurs = said?.error === 'invalid_client' || said?.error === 'unauthorized_client';
  return new EdgeError({
    part: 'gitlab',
    code: 'gitlab-refused',
    status,
    forPerson: {
      what: isOurs
        ? `GitLab at ${gitlab} does not know Registrar’s application`
        : `GitLab at ${gitlab} refused the sign-in`,
      why: said === undefined ? `it answers ${status}` : `${said.error}: ${said.error_description ?? ''}`,
      next: isOurs
        ? 'whoever runs Registrar compares gitlab.signIn of registrar.yaml with the application in GitLab: `registrar config check`'
        : 'type /registry link again, and use the new link in one browser',
    },
  });
}

function read<T extends z.ZodType>(schema: T, text: string): z.output<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
