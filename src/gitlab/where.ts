import type { Identities } from '../access/identities.js';
import type { Person } from '../chat/request.js';
import type { ConfigSource } from '../config/source.js';
import { EdgeError } from '../errors.js';
import type { SshPool } from '../host/pool.js';
import { type OpenInstance, withInstance } from '../instance.js';
import { findOwner } from './find-owner.js';

/**
 * The name of the instance in which a person has the project or group of that path; with one instance, that one.
 *
 * Errors: those of {@link findOwner} and {@link Identities} where no instance has it, what may pass by itself first;
 * `ambiguous` where several have.
 */
export async function instanceWith(
  path: string,
  person: Person,
  { config, hosts, identities }: { config: ConfigSource; hosts: SshPool; identities: Identities },
): Promise<string | undefined> {
  const { instances } = config.current();
  const [only, ...others] = instances;
  if (others.length === 0) return only?.name;
  const look = async ({ config: own, gitlab }: OpenInstance) => {
    await findOwner(path, await identities.identify(person, own, gitlab), gitlab);
    return own.name;
  };
  const seen = await Promise.all(
    instances.map(({ name }) =>
      withInstance(config, name, look, hosts).catch((error: unknown) => {
        if (error instanceof EdgeError) return error;
        throw error;
      }),
    ),
  );
  const [found, ...more] = seen.filter((one) => typeof one === 'string');
  if (found === undefined) {
    const errors = seen.filter((one) => one instanceof EdgeError);
    // Who is unknown in one GitLab may have it in another: what is missing says more than who is.
    throw (
      errors.find(({ retry }) => retry !== 'never') ?? errors.find(({ code }) => code !== 'not-allowed') ?? errors[0]
    );
  }
  if (more.length === 0) return found;
  throw new EdgeError({
    part: 'config',
    code: 'ambiguous',
    forPerson: {
      what: `${path} is in several GitLab instances`,
      why: `you have it in ${[found, ...more].join(', ')}`,
      next: 'ask whoever runs Registrar for one that looks after that instance alone',
    },
  });
}
