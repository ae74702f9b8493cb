import { utc } from '../chat/availability.js';
import type { Person } from '../chat/request.js';
import type { Config, Instance } from '../config/schema.js';
import type { ConfigSource } from '../config/source.js';
import type { GitLab } from '../gitlab/client.js';
import type { User } from '../gitlab/schema.js';
import { gitlabNameOf, refusal } from './authorize.js';
import type { LinkStore } from './link/store.js';

/**
 * Who people in chats are in GitLab: what the configuration says counts, an operator's word; else what they proved by
 * signing in there. Nothing that a chat says of them, such as a name or an e-mail address, is believed.
 */
export interface Identities {
  /**
   * The person's GitLab user.
   *
   * Errors: `not-allowed`: nobody knows the person, GitLab does not know the user, or it is not active.
   */
  identify(person: Person, instance: Instance, gitlab: Pick<GitLab, 'user' | 'userById'>): Promise<User>;
  /** The user's name, without asking GitLab, which may be down. Errors: `not-allowed`: nobody knows the person. */
  nameOf(person: Person, instance: Instance): Promise<string>;
}

export function openIdentities(config: Pick<ConfigSource, 'current'>, links: Pick<LinkStore, 'of'>): Identities {
  return {
    async identify(person, instance, gitlab) {
      const name = gitlabNameOf(person, config.current());
      if (name !== undefined) return configured(name, gitlab);
      const link = await links.of(person, instance);
      if (link === undefined) throw unknown(person, instance, config.current());
      // By its number: names change hands.
      const user = await gitlab.userById(link.userId);
      if (user === undefined)
        throw refusal(
          `GitLab has no user ${link.username} any more`,
          `you linked your ${person.platform} account with it on ${utc(link.at)}`,
          'type /registry link to be linked with the user that you are now',
        );
      return active(user);
    },
    async nameOf(person, instance) {
      const name = gitlabNameOf(person, config.current()) ?? (await links.of(person, instance))?.username;
      if (name === undefined) throw unknown(person, instance, config.current());
      return name;
    },
  };
}

async function configured(name: string, gitlab: Pick<GitLab, 'user'>): Promise<User> {
  const user = await gitlab.user(name);
  if (user === undefined)
    throw refusal(
      `GitLab has no user ${name}`,
      'access.people of the configuration says that this is you',
      'correct access.people in registrar.yaml',
    );
  return active(user);
}

function active(user: User): User {
  if (user.state !== undefined && user.state !== 'active')
    throw refusal(`The GitLab user ${user.username} is ${user.state}`, undefined, 'ask a GitLab administrator');
  return user;
}

function unknown({ platform, id }: Person, { name, gitlab }: Instance, { instances }: Config) {
  const asked = 'ask whoever runs Registrar to add you to access.people in registrar.yaml';
  const command = instances.length === 1 ? '/registry link' : `/registry link ${name}`;
  return refusal(
    'I don’t know which GitLab user you are',
    `your ${platform} id is ${id}; nobody in access.people of the configuration has it${gitlab.signIn === undefined ? '' : ', and it is not linked'}`,
    gitlab.signIn === undefined ? asked : `type ${command} and sign in at GitLab, or ${asked}`,
  );
}
