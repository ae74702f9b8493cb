import type { Identities } from '../../access/identities.js';
import type { Person } from '../../chat/request.js';
import type { Instance } from '../../config/schema.js';
import { EdgeError } from '../../errors.js';
import type { GitLab } from '../../gitlab/client.js';
import type { Rotator } from './bulk.js';

/**
 * Makes sure that a person may rotate many tokens of an instance at once.
 *
 * Errors: `not-allowed`, those of {@link Identities.identify} too.
 */
export async function requirePerson(
  person: Person,
  identities: Identities,
  instance: Instance,
  gitlab: GitLab,
): Promise<Rotator> {
  const { name, rotation } = instance;
  const { id, username } = await identities.identify(person, instance, gitlab);
  // GitLab takes a username in any case.
  if (rotation.people?.some((one) => one.toLowerCase() === username.toLowerCase())) return { id, username };
  throw refusal(
    `You may not rotate many tokens of ${name} at once`,
    rotation.people === undefined
      ? 'the configuration names nobody who may: rotation.people'
      : `rotation.people of the configuration does not name ${username}`,
    'ask whoever runs Registrar to name at least two people there; /registry rotate-token PATH rotates one token',
  );
}

/** Errors: `not-allowed` when it is the same GitLab user, from whichever chat. */
export function requireAnother(approver: Rotator, asker: Rotator): void {
  if (approver.id !== asker.id) return;
  throw refusal(
    'Who asked can’t approve it: that takes a second person',
    `${asker.username} asked for it`,
    'have another one of rotation.people press Approve',
  );
}

function refusal(what: string, why: string, next: string): EdgeError {
  return new EdgeError({ part: 'config', code: 'not-allowed', forPerson: { what, why, next } });
}
