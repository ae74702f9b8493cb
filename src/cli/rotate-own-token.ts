import { setTimeout as pause } from 'node:timers/promises';
import { answer, footer } from '../chat/answer.js';
import { type ConfigSource, openConfig } from '../config/source.js';
import { EdgeError } from '../errors.js';
import { type GitLab, openGitLab } from '../gitlab/client.js';
import type { OwnToken, User } from '../gitlab/schema.js';
import { createHttp } from '../http.js';
import { chooseInstance } from '../instance.js';
import { OwnJournalFile } from '../own-token/journal.js';
import { type OwnContext, rotateOwnToken } from '../own-token/rotate.js';
import { type Obstacle, stepsAnswer } from '../own-token/steps.js';
import { openTokenFile } from '../own-token/token-file.js';
import { openSeal } from '../secrets/sealing-key.js';
import { printAnswer } from './print.js';

/** So long a job may go on with the token that it began with. Milliseconds. */
const JOBS_MS = 60_000;

/**
 * `registrar rotate-own-token [INSTANCE] [--yes]`: replaces the token that Registrar itself uses. Without `--yes` it
 * says what it would do. Exits 1 where a person has to do it, and says how.
 */
export async function rotateOwnTokenCommand(
  configPath: string,
  name: string | undefined,
  { yes = false, jobsMs = JOBS_MS }: { yes?: boolean; jobsMs?: number },
): Promise<number> {
  const config = openConfig(configPath);
  const { gitlab, ca, name: instance } = chooseInstance(config.current(), name);
  const http = createHttp(ca);
  const journal = new OwnJournalFile(config.current().dataDir, instance);
  const open = (token: string) => openGitLab(gitlab.url, token, http);
  const steps = ({ own, user }: Found, obstacle: Obstacle) => {
    printAnswer(stepsAnswer(instance, gitlab.url, user, own, gitlab.token, obstacle));
    return 1;
  };
  const look = () => lookAt(config.secret(gitlab.token), open);
  const unlock = journal.lock();
  try {
    const goesOn = journal.load() !== undefined;
    const found = goesOn ? undefined : await look();
    const obstacle = found === undefined ? undefined : await obstacleOf(found, gitlab, open, config);
    if (found !== undefined && obstacle !== undefined) return steps(found, obstacle);
    const file = await openTokenFile(gitlab.token.slice('file:'.length));
    if (!yes) {
      printAnswer(found === undefined ? halfDone(instance) : planned(instance, found, file.path));
      return 0;
    }
    const context: OwnContext = {
      ...{ instance, gitlab: open, file, journal, seal: openSeal(config), now: Date.now },
      configured: () => configuredAnew(configPath, instance),
      letJobsEnd: () => pause(jobsMs),
      progress: (words) => void process.stdout.write(`${words}\n`),
    };
    const became = await rotateOwnToken(context, async () => found ?? (await look()));
    if (became.is === 'refused') return steps(found ?? (await look()), { is: 'no-administrator', refused: became.why });
    printAnswer(
      answer('pass', `${instance}: token ${became.freshId} is in use, and ${became.oldId} is revoked and seen refused`),
    );
    return 0;
  } finally {
    unlock();
    await http.close();
  }
}

interface Found {
  own: OwnToken;
  user: User;
}

/** Errors: `gitlab-refused` when the token is dead already. */
async function lookAt(token: string, open: (token: string) => GitLab): Promise<Found> {
  const gitlab = open(token);
  // Asked as itself first: that says in which way it is refused.
  await gitlab.ownToken();
  const [own, user] = await Promise.all([gitlab.whose(token), gitlab.ownUser()]);
  if (own !== undefined) return { own, user };
  throw new EdgeError({
    part: 'gitlab',
    code: 'gitlab-refused',
    forPerson: {
      what: 'GitLab refuses Registrar’s access token',
      next: 'make a new token with scope api and put it where gitlab.token of the configuration points',
    },
  });
}

/** `undefined`: nothing stands in the way. */
async function obstacleOf(
  { user }: Found,
  { url, token }: ReturnType<typeof chooseInstance>['gitlab'],
  open: (token: string) => GitLab,
  config: ConfigSource,
): Promise<Obstacle | undefined> {
  // Source: https://docs.gitlab.com/user/project/settings/project_access_tokens/: the names of their bots.
  const [, of, id] = /^(project|group)_(\d+)_bot(?:_|$)/.exec(user.username) ?? [];
  if (of === 'project') {
    const project = await open(config.secret(token)).project(String(id));
    const place = project === undefined ? `projects/${id}` : project.path_with_namespace;
    return { is: 'bot', of, page: `${url}/${place}/-/settings/access_tokens` };
  }
  if (of === 'group') {
    const { full_path } = await open(config.secret(token)).group(Number(id));
    return { is: 'bot', of, page: `${url}/groups/${full_path}/-/settings/access_tokens` };
  }
  if (token.startsWith('env:')) return { is: 'environment' };
  return user.is_admin === true ? undefined : { is: 'no-administrator' };
}

/** A file that was changed a moment ago is read, not remembered. */
function configuredAnew(configPath: string, instance: string): string {
  const config = openConfig(configPath);
  return config.secret(chooseInstance(config.current(), instance).gitlab.token);
}

function planned(instance: string, { own: { id, name, scopes, expires_at }, user }: Found, path: string) {
  return answer(
    'info',
    `${instance}: token ${id} would be replaced`,
    {
      kind: 'facts',
      facts: [
        { label: 'token', text: `“${name}” of ${user.username}: ${scopes.join(', ')}` },
        { label: 'expires', text: expires_at ?? 'never' },
        { label: 'file', text: path },
        {
          label: 'order',
          text: 'a second token is made and proven, put into the file, and used; only then is this one revoked',
        },
        { label: 'mind', text: 'a copy of the file on another machine does not change with it' },
      ],
    },
    footer('Nothing has been changed. registrar rotate-own-token --yes does it.'),
  );
}

function halfDone(instance: string) {
  return answer(
    'warn',
    `${instance}: a rotation of Registrar’s own token was interrupted`,
    footer('registrar rotate-own-token --yes goes on with it.'),
  );
}
