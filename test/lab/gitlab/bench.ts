import { decodeJwt } from 'jose';
import { type GitLabDouble, startGitLab } from './double.js';
import { makeSigningPair, type SigningPair } from './keys.js';

export const start = Date.parse('2026-08-05T10:00:00Z');
export let now = start;
export let pair: SigningPair;
export let gitlab: GitLabDouble;

/** A fresh instance for each test of the file. */
export function useGitLab(): void {
  beforeAll(async () => {
    pair = await makeSigningPair();
  });

  beforeEach(async () => {
    now = start;
    gitlab = await startGitLab({
      signingKeyPem: pair.keyPem,
      certificatePem: pair.certificatePem,
      issuer: 'gitlab-issuer',
      clock: () => now,
    });
    gitlab.setRegistry('https://registry.example.com:5050');
  });

  afterEach(() => gitlab.stop());
}

export function advance(milliseconds: number): void {
  now += milliseconds;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
  readonly headers: Headers;
}

export async function call(
  method: string,
  path: string,
  options: { token?: string; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(gitlab.url + path, {
    method,
    headers: {
      ...(options.token === undefined ? {} : { 'PRIVATE-TOKEN': options.token }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  return read(response);
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') && text !== '';
  return { status: response.status, body: json ? JSON.parse(text) : text, text, headers: response.headers };
}

export function basic(login: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` };
}

export type Login = readonly [string, string] | undefined;

export async function ask(
  login: Login,
  scopes: readonly string[] = [],
  service = 'container_registry',
): Promise<Answer> {
  const url = new URL('/jwt/auth', gitlab.url);
  url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return read(await fetch(url, { headers: login ? basic(...login) : {} }));
}

export function tokenOf(answer: Answer): string {
  const { body } = answer;
  if (typeof body === 'object' && body !== null && 'token' in body) return String(body.token);
  throw new Error(`No token in ${answer.status} ${answer.text}`);
}

/** What was granted, as `name:actions` lines; else the status with the message. */
export async function granted(login: Login, ...scopes: string[]): Promise<string> {
  const answer = await ask(login, scopes);
  if (answer.status !== 200)
    return `${answer.status} ${answer.text.match(/"message":"([^"]{0,60})/)?.[1] ?? answer.text}`;
  const { access } = decodeJwt<{ access: { name: string; actions: string[] }[] }>(tokenOf(answer));
  return access.map((one) => `${one.name}:${one.actions.join(',')}`).join(' ');
}

export function errors(code: string, message: unknown): unknown {
  return { errors: [{ code, message }] };
}

/** A private project, a member of every role, and a token of each. */
export function team() {
  const project = gitlab.addProject('acme/web/shop');
  const member = (username: string, level: 10 | 20 | 30 | 40 | 50) => {
    const user = gitlab.addUser({ username, password: `${username}-password` });
    gitlab.addMember(project.group, user, level);
    return gitlab.addPersonalToken(user, { scopes: ['api'] }).token;
  };
  const outsider = gitlab.addUser({ username: 'outsider' });
  const root = gitlab.addUser({ username: 'root', admin: true });
  return {
    project,
    guest: member('guest', 10),
    reporter: member('reporter', 20),
    developer: member('developer', 30),
    maintainer: member('maintainer', 40),
    owner: member('owner', 50),
    outsider: gitlab.addPersonalToken(outsider, { scopes: ['api'] }).token,
    admin: gitlab.addPersonalToken(root, { scopes: ['api'] }).token,
  };
}

export const shop = '/api/v4/projects/acme%2Fweb%2Fshop';
