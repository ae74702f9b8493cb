import { type Answer, answer, code, text } from '../chat/answer.js';
import type { OwnToken, User } from '../gitlab/schema.js';
import type { SecretReference } from '../secrets/reference.js';

/** What keeps Registrar from rotating its own token by itself. */
export type Obstacle =
  /** The variable is the process's, and nobody can change it from outside. */
  | { is: 'environment' }
  /** GitLab lets no such token make another one. */
  | { is: 'bot'; of: 'project' | 'group'; page: string }
  /** `refused`: GitLab's own words. */
  | { is: 'no-administrator'; refused?: string };

/** What a person does instead, step by step. Pure. */
export function stepsAnswer(
  instance: string,
  gitlabUrl: string,
  { username }: User,
  { id, name, scopes, expires_at }: OwnToken,
  reference: SecretReference,
  obstacle: Obstacle,
): Answer {
  const page = obstacle.is === 'bot' ? obstacle.page : `${gitlabUrl}/-/user_settings/personal_access_tokens`;
  const who =
    obstacle.is === 'bot' ? `as a ${obstacle.of === 'project' ? 'maintainer' : 'owner'} there` : `as ${username}`;
  const path = reference.slice('file:'.length);
  const put = reference.startsWith('file:')
    ? `(umask 077; cat > '${path}.new') && mv '${path}.new' '${path}'    # paste it, Enter, Ctrl-D; as the user that runs Registrar`
    : `put it into ${reference.slice('env:'.length)} where Registrar's environment is made, and restart every app and worker`;
  return answer(
    'warn',
    `${instance}: the token ${id} can’t be rotated by Registrar itself`,
    text(`${WHY[obstacle.is](obstacle as never)} Nothing was changed.`),
    code(
      [
        `1. ${page}, signed in ${who}: a second token,`,
        `   name ${name}, scopes ${scopes.join(', ')}${obstacle.is === 'bot' ? ', the role of the old one' : ''}, ${expires_at == null ? 'without an end' : 'a later end'}`,
        `2. ${put}`,
        '3. registrar config check',
        `4. on the page of step 1, when that works: revoke ${name} (number ${id}), and never GitLab's own rotation of it, which kills the old one at once`,
      ].join('\n'),
    ),
  );
}

const WHY: { [K in Obstacle['is']]: (obstacle: Extract<Obstacle, { is: K }>) => string } = {
  environment: () => 'It stands in an environment variable, which no running process takes anew.',
  bot: ({ of }) => `It is a token of a ${of}, and GitLab lets none of those make another one.`,
  'no-administrator': ({ refused }) =>
    refused === undefined
      ? 'Only an administrator may make a token by the API, and its user is none.'
      : `GitLab does not let it make another one (${refused}); with Admin Mode it takes the scope admin_mode.`,
};
