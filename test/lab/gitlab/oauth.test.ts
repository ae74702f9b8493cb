import { createHash } from 'node:crypto';
import { Browser } from '../browser.js';
import { advance, gitlab, read, useGitLab } from './bench.js';
import type { User } from './model.js';
import type { OAuthApplication } from './oauth.js';

useGitLab();

const BACK = 'https://registrar.example.com/link/callback';
const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

let application: OAuthApplication;
let ana: User;
beforeEach(() => {
  application = gitlab.oauth.addApplication({ redirectUris: [BACK] });
  ana = gitlab.addUser({ username: 'ana' });
});

const authorize = (more: Record<string, string> = {}) =>
  `${gitlab.url}/oauth/authorize?${new URLSearchParams({
    client_id: application.id,
    redirect_uri: BACK,
    response_type: 'code',
    scope: 'read_user',
    state: 's1',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  })}`;

function browserOf(user: User): Browser {
  const browser = new Browser();
  browser.setCookie(gitlab.url, '_gitlab_session', gitlab.oauth.signInBrowser(user));
  return browser;
}

async function codeFor(user: User): Promise<string> {
  const browser = browserOf(user);
  const { location = '' } = await browser.submit(await browser.get(authorize()));
  return new URL(location).searchParams.get('code') ?? '';
}

async function redeem(code: string, more: Record<string, string | undefined> = {}) {
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: BACK,
    client_id: application.id,
    client_secret: application.secret,
    code_verifier: VERIFIER,
    ...more,
  };
  const given = Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return read(await fetch(`${gitlab.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(given) }));
}

async function tokenOf(user: User): Promise<string> {
  return (await redeem(await codeFor(user))).text.match(/"access_token":"(\w+)"/)?.[1] ?? '';
}

const me = async (token: string) =>
  read(await fetch(`${gitlab.url}/api/v4/user`, { headers: { authorization: `Bearer ${token}` } }));

describe('the page', () => {
  test('asks whoever is signed in, and nobody else', async () => {
    expect(await new Browser().get(authorize())).toMatchObject({
      status: 302,
      location: `${gitlab.url}/users/sign_in`,
    });
    expect(await browserOf(ana).get(authorize())).toMatchObject({
      status: 200,
      text: expect.stringContaining('Authorize Registrar'),
    });
  });

  test('sends the code and the state back; or the word that it was denied', async () => {
    const browser = browserOf(ana);
    const allowed = new URL((await browser.submit(await browser.get(authorize()))).location ?? '');
    expect(allowed.href.startsWith(`${BACK}?`)).toBe(true);
    expect(Object.fromEntries(allowed.searchParams)).toEqual({ code: expect.stringMatching(/^\w{64}$/), state: 's1' });
    const denied = await browser.submit(await browser.get(authorize()), { _method: 'delete' });
    expect(new URL(denied.location ?? '').searchParams.get('error')).toBe('access_denied');
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['an unknown application', { client_id: 'other' }, /Client authentication failed/],
    ['another redirect URI', { redirect_uri: `${BACK}/` }, /redirect URI included is not valid/],
    ['more than the application may ask', { scope: 'read_user api' }, /scope is invalid/],
    ['another flow', { response_type: 'token' }, /does not support this response type/],
    ['another challenge', { code_challenge_method: 'S512' }, /code_challenge_method must be/],
  ])('says what is wrong, and sends nobody anywhere: %s', async (_, more, words) => {
    const shown = await browserOf(ana).get(authorize(more));
    expect(shown).toMatchObject({ location: undefined, text: expect.stringMatching(words) });
    expect(shown.text).not.toContain('<form');
  });
});

describe('a code', () => {
  test('gives a token that may read its user, until it is revoked', async () => {
    const answer = await redeem(await codeFor(ana));
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'read_user', expires_in: 7200 } });
    const token = gitlab.oauth.tokens[0]?.token ?? '';
    expect(await me(token)).toMatchObject({ status: 200, body: { username: 'ana' } });
    const api = await fetch(`${gitlab.url}/api/v4/projects`, { headers: { authorization: `Bearer ${token}` } });
    expect(api.status).toBe(403);
    const asPersonal = await fetch(`${gitlab.url}/api/v4/user`, { headers: { 'private-token': token } });
    expect(asPersonal.status).toBe(401);
  });

  test.each<[string, Record<string, string | undefined>, number, string]>([
    ['another verifier', { code_verifier: 'w'.repeat(43) }, 400, 'invalid_grant'],
    ['no verifier', { code_verifier: undefined }, 400, 'invalid_request'],
    ['another redirect URI', { redirect_uri: `${BACK}/` }, 400, 'invalid_grant'],
    ['no redirect URI', { redirect_uri: undefined }, 400, 'invalid_request'],
    ['a wrong secret', { client_secret: 'guess' }, 401, 'invalid_client'],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client'],
    ['an unknown application', { client_id: 'other' }, 401, 'invalid_client'],
    ['another grant', { grant_type: 'implicit' }, 400, 'unsupported_grant_type'],
    ['a code that nobody gave', { code: 'guess' }, 400, 'invalid_grant'],
  ])('is refused with %s', async (_, more, status, error) => {
    const code = await codeFor(ana);
    expect(await redeem(code, more)).toMatchObject({ status, body: { error } });
    expect(gitlab.oauth.tokens).toEqual([]);
  });

  test('is good once, for ten minutes, and for its own application', async () => {
    const code = await codeFor(ana);
    const other = gitlab.oauth.addApplication({ redirectUris: [BACK] });
    const theirs = { client_id: other.id, client_secret: other.secret };
    expect(await redeem(code, theirs)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await redeem(code)).status).toBe(200);
    expect(await redeem(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const late = await codeFor(ana);
    advance(600_000);
    expect(await redeem(late)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('of a public application takes no secret, and no wrong one', async () => {
    application = gitlab.oauth.addApplication({ redirectUris: [BACK], confidential: false });
    expect(await redeem(await codeFor(ana), { client_secret: 'guess' })).toMatchObject({ status: 401 });
    expect(await redeem(await codeFor(ana), { client_secret: undefined })).toMatchObject({ status: 200 });
  });
});

describe('a token', () => {
  const revoke = async (form: Record<string, string>) =>
    read(await fetch(`${gitlab.url}/oauth/revoke`, { method: 'POST', body: new URLSearchParams(form) }));

  test('ends when its own application revokes it, and no other', async () => {
    const token = await tokenOf(ana);
    expect(await revoke({ token, client_id: application.id })).toMatchObject({
      status: 403,
      body: { error: 'unauthorized_client' },
    });
    expect((await me(token)).status).toBe(200);
    expect(await revoke({ token, client_id: application.id, client_secret: application.secret })).toMatchObject({
      status: 200,
      body: {},
    });
    expect(await me(token)).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect(await revoke({ token: 'unknown' })).toMatchObject({ status: 200 });
  });

  test('ends after two hours, and with its user', async () => {
    const token = await tokenOf(ana);
    ana.blocked = true;
    expect((await me(token)).status).toBe(403);
    ana.blocked = false;
    advance(7_200_000);
    expect((await me(token)).status).toBe(401);
  });
});
