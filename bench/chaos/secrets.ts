import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { GitLabDouble } from '../../test/lab/gitlab/double.js';

/** A secret, and whose it is. */
export interface Known {
  /** For people. */
  name: string;
  username: string;
  secret: string;
}

/** Remembers every token that the double has made and will make: those that are deleted leave no trace in it. */
export function rememberTokens(gitlab: GitLabDouble): Known[] {
  const known: Known[] = [];
  const deploy = (token: { id: number; username: string; token: string }) =>
    known.push({ name: `deploy token ${token.id}`, username: token.username, secret: token.token });
  const personal = (token: { id: number; user: { username: string }; token: string }) =>
    known.push({ name: `personal token ${token.id}`, username: token.user.username, secret: token.token });
  for (const token of gitlab.deployTokens) deploy(token);
  for (const token of gitlab.personalTokens) personal(token);
  const addDeployToken = gitlab.addDeployToken.bind(gitlab);
  gitlab.addDeployToken = (...words) => {
    const token = addDeployToken(...words);
    deploy(token);
    return token;
  };
  const addPersonalToken = gitlab.addPersonalToken.bind(gitlab);
  gitlab.addPersonalToken = (...words) => {
    const token = addPersonalToken(...words);
    personal(token);
    return token;
  };
  return known;
}

/** The forms in which a secret may stand somewhere, each with its name: as it is, in an address, in base64. */
export function formsOf({ username, secret }: Pick<Known, 'username' | 'secret'>): Map<string, string> {
  const forms = new Map<string, string>();
  const add = (name: string, text: string) => forms.set(text, forms.get(text) ?? name);
  add('plain', secret);
  add('in an address', encodeURIComponent(secret));
  add('in an address', new URLSearchParams({ '': secret }).toString().slice(1));
  add('escaped', JSON.stringify(secret).slice(1, -1));
  add('as a login', Buffer.from(`${username}:${secret}`).toString('base64').replace(/=+$/, ''));
  for (const encoding of ['base64', 'base64url'] as const) {
    // Wherever it stands in what is encoded: its first and last characters then depend on its neighbours.
    for (const before of [0, 1, 2]) {
      const whole = Buffer.from('x'.repeat(before) + secret)
        .toString(encoding)
        .replace(/=+$/, '');
      const skipped = before === 0 ? 0 : before + 1;
      const cut = (before + secret.length) % 3 === 0 ? whole.length : whole.length - 1;
      add('in base64', whole.slice(skipped, cut));
    }
  }
  return forms;
}

/** What of the secrets stands in those files and folders, without saying the secrets. */
export async function leaksIn(paths: readonly string[], known: readonly Known[]): Promise<string[]> {
  const sought = new Map<string, string>();
  for (const one of known) for (const [text, form] of formsOf(one)) sought.set(text, `${one.name}, ${form}`);
  const dir = await mkdtemp(join(tmpdir(), 'registrar-sought-'));
  try {
    const patterns = join(dir, 'patterns');
    await writeFile(patterns, [...sought.keys()].join('\n'), { mode: 0o600 });
    const found = await grep(['-rFao', '-f', patterns, '--', ...paths]);
    const leaks = found.map((line) => {
      const at = line.lastIndexOf(':');
      return `${sought.get(line.slice(at + 1)) ?? 'a secret'} in ${line.slice(0, at)}`;
    });
    return [...new Set(leaks)];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** `file:match` a line. Errors: when it could not look. */
async function grep(args: readonly string[]): Promise<string[]> {
  const child = spawn('grep', args, { env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 && code !== 1) throw new Error(`grep ended with ${code}: ${Buffer.concat(err)}`);
  return Buffer.concat(out).toString().split('\n').filter(Boolean);
}

/** Everything that Redis holds, as text in a file: its append-only file may be compressed, and forgets. */
export async function dumpRedis(redis: Redis, file: string): Promise<void> {
  const lines: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1_000);
    cursor = next;
    for (const key of keys) lines.push(`${key} ${JSON.stringify(await heldAt(redis, key))}`);
  } while (cursor !== '0');
  await writeFile(file, lines.join('\n'), { mode: 0o600 });
}

async function heldAt(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === 'string') return redis.get(key);
  if (type === 'hash') return redis.hgetall(key);
  if (type === 'list') return redis.lrange(key, 0, -1);
  if (type === 'set') return redis.smembers(key);
  if (type === 'zset') return redis.zrange(key, '0', '-1');
  if (type === 'stream') return redis.xrange(key, '-', '+');
  if (type === 'none') return null;
  throw new Error(`${key} is a ${type}, which nobody looks into`);
}
