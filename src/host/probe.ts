import { randomUUID } from 'node:crypto';
import type { Host } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import { type CloseLook, hostScript } from './script.js';
import { type HostSnapshot, parseSnapshot } from './snapshot.js';
import { runOnHost } from './ssh.js';

/** Looks at a host: one SSH round trip. Errors: those of {@link runOnHost}; `host-script-failed` when it was cut short. */
export async function probeHost(host: Host, privateKey: string, closely?: CloseLook): Promise<HostSnapshot> {
  const boundary = `registrar-${randomUUID()}`;
  const { stdout, stderr, code } = await runOnHost(host, privateKey, hostScript(boundary, closely));
  if (!stdout.includes(`${boundary} end`)) {
    throw new EdgeError({
      part: 'host',
      code: 'host-script-failed',
      forPerson: {
        what: `the look at ${host.address} was cut short (exit ${code})`,
        why: stderr.trim().slice(0, 300) || 'it printed nothing',
        next: host.sudo
          ? `allow ${host.user} on ${host.address} to run sh by sudo without a password (sudo -n sh -s)`
          : `log in as ${host.user} and run sh: the account may be restricted to other commands`,
      },
    });
  }
  return parseSnapshot(stdout, boundary);
}
