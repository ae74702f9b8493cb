import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { EdgeError } from '../errors.js';
import { type Asker, GivenUp, plain } from '../init/asker.js';
import { atTerminal } from '../init/at-terminal.js';
import { configText } from '../init/config-text.js';
import { fromLines } from '../init/from-lines.js';
import type { Given } from '../init/given.js';
import { interview } from '../init/interview.js';
import { notOverwritten, putInPlace } from '../init/put-in-place.js';
import type { Setting } from '../init/setting.js';
import { openWorld, type World } from '../init/world.js';
import { resolveSecret, type SecretReference } from '../secrets/reference.js';

export interface InitOptions extends Given {
  output?: string;
}

/** What the command runs in; a test has its own. */
export interface InitPlace {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  world?: World;
}

/** `registrar init`: asks, tries each answer, and writes registrar.yaml. Exits 0 when it was written, else 1. */
export async function initCommand(
  configPath: string,
  { output, ...given }: InitOptions,
  place: InitPlace = { input: process.stdin, output: process.stdout, cwd: process.cwd(), env: process.env },
): Promise<number> {
  const { env, cwd } = place;
  const path = resolve(cwd, output ?? configPath);
  const isPerson = place.input.isTTY === true && place.output.isTTY === true;
  const asker = plain((isPerson ? atTerminal : fromLines)(place.input, place.output));
  try {
    // A link to nowhere is there, too.
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw notOverwritten(path);
    const secret = (reference: SecretReference) => resolveSecret(reference, env);
    const setting: Setting = {
      ...{ asker, given, cwd, secret, folder: dirname(path), now: Date.now, typed: [] },
      world: place.world ?? openWorld(secret),
      home: homedir(),
      osUser: userInfo().username,
      agent: (env.SSH_AUTH_SOCK ?? '') !== '',
      read,
    };
    const { answers, chat } = await interview(setting);
    await unbroken(() => putInPlace(path, configText(answers), setting.typed));
    asker.say(
      written(
        path,
        cwd,
        setting.typed.map((one) => one.path),
        chat,
      ),
    );
    return 0;
  } catch (error) {
    return told(error, asker);
  } finally {
    asker.close();
  }
}

function told(error: unknown, asker: Asker): number {
  if (error instanceof GivenUp) asker.say(`\n✘ given up, nothing was written: ${error.message}`);
  else if (error instanceof EdgeError) {
    const { what, why, next } = error.forPerson;
    asker.say(`✘ ${what}${why === undefined ? '' : `: ${why}`}\n→ ${next}`);
  } else if (error instanceof Error && 'code' in error && 'syscall' in error)
    asker.say(`✘ nothing was written: ${error.message}`);
  else throw error;
  return 1;
}

function read(path: string): string | undefined {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Ctrl-C waits for the moment that it takes to write: half of it would be worse than either. */
async function unbroken(work: () => Promise<void>): Promise<void> {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    await work();
  } finally {
    process.off('SIGINT', ignore);
  }
}

function written(path: string, cwd: string, secrets: readonly string[], chat: string): string {
  const named = relative(cwd, path) === 'registrar.yaml' ? '' : ` --config ${quoted(path)}`;
  return [
    '',
    `✔ ${path} is written${secrets.length === 0 ? '' : `, and ${secrets.join(', ')} for its owner alone`}.`,
    ...(chat === 'mattermost'
      ? ['  Mattermost is not in it yet: registrar install mattermost, or docs/mattermost.md by hand.']
      : []),
    '',
    'Next:',
    `  npx registrar${named} config check   # tries all of it`,
    `  npx registrar${named} all            # runs it`,
  ].join('\n');
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
