import { parseServiceList, parseStatus } from '../host/gitlab-ctl.js';
import type { HostSnapshot } from '../host/snapshot.js';
import type { StatusFacts } from './check.js';

/** Builds facts for the examples of checks from what gitlab-ctl prints. */
export function sampleHost({
  list = 'nginx*\nregistry*',
  status = 'run: nginx: (pid 11) 900s; run: log: (pid 10) 900s\nrun: registry: (pid 21) 900s; run: log: (pid 20) 900s',
  again = status,
  ...rest
}: { list?: string; status?: string; again?: string } & Omit<Partial<HostSnapshot>, 'status'> = {}): HostSnapshot {
  return {
    services: parseServiceList(list),
    status: parseStatus(status),
    statusAgain: parseStatus(again),
    registryErrors: [],
    gitlabCtlMissing: false,
    ...rest,
  };
}

/** Facts of an instance in which everything works. */
export const HEALTHY: StatusFacts = {
  target: { gitlabUrl: 'https://gitlab.example.com', registryUrl: 'https://registry.example.com:5050' },
  addresses: ['192.0.2.10'],
  tls: {
    subject: 'registry.example.com',
    issuer: 'Example CA',
    names: ['registry.example.com'],
    validTo: Date.UTC(2027, 0, 1),
    protocol: 'TLSv1.3',
  },
  ping: {
    status: 401,
    apiVersion: 'registry/2.0',
    challenge: { realm: 'https://gitlab.example.com/jwt/auth', service: 'container_registry' },
    ms: 12,
  },
  handshake: { is: 'granted', token: '', access: [] },
  host: sampleHost({
    clock: Date.UTC(2026, 0, 1) / 1000,
    disk: { path: '/var/opt/gitlab', totalBytes: 1e12, freeBytes: 6e11 },
  }),
  others: [],
  lint: {
    findings: [],
    notes: [],
    registryUrl: 'https://registry.example.com:5050',
    compared: ['config.yml', 'gitlab-registry.conf'],
  },
  gitlab: { version: '18.11.0', tokenScopes: ['api'] },
  now: Date.UTC(2026, 0, 1),
};
