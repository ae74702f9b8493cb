import type { Setting } from './setting.js';
import { untilRight, WrongAnswer } from './until-right.js';
import type { GitLabTry } from './world.js';

/** Who answers, as GitLab knows them. */
export function askWho(setting: Setting, at: GitLabTry, token: string): Promise<{ gitlab: string; terminal: string }> {
  const { asker, world, given, osUser } = setting;
  return untilRight(
    asker,
    {
      option: '--person',
      ask: 'Your GitLab username',
      why: 'What you may do here is what you may do in GitLab; others follow under access.people, or by /registry link.',
      fallback: osUser,
    },
    given.person,
    async (answer) => {
      const gitlab = await world.user(at, token, answer.replace(/^@/, ''));
      if (gitlab === undefined) throw new WrongAnswer('GitLab has no user of that name');
      asker.say(`✔ ${gitlab}, as ${osUser} in this terminal`);
      return { gitlab, terminal: osUser };
    },
  );
}
