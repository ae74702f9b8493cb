import type { Host } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import type { SshPool } from './pool.js';
import { boundaryOf } from './snapshot.js';
import { parseUsage, type SeenUsage, type Usage } from './usage.js';
import { usageScript } from './usage-script.js';

/** Reading the logs of a busy host takes its time. Milliseconds. */
const USAGE_MS = 60_000;

/**
 * Who uses the registry, by the logs of a host: one SSH round trip that only reads.
 *
 * Errors: those of {@link SshPool.run}; `host-script-failed` when it was cut short, or an installed script is older.
 */
export async function usageOf(pool: SshPool, host: Host): Promise<Usage> {
  const command = host.sudo ? 'sudo -n sh -s' : 'sh -s';
  const { stdout, stderr, code } = await pool.run(host, command, usageScript(), { ms: USAGE_MS });
  const boundary = boundaryOf(stdout);
  const usage = boundary === undefined ? undefined : parseUsage(stdout, boundary);
  if (usage !== undefined) return usage;
  throw new EdgeError({
    part: 'host',
    code: 'host-script-failed',
    forPerson: {
      what: `the look at the logs of ${host.address} was cut short (exit ${code})`,
      why:
        boundary === undefined
          ? (stderr.trim() || stdout.trim()).slice(0, 300) || 'it printed nothing'
          : 'what answers there looks at the host, and not at who uses the registry',
      next:
        boundary === undefined
          ? `log in as ${host.user} and run sh: the account may be restricted to other commands`
          : 'if the key runs an installed script, install it again: registrar host script',
    },
  });
}

/** All hosts of an instance whose logs tell of the registry's use, side by side; one that fails says so. */
export async function lookAtUsage(pool: SshPool, hosts: readonly Host[]): Promise<SeenUsage[]> {
  const telling = hosts.filter(
    ({ roles }) => roles === undefined || roles.includes('web') || roles.includes('registry'),
  );
  return Promise.all(
    telling.map(async (host): Promise<SeenUsage> => {
      try {
        return { host: host.address, usage: await usageOf(pool, host) };
      } catch (error) {
        if (!(error instanceof EdgeError)) throw error;
        return { host: host.address, why: error.forPerson.what };
      }
    }),
  );
}
