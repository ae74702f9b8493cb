import { z } from 'zod';
import { EdgeError } from '../../../errors.js';
import { Id } from '../api.js';
import type { Found } from './found.js';
import type { Site } from './look.js';
import { type Item, type Step, stepsOf } from './plan.js';
import { type Refusal, refusalOf } from './refusal.js';
import { BOT_TOKEN_FILE, commandTokenFile, type Wanted } from './wanted.js';

/** What came of one step. */
export type Outcome = { name: string; text: string } & ({ is: 'done' } | ({ is: 'failed' } & Refusal));

const Token = z.string().regex(/^[a-z0-9]{26}$/);

/** Does the plan's steps in their order. What fails is told, and stops only what needs it. */
export async function carryOut(site: Site, items: readonly Item[], found: Found, wanted: Wanted): Promise<Outcome[]> {
  let bot = found.bot.is === 'bot' ? found.bot.id : undefined;
  const outcomes: Outcome[] = [];
  for (const { name, text, step } of stepsOf(items)) {
    if (needsBot(step) && bot === undefined) continue;
    try {
      bot = (await doStep(site, step, bot ?? '', wanted)) ?? bot;
      outcomes.push({ name, text, is: 'done' });
    } catch (error) {
      outcomes.push({ name, text, is: 'failed', ...(error instanceof EdgeError ? ofFile(error) : refusalOf(error)) });
    }
  }
  return outcomes;
}

function needsBot({ does }: Step): boolean {
  return does === 'make-token' || does === 'add-to-team';
}

/** The bot's id where the step has made it. */
async function doStep(site: Site, step: Step, bot: string, wanted: Wanted): Promise<string | undefined> {
  const { api } = site;
  switch (step.does) {
    case 'make-bot': {
      const { user_id } = await api.call(z.object({ user_id: Id }), 'POST', '/bots', {
        username: wanted.username,
        display_name: 'Registrar',
        description: 'Looks after GitLab’s container registry',
      });
      return user_id;
    }
    case 'enable-bot':
      await api.call(z.unknown(), 'POST', `/bots/${step.id}/enable`);
      return undefined;
    case 'make-token':
      await makeToken(site, bot);
      return undefined;
    case 'add-to-team':
      await api.call(z.unknown(), 'POST', `/teams/${step.team}/members`, { team_id: step.team, user_id: bot });
      return undefined;
    case 'make-command':
      await keepToken(site, commandTokenFile(step.name), () =>
        api.call(z.object({ token: Token }), 'POST', '/commands', { team_id: step.team, ...wanted.command }),
      );
      return undefined;
    case 'repair-command': {
      const { isTokenOurs: _, ...is } = step.command;
      await api.call(z.unknown(), 'PUT', `/commands/${is.id}`, { ...is, ...wanted.command });
      return undefined;
    }
    case 'renew-command-token':
      await keepToken(site, commandTokenFile(step.name), () =>
        api.call(z.object({ token: Token }), 'PUT', `/commands/${step.id}/regen_token`),
      );
      return undefined;
  }
}

async function keepToken({ files }: Site, file: string, make: () => Promise<{ token: string }>): Promise<void> {
  await files.mustBeWritable(file);
  await files.write(file, (await make()).token);
}

/** One that can't be kept is revoked: nobody would ever know it again. */
async function makeToken({ api, files }: Site, bot: string): Promise<void> {
  await files.mustBeWritable(BOT_TOKEN_FILE);
  const made = await api.call(z.object({ id: Id, token: Token }), 'POST', `/users/${bot}/tokens`, {
    description: 'Registrar',
  });
  try {
    await files.write(BOT_TOKEN_FILE, made.token);
  } catch (error) {
    await api.call(z.unknown(), 'POST', '/users/tokens/revoke', { token_id: made.id });
    throw error;
  }
}

function ofFile({ forPerson: { what, why, next } }: EdgeError): Refusal {
  return { why: why === undefined ? what : `${what}: ${why}`, next };
}
