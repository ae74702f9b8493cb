import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGitLab } from '../../src/gitlab/client.js';
import { unpaced } from '../../src/gitlab/pace.js';
import { createHttp, type Http } from '../../src/http.js';
import { OwnJournalFile } from '../../src/own-token/journal.js';
import { type OwnContext, rotateOwnToken } from '../../src/own-token/rotate.js';
import { openTokenFile } from '../../src/own-token/token-file.js';
import { createSeal } from '../../src/secrets/seal.js';
import { type GitLabDouble, type PersonalToken, startGitLab, type User } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';

/** Comes between the rotation and each call, each save and each writing of the file. */
export type Wrap = <T>(call: () => Promise<T>, name: string) => Promise<T>;

export interface OwnBench {
  gitlab: GitLabDouble;
  http: Http;
  bot: User;
  stop(): Promise<void>;
}

export async function startOwnBench(): Promise<OwnBench> {
  const { keyPem: signingKeyPem, certificatePem } = await makeSigningPair();
  const gitlab = await startGitLab({ signingKeyPem, certificatePem });
  const http = createHttp();
  const bot = gitlab.addUser({ username: 'registrar-bot', admin: true });
  return {
    ...{ gitlab, http, bot },
    async stop() {
      await http.close();
      await gitlab.stop();
    },
  };
}

export interface OwnSubject {
  dir: string;
  path: string;
  name: string;
  old: PersonalToken;
  remove(): Promise<void>;
}

let subjects = 0;

/** A token of a name of its own, in a file of its own. */
export async function addOwnToken({ gitlab, bot }: OwnBench): Promise<OwnSubject> {
  const dir = await mkdtemp(join(tmpdir(), 'own-token-'));
  const name = `registrar ${++subjects}`;
  const old = gitlab.addPersonalToken(bot, { name, scopes: ['api', 'read_user'], expiresAt: inDays(30) });
  const path = join(dir, 'secrets', 'token');
  await mkdir(join(dir, 'secrets'));
  await writeFile(path, `${old.token}\n`, { mode: 0o600 });
  return { dir, path, name, old, remove: () => rm(dir, { recursive: true, force: true }) };
}

export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** One process that rotates it, from the beginning or from where another one was killed. */
export async function runOwn(
  { gitlab, http }: OwnBench,
  { dir, path }: OwnSubject,
  wrap: Wrap = (call) => call(),
  more: Partial<OwnContext> = {},
) {
  const wrapped: Http = (url, options) =>
    wrap(() => http(url, options), `${options?.method ?? 'GET'} ${new URL(url).pathname}`);
  const open = (token: string) => openGitLab(gitlab.url, token, wrapped, unpaced);
  const file = await openTokenFile(path);
  const journal = new OwnJournalFile(join(dir, 'data'), 'main');
  const context: OwnContext = {
    instance: 'main',
    gitlab: open,
    file: { ...file, write: (token) => wrap(() => file.write(token), 'write') },
    journal: {
      path: journal.path,
      load: () => journal.load(),
      save: (state) => wrap(() => journal.save(state), 'save'),
      remove: () => journal.remove(),
    },
    seal: createSeal('the key of these tests'),
    configured: () => readFileSync(path, 'utf8').trim(),
    letJobsEnd: async () => {},
    progress: () => {},
    now: Date.now,
    ...more,
  };
  const token = await file.read();
  return rotateOwnToken(context, async () => {
    const [own, user] = await Promise.all([open(token).whose(token), open(token).ownUser()]);
    if (own === undefined) throw new Error('the token is dead');
    return { own, user };
  });
}

/** What is in force of that name, what the file holds, and what lies about in the clear. */
export async function stateOf({ gitlab }: OwnBench, { dir, path, name, old }: OwnSubject) {
  const live = gitlab.personalTokens.filter((one) => one.name === name && !one.revoked);
  const held = (await readFile(path, 'utf8')).trim();
  const data = await readdir(join(dir, 'data'));
  const kept = await Promise.all(data.map((one) => readFile(join(dir, 'data', one), 'utf8')));
  const secrets = gitlab.personalTokens.map(({ token }) => token);
  return {
    live: live.length,
    isReplaced: live[0] !== undefined && live[0] !== old,
    holdsIt: held === live[0]?.token,
    files: (await readdir(join(dir, 'secrets'))).length,
    journal: data,
    inTheClear: secrets.some((secret) => kept.join().includes(secret)),
  };
}

export const REPLACED = { live: 1, isReplaced: true, holdsIt: true, files: 1, journal: [], inTheClear: false };
export const AS_BEFORE = { ...REPLACED, isReplaced: false };
