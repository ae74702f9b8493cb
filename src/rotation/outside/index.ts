import type { Outside } from '../../config/rotation.js';
import type { Instance } from '../../config/schema.js';
import { command } from './command.js';
import type { DeclaredConsumer, Surroundings } from './consumer.js';
import { otherGitLab } from './gitlab-variable.js';
import { pullSecret } from './kubernetes.js';
import type { OutsideConsumer } from './outside.js';

/** A consumer of the configuration, and whose token it holds. */
export interface Declaration {
  /** Of the project or group that has the token. */
  path: string;
  /** The token's name; left out: every registry token there. */
  token?: string | undefined;
  consumer: DeclaredConsumer;
}

type Instances = Pick<Instance, 'registry' | 'rotation'>;

/**
 * Who holds that deploy token outside this GitLab, as the configuration declares it; in its order, each by a name of
 * its own. Nothing is opened before it is needed, so a secret that is missing fails the call and not this.
 */
export function outsideConsumers(
  instance: Instances,
  ownerPath: string,
  tokenName: string,
  secret: Surroundings['secret'],
): OutsideConsumer[] {
  return declaredConsumers(instance, secret)
    .filter(({ path, token }) => path.toLowerCase() === ownerPath.toLowerCase() && (token ?? tokenName) === tokenName)
    .map(({ consumer }) => consumer);
}

/** All that the configuration declares. */
export function declaredConsumers({ registry, rotation }: Instances, secret: Surroundings['secret']): Declaration[] {
  const surroundings = { registryHost: new URL(registry.url).host, secret };
  const taken = new Map<string, number>();
  return rotation.outside.map((declared) => {
    const consumer = open(declared, surroundings);
    const count = (taken.get(consumer.name) ?? 0) + 1;
    taken.set(consumer.name, count);
    const name = count === 1 ? consumer.name : `${consumer.name} (number ${count})`;
    return { path: declared.path, token: declared.token, consumer: { ...consumer, name } };
  });
}

/** One file per kind. */
function open({ kubernetes, gitlab, command: program }: Outside, surroundings: Surroundings): DeclaredConsumer {
  if (kubernetes !== undefined) return pullSecret(kubernetes, surroundings);
  if (gitlab !== undefined) return otherGitLab(gitlab, surroundings);
  if (program !== undefined) return command(program);
  throw new Error('a consumer of no kind: the schema lets none through');
}
