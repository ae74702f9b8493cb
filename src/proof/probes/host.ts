import { clock } from '../../checks/clock.js';
import { enabled } from '../../checks/enabled.js';
import { nginx } from '../../checks/nginx.js';
import { running } from '../../checks/running.js';
import { storage } from '../../checks/storage.js';
import { registryHost, targetOf } from '../../config/schema.js';
import type { HostFinding } from '../../diagnosis/findings.js';
import { chooseLines, failedAtOf } from '../../diagnosis/server-lines.js';
import { bodyLimit, isReadOnly } from '../../host/registry-config.js';
import type { Probe } from '../probe.js';
import { knownRepository } from '../subject.js';

/** What the GitLab host itself says: services, disk, settings, names, clock, and its logs' lines about the failure. */
export const host: Probe<'host'> = {
  id: 'host',
  worthFor: [
    'registry-storage-full',
    'registry-storage-permission',
    'registry-storage-backend',
    'registry-read-only',
    'registry-internal-error',
    'registry-disabled',
    'address-banned',
    'token-key-mismatch',
    'clock-skew',
    'body-too-large',
    'gateway-error',
    'connection-refused',
    'connection-dropped',
    'dns-failure',
  ],
  async look(scene): Promise<HostFinding | undefined> {
    const { config, probe } = scene.instance;
    const first = registryHost(config.hosts);
    if (first === undefined) return undefined;
    const [seen, repository] = await Promise.all([probe(first, true), knownRepository(scene)]);
    const target = targetOf(config);
    const limit = bodyLimit(seen.vhost);
    const failedAt = failedAtOf(scene.diagnosis);
    const lines = chooseLines(seen.logs ?? [], {
      now: scene.now,
      ...(repository === undefined ? {} : { repository }),
      ...(failedAt === undefined ? {} : { failedAt }),
    });
    const facts = { host: seen, target, now: scene.now, freeSpace: [] };
    return {
      address: first.address,
      target,
      checks: {
        enabled: enabled.judge(facts),
        running: running.judge(facts),
        nginx: nginx.judge(facts),
        storage: storage.judge(facts),
        clock: clock.judge(facts),
      },
      readOnly: isReadOnly(seen.registryConfig),
      names: seen.names ?? [],
      lines,
      ...(seen.disk === undefined ? {} : { disk: seen.disk }),
      ...(limit === undefined ? {} : { bodyLimit: limit }),
    };
  },
};
