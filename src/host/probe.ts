import type { Host } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import type { SshPool } from './pool.js';
import { type Asked, hostScript } from './script.js';
import { boundaryOf, type HostSnapshot, parseSnapshot } from './snapshot.js';

/** Looks at a host: one SSH round trip. Errors: those of {@link SshPool.run}; `host-script-failed` when it was cut short. */
export async function probeHost(pool: SshPool, host: Host, asked: Asked): Promise<HostSnapshot> {
  const command = host.sudo ? 'sudo -n sh -s' : 'sh -s';
  const from = Date.now();
  const { stdout, stderr, code } = await pool.run(host, command, hostScript(asked));
  const answered = Date.now();
  const boundary = boundaryOf(stdout);
  if (boundary === undefined || !stdout.includes(`\n${boundary} end`)) {
    throw new EdgeError({
      part: 'host',
      code: 'host-script-failed',
      forPerson: {
        what: `the look at ${host.address} was cut short (exit ${code})`,
        why: (stderr.trim() || stdout.trim()).slice(0, 300) || 'it printed nothing',
        next: host.sudo
          ? `allow ${host.user} on ${host.address} to run sh by sudo without a password (sudo -n sh -s)`
          : `log in as ${host.user} and run sh: the account may be restricted to other commands`,
      },
    });
  }
  return { ...parseSnapshot(stdout, boundary), waited: { from, to: answered } };
}
