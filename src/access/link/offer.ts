import { type Answer, answer, footer, text } from '../../chat/answer.js';
import { utc } from '../../chat/availability.js';
import type { Person } from '../../chat/request.js';
import type { Config, Instance } from '../../config/schema.js';
import type { ConfigSource } from '../../config/source.js';
import { EdgeError, messageOf, RETRY_MS } from '../../errors.js';
import { gitlabNameOf } from '../authorize.js';
import { newSecret } from './secrets.js';
import { LINK_MS, type Link, type LinkStore } from './store.js';

/**
 * What people ask of their own links. The answers are for the asker alone, and are said at once: one that waited in a
 * queue would lie in Redis with the link in it.
 */
export interface Links {
  /**
   * A way to be linked, and who the person is so far. `called`: what the chat calls them.
   *
   * Errors: `not-found` when the instance is not clear, `not-allowed` where nobody can sign in, `redis-unreachable`.
   */
  offer(who: { person: Person; called?: string }, instance?: string): Promise<Answer>;
  /** Of every instance. Errors: `redis-unreachable`. */
  forget(person: Person): Promise<Answer>;
}

export function openLinks(config: ConfigSource, store: LinkStore): Links {
  return {
    async offer({ person, called }, name) {
      const current = config.current();
      const instance = signInInstance(current, name);
      const configured = gitlabNameOf(person, current);
      if (configured !== undefined) return settled(person, configured);
      const nonce = newSecret();
      const link = await reached(async () => {
        await store.offer(nonce, { person, instance: instance.name, ...(called === undefined ? {} : { called }) });
        return store.of(person, instance);
      });
      return offered(person, instance, link, `${current.http?.publicUrl}/link/${nonce}`);
    },
    async forget(person) {
      const names = config.current().instances.map((instance) => instance.name);
      const forgotten = await reached(() => Promise.all(names.map((name) => store.forget(person, { name }))));
      const [first, ...more] = names.filter((_, index) => forgotten[index]);
      return {
        ...(first === undefined
          ? answer('info', 'You were not linked with any GitLab user')
          : answer('pass', `You are no longer linked with a GitLab user (${[first, ...more].join(', ')})`)),
        quiet: true,
      };
    },
  };
}

/** The one of that name; without a name the only one at which people can sign in. */
function signInInstance({ instances }: Config, name: string | undefined): Instance {
  const able = instances.filter(({ gitlab }) => gitlab.signIn !== undefined);
  const [only, ...others] = able.filter((one) => name === undefined || one.name === name);
  if (only !== undefined && others.length === 0) return only;
  if (able.length === 0 || instances.some((one) => one.name === name))
    throw new EdgeError({
      part: 'config',
      code: 'not-allowed',
      forPerson: {
        what: 'Nobody can be linked by a sign-in here',
        why: `gitlab.signIn is not configured${name === undefined ? '' : ` for ${name}`}`,
        next: 'ask whoever runs Registrar to add it, or to add you to access.people, in registrar.yaml',
      },
    });
  throw new EdgeError({
    part: 'config',
    code: 'not-found',
    forPerson: {
      what: name === undefined ? 'There are several GitLab instances' : `There is no instance ${name}`,
      why: `people can sign in at ${able.map((one) => one.name).join(', ')}`,
      next: 'name one of them: /registry link INSTANCE',
    },
  });
}

function settled({ platform }: Person, username: string): Answer {
  return {
    ...answer(
      'info',
      `You are the GitLab user ${username}`,
      text(
        `access.people of the configuration says so of your ${platform} id. No link is needed, and none would count.`,
      ),
    ),
    quiet: true,
  };
}

function offered({ platform, id }: Person, { name, gitlab }: Instance, link: Link | undefined, url: string): Answer {
  const sofar =
    link === undefined
      ? `I don’t know yet which user of ${name} you are.`
      : `You are linked with the user ${link.username} of ${name} since ${utc(link.at)}. A new sign-in replaces that.`;
  return {
    ...answer(
      'info',
      `Sign in at GitLab, so that I know who you are`,
      text(`${sofar}\nThe page shows your ${platform} id, ${id}, and then asks you to sign in at ${gitlab.url}.`),
      { kind: 'link', label: 'Link me with my GitLab user', url },
      footer(
        `Only for you: pass it on to nobody. Good once, for ${LINK_MS / 60_000} minutes. /registry unlink ends a link.`,
      ),
    ),
    quiet: true,
  };
}

async function reached<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new EdgeError({
      part: 'redis',
      code: 'redis-unreachable',
      retry: { afterMs: RETRY_MS },
      cause: error,
      forPerson: {
        what: 'I can’t reach my memory (Redis), where links are kept',
        why: messageOf(error),
        next: 'ask again in a minute; whoever runs Registrar looks at: redis-cli -u $REDIS_URL ping',
      },
    });
  }
}
