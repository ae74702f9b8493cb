import Table from 'cli-table3';
import picocolors from 'picocolors';
import { applicationOf, tryApplication } from '../access/link/oauth.js';
import type { Instance } from '../config/schema.js';
import type { ConfigSource } from '../config/source.js';
import { openConfig } from '../config/source.js';
import { EdgeError, messageOf } from '../errors.js';
import { createHttp } from '../http.js';
import { type OpenInstance, openInstance } from '../instance.js';
import { producerConnection } from '../queue/connection.js';
import { attempt, failed, type Row } from './attempt.js';
import { tryMattermost } from './check-mattermost.js';
import { checkOutside } from './check-outside.js';
import { trySlack } from './check-slack.js';
import { openRedis } from './redis.js';
import { drawing } from './terminal-options.js';

/** Of what was found, and of what to do. Characters. */
const WIDTH = 56;

/** `registrar config check`: every fault of the file at once; then each connection is tried. Exits 1 when one fails. */
export async function configCheckCommand(configPath: string): Promise<number> {
  const config = openConfig(configPath);
  const { instances, chat } = config.current();
  const rows = (
    await Promise.all([
      tryRedis(config),
      ...instances.map((one) => tryInstance(one, config)),
      ...instances.filter(({ gitlab }) => gitlab.signIn !== undefined).map((one) => trySignIn(one, config)),
      ...(chat.slack === undefined ? [] : [trySlack(chat.slack, config)]),
      ...(chat.mattermost === undefined ? [] : [tryMattermost(chat.mattermost, config)]),
    ])
  ).flat();
  const colors = picocolors.createColors(drawing().color);
  const table = new Table({
    head: ['', 'part', 'found', 'do'],
    wordWrap: true,
    colWidths: [4, 22, WIDTH, WIDTH],
    style: { head: [], border: [] },
  });
  for (const { part, ok, found, next } of rows)
    table.push([ok ? colors.green('✔') : colors.red('✘'), part, found, next ?? '']);
  process.stdout.write(`${table.toString()}\n`);
  // A command that is wrapped can't be copied.
  for (const { part, next = '' } of rows) if (next.length > WIDTH) process.stdout.write(`${part}: ${next}\n`);
  const failed = rows.filter(({ ok }) => !ok).length;
  process.stdout.write(failed === 0 ? 'Everything works.\n' : `${failed} of ${rows.length} do not work.\n`);
  return failed === 0 ? 0 : 1;
}

async function tryInstance(config: Instance, source: ConfigSource): Promise<Row[]> {
  const name = config.name;
  let instance: OpenInstance;
  try {
    instance = openInstance(source, name);
  } catch (error) {
    return [failed(`${name}: secrets`, error)];
  }
  try {
    return await Promise.all([
      attempt(`${name}: GitLab`, async () => `GitLab ${await instance.gitlab.version()} at ${config.gitlab.url}`),
      attempt(`${name}: token`, async () => {
        const { scopes, expires_at } = await instance.gitlab.ownToken();
        const { username } = await instance.gitlab.ownUser();
        const found = `${username}: ${scopes.join(', ')}; ${expires_at == null ? 'does not expire' : `expires ${expires_at}`}`;
        if (!scopes.includes('api'))
          throw new EdgeError({
            part: 'gitlab',
            code: 'gitlab-forbidden',
            forPerson: { what: found, why: 'rotation needs the scope api', next: 'make a token with scope api' },
          });
        return found;
      }),
      attempt(`${name}: registry`, async () => {
        const { status, challenge, ms } = await instance.registry.ping();
        if (challenge === undefined)
          throw new EdgeError({
            part: 'registry',
            code: 'registry-protocol',
            forPerson: {
              what: `${config.registry.url}/v2/ answers ${status}, not as a registry`,
              next: 'registrar status',
            },
          });
        return `${config.registry.url} asks for tokens of ${challenge.realm} (${Math.round(ms)} ms)`;
      }),
      ...config.hosts.map((host) =>
        attempt(`${name}: ssh ${host.address}`, async () => {
          const { version, status } = await instance.probe(host);
          return `host key as pinned; ${status.length} services${version === undefined ? '' : `, GitLab ${version}`}`;
        }),
      ),
      ...checkOutside(instance, source),
    ]);
  } finally {
    await instance.close();
  }
}

function trySignIn(instance: Instance, source: ConfigSource): Promise<Row> {
  return attempt(`${instance.name}: sign-in`, async () => {
    const application = applicationOf(instance, source.current().http?.publicUrl ?? '', source.secret);
    if (application === undefined) return 'not configured';
    const http = createHttp(instance.ca);
    try {
      await tryApplication(application, http);
    } finally {
      await http.close();
    }
    return `GitLab knows the application; its redirect URI has to be ${application.redirectUri}`;
  });
}

function tryRedis(config: ConfigSource): Promise<Row> {
  return attempt('Redis', async () => {
    const redis = await openRedis(config);
    const connection = producerConnection(redis.url);
    connection.on('error', () => {});
    try {
      await new Promise<void>((resolve, reject) => {
        connection.once('ready', resolve);
        connection.once('error', reject);
      });
      const version = /redis_version:(\S+)/.exec(await connection.info('server'))?.[1] ?? '?';
      return `Redis ${version}${redis.embedded ? ', private, in the data folder' : ''}`;
    } catch (error) {
      throw new EdgeError({
        part: 'redis',
        code: 'redis-unreachable',
        forPerson: {
          what: messageOf(error),
          next: 'start Redis, or leave redis out of the configuration for a private one',
        },
      });
    } finally {
      connection.disconnect();
      await redis.stop();
    }
  });
}
