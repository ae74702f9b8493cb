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
    emerg: [],
    names: [],
    certificates: {},
    keys: {},
    gitlabCtlMissing: false,
    ...rest,
  };
}

/** A certificate that everybody accepts. */
export const SAMPLE_TLS = {
  subject: 'registry.example.com',
  issuer: 'Example CA',
  names: ['registry.example.com'],
  validTo: Date.UTC(2027, 0, 1),
  protocol: 'TLSv1.3',
  fingerprint: 'AA:AA',
};

const CONFIG = `http:
  addr: 127.0.0.1:5000
storage: {"filesystem":{"rootdirectory":"/var/opt/gitlab"},"delete":{"enabled":true}}
auth:
  token:
    issuer: omnibus-gitlab-issuer
`;

/** Facts of an instance in which everything works. */
export const HEALTHY: StatusFacts = {
  target: { gitlabUrl: 'https://gitlab.example.com', registryUrl: 'https://registry.example.com:5050' },
  reach: { authority: 'registry.example.com:5050', scheme: 'https', addresses: ['192.0.2.10'], tls: SAMPLE_TLS },
  realmReach: {
    authority: 'gitlab.example.com',
    scheme: 'https',
    addresses: ['192.0.2.20'],
    tls: { ...SAMPLE_TLS, subject: 'gitlab.example.com', names: ['gitlab.example.com'] },
  },
  oldTls: [],
  web: { status: 200, ms: 30 },
  ping: {
    status: 401,
    apiVersion: 'registry/2.0',
    gitlabVersion: '4.41.0-gitlab',
    challenge: { realm: 'https://gitlab.example.com/jwt/auth', service: 'container_registry' },
    ms: 12,
  },
  handshake: { is: 'granted', token: '', access: [] },
  gitlabAhead: 0,
  accepted: { status: 200, apiVersion: 'registry/2.0', ms: 9 },
  granted: { repository: 'ops/canary', actions: ['pull', 'push', 'delete'] },
  upload: {
    repository: 'ops/canary',
    outcome: { is: 'accepted', location: 'https://registry.example.com:5050/v2/ops/canary/blobs/uploads/1' },
  },
  image: { repository: 'ops/canary/registrar-canary', outcome: { is: 'done', ms: 80 } },
  host: sampleHost({
    version: '18.11.0',
    clock: Date.UTC(2026, 0, 1) / 1000,
    waited: { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1) },
    disk: { path: '/var/opt/gitlab', totalBytes: 1e12, freeBytes: 6e11 },
    writable: { user: 'registry', not: [] },
    registryConfig: { path: '/var/opt/gitlab/registry/config.yml', text: CONFIG },
    vhost: {
      path: '/var/opt/gitlab/nginx/conf/service_conf/gitlab-registry.conf',
      text: 'server { listen *:5050 ssl; }',
    },
    gitlabYml: { enabled: true, host: 'registry.example.com', port: 5050, issuer: 'omnibus-gitlab-issuer' },
    database: { lockfiles: ['filesystem-in-use'], hasImages: true },
    backend: { url: 'http://127.0.0.1:5000/v2/', status: 401, headers: {} },
    listeners: [
      { address: '*', port: 5050, process: 'nginx' },
      { address: '127.0.0.1', port: 5000, process: 'registry' },
    ],
    nginxTest: { ok: true, said: 'test is successful' },
    recent: { seconds: 900, errors: 0, last: [], statuses: { 200: 100, 401: 20 } },
    names: [
      { name: 'gitlab.example.com', addresses: ['192.0.2.20'], hostsFile: [] },
      { name: 'registry.example.com', addresses: ['192.0.2.10'], hostsFile: [] },
    ],
  }),
  others: [],
  certificates: {
    served: {
      ...{ path: '/etc/gitlab/ssl/registry.example.com.crt', subject: 'registry.example.com', keyMatches: true },
      ...{ names: ['registry.example.com'], validTo: SAMPLE_TLS.validTo, fingerprint: SAMPLE_TLS.fingerprint },
    },
    signing: {
      ...{ path: '/var/opt/gitlab/registry/gitlab-registry.crt', subject: 'GitLab', keyMatches: true },
      ...{ names: [], validTo: Date.UTC(2036, 0, 1), fingerprint: 'CC:CC' },
    },
  },
  freeSpace: [],
  lint: {
    findings: [],
    edits: new Map(),
    notes: [],
    registryUrl: 'https://registry.example.com:5050',
    compared: ['config.yml', 'gitlab-registry.conf'],
  },
  gitlab: { version: '18.11.0', tokenScopes: ['api'], tokenMinutes: 5 },
  now: Date.UTC(2026, 0, 1),
};
