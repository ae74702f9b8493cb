import { secretAnswer } from './secret-answer.js';
import type { Setting } from './setting.js';
import { trusted } from './trust.js';
import { untilRight, WrongAnswer } from './until-right.js';
import { urlOf } from './url.js';
import type { GitLabTry } from './world.js';

const DAY_MS = 86_400_000;

/** GitLab's address, and the authority of its certificate where nobody knows it. */
export function askGitLab(setting: Setting): Promise<GitLabTry> {
  const { asker, world, given } = setting;
  return untilRight(
    asker,
    {
      option: '--gitlab-url',
      ask: 'GitLab’s URL',
      why: 'external_url of gitlab.rb, as you open it in a browser.',
      fallback: 'https://gitlab.example.com',
    },
    given.gitlabUrl,
    async (answer) => {
      const url = urlOf(answer);
      const at = { url, ca: await trusted(setting, new URL(url), undefined) };
      await world.gitlab(at);
      asker.say(`✔ a GitLab answers at ${url}`);
      return at;
    },
  );
}

/** Registrar's own token. */
export function askToken(setting: Setting, at: GitLabTry) {
  const { asker, world, given } = setting;
  const { tokenFile, tokenEnv } = given;
  return secretAnswer(
    setting,
    {
      option: '--token-file or --token-env',
      ask: 'Access token (not shown; or env:NAME, or file:PATH)',
      why: `By it Registrar asks GitLab: scope api, of a user of its own. ${at.url}/-/user_settings/personal_access_tokens`,
    },
    'gitlab-token',
    tokenFile === undefined ? tokenEnv && `env:${tokenEnv}` : `file:${tokenFile}`,
    async (token) => {
      const { username, scopes, expiresAt } = await world.token(at, token);
      if (!scopes.includes('api'))
        throw new WrongAnswer(`it has ${scopes.join(', ') || 'no scope'}, and rotation needs the scope api`);
      asker.say(`✔ the token of ${username}: ${scopes.join(', ')}; ${left(expiresAt, setting.now())}`);
      return username;
    },
  );
}

/** GitLab refuses a token from 00:00 UTC of its date. */
function left(expiresAt: string | undefined, now: number): string {
  if (expiresAt === undefined) return 'it does not expire';
  const days = Math.floor((Date.parse(expiresAt) - now) / DAY_MS);
  return Number.isNaN(days) ? `it expires ${expiresAt}` : `${days} days left`;
}
