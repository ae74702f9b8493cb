import { type Host, registryHost } from '../../config/schema.js';
import { filesOf } from '../../host/files.js';
import type { HostSnapshot } from '../../host/snapshot.js';
import type { OpenInstance } from '../../instance.js';
import { HOST_NAMES, lint } from '../../lint/lint.js';
import { within } from '../../within.js';
import type { Fact, Facts, OtherHost } from '../check.js';
import { fact, known, missing } from './fact.js';

/** Deadline of all hosts of an instance together, which are looked at side by side. Milliseconds. */
const HOSTS_MS = 25_000;

/** Every host at once: one that fails costs only what would be known of it. */
export async function lookAtHosts({
  config: { hosts },
  probe,
}: OpenInstance): Promise<{ host: Fact<HostSnapshot>; others: OtherHost[] }> {
  const look = (host: Host) =>
    fact(() => within(HOSTS_MS, `${host.address} did not answer within ${HOSTS_MS / 1000} s`, probe(host)));
  const chief = registryHost(hosts);
  const rest = hosts.filter((host) => host !== chief);
  const [host, others] = await Promise.all([
    chief === undefined ? missing('no host is configured for this instance') : look(chief),
    Promise.all(
      rest.map(
        async (one): Promise<OtherHost> => ({ address: one.address, roles: one.roles ?? [], host: await look(one) }),
      ),
    ),
  ]);
  return { host, others };
}

/** Reads and lints the files that a host showed. */
export async function lintOf(host: Fact<HostSnapshot>): Promise<Facts['lint']> {
  if (host.is === 'missing') return host;
  const read = await filesOf(host.value);
  return 'why' in read ? missing(read.why) : known(lint(read.files, HOST_NAMES));
}
