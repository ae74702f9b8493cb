import type { Identities } from '../access/identities.js';
import type { Person } from '../chat/request.js';
import { type Host, type Instance, registryHost } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import type { User } from '../gitlab/schema.js';
import type { Operator } from './journal.js';
import type { OperationKind } from './operation.js';

export function isAllowed({ operations }: Instance, kind: OperationKind): boolean {
  return operations?.allow.includes(kind) === true;
}

/**
 * Makes sure that a person may operate an instance; the one who asked, too, where `asker` is given.
 *
 * Errors: `not-allowed`, those of {@link Identities} too.
 */
export async function requireOperator(
  person: Person,
  identities: Identities,
  instance: Instance,
  gitlab: GitLab,
  asker?: Operator,
): Promise<Operator> {
  const { id, username } = await identities.identify(person, instance, gitlab);
  if (id === asker?.id || isOperator(username, instance)) return { id, username };
  throw refusal(
    `You may not operate ${instance.name}`,
    `operations.people of the configuration does not name ${username}`,
    `ask one of those whom it names, or whoever runs Registrar to add ${username}`,
  );
}

/** Who may read all that was attempted on an instance. Errors: `not-allowed`. */
export function requireReader({ username, is_admin }: User, instance: Instance): void {
  if (is_admin === true || isOperator(username, instance)) return;
  throw refusal(
    `You may not read the whole audit trail of ${instance.name}`,
    `operations.people of the configuration does not name ${username}, who is no administrator of GitLab either`,
    'name a project or a group that you maintain: /registry audit GROUP/PROJECT',
  );
}

/** GitLab takes a username in any case. */
export function isOperator(username: string, { operations }: Instance): boolean {
  return operations?.people.some((name) => name.toLowerCase() === username.toLowerCase()) === true;
}

/** Errors: `not-allowed` when it is the same GitLab user, from whichever chat. */
export function requireAnother(confirmer: Operator, asker: Operator): void {
  if (confirmer.id !== asker.id) return;
  throw refusal(
    'Who asked can’t confirm it: that takes a second person',
    `${asker.username} asked for it`,
    'have another one of operations.people press Confirm within 10 minutes of the request',
  );
}

/** Where the commands run. Errors: `not-found` when the configuration names no such host. */
export function requireHost({ name, hosts }: Instance): Host {
  const host = registryHost(hosts);
  if (host !== undefined) return host;
  throw new EdgeError({
    part: 'config',
    code: 'not-found',
    forPerson: {
      what: `The instance ${name} has no host to run a command on`,
      why: 'its list of hosts in the configuration is empty',
      next: 'name the registry’s host in registrar.yaml: docs/host.md tells how',
    },
  });
}

function refusal(what: string, why: string, next: string): EdgeError {
  return new EdgeError({ part: 'config', code: 'not-allowed', forPerson: { what, why, next } });
}
