import { conceivable, type Fit, likely, possible } from './cause.js';
import { changeOf } from './causes/token-stale-after-url-change.js';
import type { Facts } from './facts.js';
import { refusalOf } from './refusal.js';

/**
 * GitLab's "access forbidden": it knows the credentials, and they give no right on any image. A login can end so too
 * where no credentials arrived, or where an older GitLab no longer takes them: the words are the same.
 */
export function forbidden(facts: Facts, who: string): Fit {
  const { action, under, login, jobToken, project, name, given } = refusalOf(facts);
  if (changeOf(facts) !== undefined || facts.aside?.compared !== undefined)
    return possible('the token may lack the scopes');
  if (action === 'push' && under === false) return possible(`${name?.path} is not under ${project}`);
  if (action === 'pull' && jobToken && under !== true) return possible("the job's token has no right there");
  if (login === 'none' && !given) return conceivable('credentials may have come from outside the job');
  // BuildKit and containerd ask for an "anonymous token" where they have nothing to send.
  const sent = action === 'push' || /oauth token/.test(facts.failure);
  if (!sent && (action === 'login' || login === 'unknown' || login === 'none'))
    return possible(`GitLab gives ${who} no right on the registry`);
  return likely(`GitLab knows ${who} and gives no right on the registry`);
}
