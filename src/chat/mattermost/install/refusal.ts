import { messageOf } from '../../../errors.js';
import { Refused } from '../errors.js';
import { MAY_HAVE_TOKENS, MAY_MAKE_BOTS, MAY_MAKE_COMMANDS } from './places.js';

/** Why the server, or the way to it, did not do what was asked; and what helps. */
export interface Refusal {
  why: string;
  next: string;
}

const KNOWN: Record<string, Refusal> = {
  'api.bot.create_disabled': {
    why: 'the server lets nobody make bot accounts',
    next: `switch on ${MAY_MAKE_BOTS}`,
  },
  'api.command.disabled.app_error': {
    why: 'the server has slash commands switched off',
    next: `switch on ${MAY_MAKE_COMMANDS}`,
  },
  'api.command.duplicate_trigger.app_error': {
    why: 'somebody else’s integration has the command',
    next: 'look at the team’s Integrations → Slash Commands',
  },
  'app.user.save.username_exists.app_error': {
    why: 'an account has that name',
    next: 'name another one: --username NAME',
  },
};

/** Pure. The ids tell errors apart: their messages are in the server's language. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Refused)) {
    const why = messageOf(error);
    return /certificate|self.signed/i.test(why)
      ? { why, next: 'name the authority that signed the server’s certificate: --ca FILE' }
      : { why, next: 'see that the server runs, and that this machine reaches it' };
  }
  const known = KNOWN[error.id ?? ''];
  if (known !== undefined) return known;
  const why = error.message;
  if (error.status === 401)
    return {
      why: `${why}: it does not know the token in MATTERMOST_ADMIN_TOKEN`,
      next: `as a system administrator: Profile → Security → Personal Access Tokens (${MAY_HAVE_TOKENS}), or the token of a session`,
    };
  if (error.status === 403)
    return {
      why: `${why}: MATTERMOST_ADMIN_TOKEN is of somebody who may not do that`,
      next: 'take the token of a system administrator',
    };
  // A page of a proxy or of another program has no id.
  if (error.id === undefined && error.status < 500)
    return {
      why: `${why}, and not as Mattermost does`,
      next: 'give the server’s SiteURL, with its path where it has one',
    };
  return { why, next: 'run this again; what has been done is seen, and not done twice' };
}
