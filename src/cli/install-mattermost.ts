import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { COMMANDS } from '../../commands/index.js';
import { answer, footer, text } from '../chat/answer.js';
import { openApi } from '../chat/mattermost/api.js';
import { doneAnswer, leftAnswer, pieceAnswer, planAnswer, wayAnswer } from '../chat/mattermost/install/answers.js';
import { carryOut } from '../chat/mattermost/install/carry-out.js';
import { openSecretFiles } from '../chat/mattermost/install/files.js';
import type { Found } from '../chat/mattermost/install/found.js';
import { look, type Site } from '../chat/mattermost/install/look.js';
import { configPiece } from '../chat/mattermost/install/piece.js';
import { type Item, plan, stepsOf } from '../chat/mattermost/install/plan.js';
import { type Refusal, refusalOf } from '../chat/mattermost/install/refusal.js';
import { commandFields, type Wanted } from '../chat/mattermost/install/wanted.js';
import { tryWayBack } from '../chat/mattermost/install/way-back.js';
import { HttpUrl } from '../config/fields.js';
import { EdgeError, messageOf } from '../errors.js';
import { type AskYes, askingHere } from './ask-yes.js';
import { printAnswer } from './print.js';

export interface InstallMattermostOptions {
  url: string;
  team: readonly string[];
  callbackUrl: string;
  username: string;
  ca?: string;
  yes?: boolean;
}

export const ADMIN_TOKEN = 'MATTERMOST_ADMIN_TOKEN';

/**
 * `registrar install mattermost`: shows what it would do, and does it with `--yes` or a typed yes. Exits 0 when all is
 * done or was there, 1 when something could not be done, 2 when the arguments are wrong.
 */
export async function installMattermostCommand(
  configPath: string,
  options: InstallMattermostOptions,
  ask: AskYes | undefined = askingHere(),
): Promise<number> {
  const { ca } = options;
  const wrong = wrongOption(options);
  if (wrong !== undefined) {
    process.stderr.write(`registrar: ${wrong}\n`);
    return 2;
  }
  const [url, callbackUrl] = [HttpUrl.parse(options.url), HttpUrl.parse(options.callbackUrl)];
  const base = dirname(resolve(configPath));
  const teams = [...new Set(options.team)];
  const wanted: Wanted = {
    ...{ username: options.username, teams },
    command: commandFields(
      callbackUrl,
      COMMANDS.map(({ name }) => name),
    ),
  };
  const api = openApi(url, adminToken(), ca);
  const site: Site = { url, api, files: openSecretFiles(base), ...(ca === undefined ? {} : { ca }) };
  const piece = configPiece({ url, callbackUrl, teams, ...(ca === undefined ? {} : { ca: below(base, ca) }) });
  try {
    return await install({ configPath, site, wanted, callbackUrl, piece, yes: options.yes === true, ask });
  } catch (error) {
    const { what, why, next } = forPerson(error, url);
    printAnswer(answer('fail', what, ...(why === undefined ? [] : [text(why)]), footer(`→ ${next}`)));
    return 1;
  } finally {
    await api.close();
  }
}

interface Order {
  configPath: string;
  site: Site;
  wanted: Wanted;
  callbackUrl: string;
  piece: string;
  yes: boolean;
  ask: AskYes | undefined;
}

async function install({ configPath, site, wanted, callbackUrl, piece, yes, ask }: Order): Promise<number> {
  const { url } = site;
  const found = await look(site, wanted);
  const items = plan(found, wanted, url);
  printAnswer(planAnswer(url, items));
  const isAllThere = stepsOf(items).length === 0;
  const showPiece = () => printAnswer(pieceAnswer(configPath, piece));
  if (!yes && (isAllThere || ask === undefined || !(await ask('Do it?')))) {
    if (isAllThere && !isBlocked(items)) showPiece();
    process.stdout.write(
      isAllThere
        ? 'With --yes the way from the server to Registrar is tried, too.\n'
        : 'Nothing has been changed. With --yes it is done.\n',
    );
    return isBlocked(items) ? 1 : 0;
  }
  let became = found;
  let isDone = true;
  if (!isAllThere) {
    const outcomes = await carryOut(site, items, found, wanted);
    printAnswer(doneAnswer(url, outcomes));
    isDone = outcomes.every(({ is }) => is === 'done');
    became = await look(site, wanted);
  }
  const left = plan(became, wanted, url).filter(({ is }) => is === 'obstacle' || is === 'step');
  // Of what failed it has just been said why.
  if (left.length > 0 && isDone && !isAllThere) printAnswer(leftAnswer(left));
  const isOpen = await wayIsOpen(site, became, callbackUrl);
  if (left.length === 0) showPiece();
  return isDone && left.length === 0 && isOpen ? 0 : 1;
}

/** The way is the same for each team: one is enough. */
async function wayIsOpen({ api }: Site, { admin, bot, teams }: Found, callbackUrl: string): Promise<boolean> {
  const team = teams.find(({ command }) => command?.isTokenOurs === true)?.id;
  if (bot.is !== 'bot' || team === undefined) return true;
  const way = await tryWayBack(api, { admin: admin.id, bot: bot.id, team, callbackUrl });
  printAnswer(wayAnswer(way));
  return way.is !== 'shut';
}

function isBlocked(items: readonly Item[]): boolean {
  return items.some(({ is }) => is === 'obstacle');
}

function adminToken(): string {
  return (process.env[ADMIN_TOKEN] ?? '').trim();
}

/** What is wrong with the arguments, and what would be right. */
function wrongOption({ url, callbackUrl, username, team, ca }: InstallMattermostOptions): string | undefined {
  if (adminToken() === '')
    return `${ADMIN_TOKEN} is not set: it takes the token of a system administrator, from the environment only\n→ read -rs ${ADMIN_TOKEN} && export ${ADMIN_TOKEN}`;
  for (const [option, value] of [
    ['--url', url],
    ['--callback-url', callbackUrl],
  ] as const)
    if (!HttpUrl.safeParse(value).success)
      return `${option} takes a URL with its scheme and without user or password, such as https://chat.example.com`;
  if (!/^[a-z][a-z0-9._-]{2,21}$/.test(username))
    return '--username takes 3 to 22 of a–z, 0–9, dot, dash and underscore, a letter first';
  const odd = team.find((name) => !/^[a-z0-9][a-z0-9-]*$/.test(name));
  if (odd !== undefined) return `--team takes a team’s name as in its address, such as acme, and not ${odd}`;
  try {
    if (ca !== undefined) readFileSync(ca);
  } catch (error) {
    return `--ca can’t be read: ${messageOf(error)}`;
  }
  return undefined;
}

/** As registrar.yaml would name it: paths in it are relative to it. */
function below(base: string, path: string): string {
  const way = relative(base, resolve(path));
  return way.startsWith('..') ? resolve(path) : way;
}

function forPerson(error: unknown, url: string): { what: string; why?: string | undefined } & Pick<Refusal, 'next'> {
  if (error instanceof EdgeError) return error.forPerson;
  return { what: `${url} can’t be set up`, ...refusalOf(error) };
}
