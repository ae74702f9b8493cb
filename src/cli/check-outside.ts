import type { ConfigSource } from '../config/source.js';
import { EdgeError } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import type { DeployToken } from '../gitlab/schema.js';
import type { OpenInstance } from '../instance.js';
import { type Declaration, declaredConsumers } from '../rotation/outside/index.js';
import { registryTokens } from '../rotation/plan/token.js';
import { attempt, type Row } from './attempt.js';

/** Whoever holds a token outside GitLab: can it be kept up, and is there such a token? Nothing is changed. */
export function checkOutside({ config, gitlab }: OpenInstance, source: ConfigSource): Promise<Row>[] {
  return declaredConsumers(config, source.secret).map(({ path, token, consumer }) =>
    attempt(`${config.name}: outside`, async () => {
      const found = await consumer.check();
      await mustBeThere({ path, token }, gitlab);
      return `${consumer.name}: ${found}`;
    }),
  );
}

/** A token whose name is misspelt would be rotated without its consumer. Errors: `not-found`. */
async function mustBeThere({ path, token }: Pick<Declaration, 'path' | 'token'>, gitlab: GitLab): Promise<void> {
  const tokens = await tokensOf(path, gitlab);
  if (tokens === undefined) throw notFound(`GitLab has no project or group ${path}, or hides it`, 'path');
  const names = registryTokens(tokens).map(({ name }) => name);
  if (token === undefined || names.includes(token)) return;
  const has = names.length === 0 ? 'none' : names.join(', ');
  throw notFound(`${path} has no registry deploy token “${token}”; it has ${has}`, 'token');
}

async function tokensOf(path: string, gitlab: GitLab): Promise<DeployToken[] | undefined> {
  const project = await gitlab.project(path);
  if (project !== undefined) return gitlab.deployTokens({ kind: 'project', id: project.id, path });
  try {
    const group = await gitlab.group(path);
    return await gitlab.deployTokens({ kind: 'group', id: group.id, path });
  } catch (error) {
    if (error instanceof EdgeError && error.code === 'gitlab-not-found') return undefined;
    throw error;
  }
}

function notFound(what: string, key: string): EdgeError {
  return new EdgeError({
    part: 'config',
    code: 'not-found',
    forPerson: { what, next: `mend ${key} in rotation.outside of the configuration` },
  });
}
