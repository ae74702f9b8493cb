import type { Host } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import type { HostAnswer } from './answers.js';
import { GivenUp } from './asker.js';
import { absolute, portable } from './paths.js';
import type { Setting } from './setting.js';
import { untilRight, WrongAnswer, wrong } from './until-right.js';

const NONE = 'none';
const AGENT = 'agent';

/** What was answered before, as it would be typed. */
type Former = Partial<Record<'address' | 'port' | 'user' | 'key', string>>;

/**
 * The GitLab host by SSH; `undefined`: not now. What does not work is asked anew from the beginning, with the former
 * answers as defaults: which of them is the wrong one, only the person can know.
 */
export async function askHost(setting: Setting, gitlabUrl: string): Promise<HostAnswer | undefined> {
  let now = setting;
  let former: Former = { address: new URL(gitlabUrl).hostname.replace(/^\[|\]$/g, '') };
  for (;;) {
    const to = await askWhere(now, former);
    if (to === undefined) return undefined;
    const key = await askKey(now, former.key);
    try {
      const hostKey = await confirmed(now, to);
      const way = key === undefined ? { agent: true as const } : { key: `file:${key}` as const };
      const { sudo } = await setting.world.login({ ...to, ...way, hostKey, sudo: false });
      setting.asker.say(`✔ logged in as ${to.user}${sudo ? ', with sudo' : ''}`);
      return { ...to, hostKey, sudo, ...(key === undefined ? {} : { key: `file:${portable(key, setting)}` }) };
    } catch (error) {
      if (error instanceof GivenUp) throw error;
      setting.asker.say(`✘ ${wrong(error)}`);
      if (error instanceof EdgeError) setting.asker.say(`→ ${error.forPerson.next}`);
      now = { ...setting, given: {} };
      former = { ...to, port: String(to.port), key: key ?? AGENT };
    }
  }
}

async function askWhere(
  { asker, given }: Setting,
  former: Former,
): Promise<Pick<Host, 'address' | 'port' | 'user'> | undefined> {
  const address = await untilRight(
    asker,
    {
      option: '--ssh-address',
      ask: `The GitLab host, by SSH (${NONE}: from outside only)`,
      why: 'Most of what breaks a registry is seen only there; Registrar reads and changes nothing: docs/host.md.',
      fallback: former.address,
    },
    given.sshAddress,
    addressOf,
  );
  if (address === NONE) return undefined;
  const port = await untilRight(
    asker,
    { option: '--ssh-port', ask: 'Port', why: 'Where sshd listens.', fallback: former.port ?? '22' },
    given.sshPort,
    portOf,
  );
  const user = await untilRight(
    asker,
    {
      option: '--ssh-user',
      ask: 'User',
      why: 'An account of its own, made by docs/host.md.',
      fallback: former.user ?? 'registrar',
    },
    given.sshUser,
    userOf,
  );
  return { address, port, user };
}

function addressOf(answer: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9.:_-]*$/.test(answer)) return answer;
  throw new WrongAnswer('a name or an address alone, without user and port');
}

function portOf(answer: string): number {
  const port = Number(answer);
  if (/^\d{1,5}$/.test(answer) && port >= 1 && port <= 65_535) return port;
  throw new WrongAnswer('a number from 1 to 65535');
}

function userOf(answer: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._@\\$-]*$/.test(answer)) return answer;
  throw new WrongAnswer('the name of an account');
}

/** The absolute path of the private key; `undefined`: the agent's. */
function askKey(setting: Setting, former: string | undefined): Promise<string | undefined> {
  const own = absolute('~/.ssh/id_ed25519', setting);
  const fallback = setting.read(own) === undefined && setting.agent ? AGENT : '~/.ssh/id_ed25519';
  return untilRight(
    setting.asker,
    {
      option: '--ssh-key',
      ask: `Private key (a path, or ${AGENT})`,
      why: 'A key that can do nothing but look is enough; one with a passphrase is left to the ssh-agent.',
      fallback: former ?? fallback,
    },
    setting.given.sshKey,
    (answer) => {
      if (answer === AGENT) {
        if (setting.agent) return undefined;
        throw new WrongAnswer('there is no ssh-agent: $SSH_AUTH_SOCK is not set');
      }
      const path = absolute(answer, setting);
      if (!setting.read(path)?.includes('PRIVATE KEY'))
        throw new WrongAnswer(`${path} is no private key that can be read`);
      return path;
    },
  );
}

/** The fingerprint, once somebody has compared it. An unknown key is never trusted, not even the first time. */
async function confirmed(
  { asker, world, given }: Setting,
  to: Pick<Host, 'address' | 'port' | 'user'>,
): Promise<string> {
  const offered = await world.hostKey(to);
  asker.say(`  ${to.address} offers the host key ${offered}`);
  const expected = given.sshHostKey?.replace(/=+$/, '');
  if (expected === offered) return offered;
  if (expected !== undefined)
    throw new WrongAnswer(`--ssh-host-key says ${expected}: the host was set up anew, or somebody stands in between`);
  const said = await asker.ask({
    option: '--ssh-host-key',
    ask: 'Is that its key? Type yes',
    why: 'Compare it on the host’s own console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
  });
  if (said === 'yes') return offered;
  throw new WrongAnswer('the host key is not confirmed, and nothing was sent');
}
