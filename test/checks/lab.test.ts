import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckResult } from '../../src/checks/check.js';
import { gatherFacts } from '../../src/checks/gather/gather.js';
import { CHECKS } from '../../src/checks/index.js';
import { runChecks } from '../../src/checks/run.js';
import { openConfig } from '../../src/config/source.js';
import { withInstance } from '../../src/instance.js';
import { faults } from '../lab/host/faults/index.js';
import { type Lab, startLab } from '../lab/lab.js';

let dir: string;
let lab: Lab;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'checks-'));
  lab = await startLab({ dir });
});

afterAll(async () => {
  await lab?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** What status finds now, through real edges. */
async function look(): Promise<CheckResult[]> {
  const source = openConfig(lab.configPath);
  return withInstance(source, undefined, async (instance) => {
    const token = source.secret(instance.config.gitlab.token);
    return runChecks(CHECKS, await gatherFacts(instance, token, Date.now));
  });
}

/** What is not right, as `id: because → fix`. */
const complaints = (results: readonly CheckResult[]) =>
  Object.fromEntries(
    results.flatMap(({ id, verdict }) =>
      'fix' in verdict ? [[id, `${verdict.is}: ${verdict.because} → ${verdict.fix}`]] : [],
    ),
  );

/** The check that has to notice each fault, and the words of its fix. */
const NOTICED: Record<string, Record<string, RegExp>> = {
  'registry-stopped': {
    running: /^fail: the registry is stopped: "down: registry: .*→ gitlab-ctl start registry$/,
    endpoint: /^fail: .*answers 502.*→ gitlab-ctl restart registry/,
  },
  'registry-disabled': {
    enabled: /^fail: .*switched off → set registry_external_url 'https:.*gitlab-ctl reconfigure$/,
    endpoint: /^fail: .*does not answer/,
  },
  'registry-crash-loop': {
    running: /^fail: the registry crashes.*→ gitlab-ctl tail registry/,
    drift: /^warn: registry\/config\.yml:\d+ http\.addr is "127\.0\.0\.1", should be .*→ .*gitlab-ctl reconfigure/,
  },
  'nginx-stopped': { nginx: /^fail: nginx is down.*→ gitlab-ctl start nginx/, endpoint: /^fail: .*does not answer/ },
  'nginx-emerg': {
    nginx: /^fail: .*it refuses: unknown directive "chunked_transfer_encodng" in .*→ mend that line/,
    endpoint: /^fail: .*does not answer/,
  },
  'config-edited-by-hand': {
    drift:
      /^warn: registry\/config\.yml:\d+ http\.addr is .*registry_http_addr'\] \(gitlab\.rb:\d+\) makes .*gitlab-ctl reconfigure/,
    endpoint: /^fail: .*answers 502.*→ .*proxy_pass/,
    backend: /^fail: .*answers 401 on the host, but through nginx comes 502/,
  },
  'storage-not-writable': {
    'storage-rights': /^fail: the user \S+ may not write to .*→ chown -R/,
    upload: /^fail: an upload to ops\/canary\/registrar-canary is answered 500/,
  },
  'vhost-edited-by-hand': {
    drift: /^warn: gitlab-registry\.conf:\d+ client_max_body_size is 10m, should be 0: .* → .*gitlab-ctl reconfigure/,
  },
  'reconfigure-forgotten': {
    drift:
      /^warn: gitlab-registry\.conf:\d+ listen is \S+ ssl, should be .*registry_external_url.*gitlab-ctl reconfigure/,
    settings: /^warn: gitlab\.rb exposes .*→ registry\.url: https:/,
  },
  'certificate-expired': { tls: /^fail: the certificate has expired.*→ put a certificate for 127\.0\.0\.1/ },
  'certificate-of-other-name': {
    tls: /^fail: the certificate is for other names .*other\.example\.com.*→ put a certificate/,
  },
  'host-key-changed': {
    host: /^fail: .*not the one that is pinned: REFUSED.*→ on the host’s own console: ssh-keygen -lf /,
  },
  'ssh-refused': { host: /^fail: .*can’t be reached by SSH.*→ try ssh -p / },
  'addr-with-scheme': {
    settings: /^fail: .*has a scheme.*→ registry\['registry_http_addr'\] = "127\.0\.0\.1:\d+"$/,
    endpoint: /^fail: .*answers 502/,
  },
};

test('a healthy instance passes every check', async () => {
  const results = await look();
  expect(complaints(results)).toEqual({});
  expect(results.filter(({ verdict }) => verdict.is !== 'pass')).toEqual([]);
});

for (const fault of faults) {
  const reason = fault.unavailable?.();
  if (reason !== undefined) {
    test.skip(`${fault.id} (skipped: ${reason})`, () => {});
    continue;
  }
  test(`${fault.id}: ${fault.breaks}`, async () => {
    const undo = await lab.break(fault.id);
    try {
      const found = complaints(await look());
      const expected = NOTICED[fault.id] ?? {};
      expect(Object.keys(expected).length).toBeGreaterThan(0);
      for (const [check, words] of Object.entries(expected)) expect(found[check]).toMatch(words);
      expect(JSON.stringify(found)).not.toMatch(/undefined|NaN|glpat-/);
    } finally {
      await undo();
    }
  });
}

test('GitLab that is away fails its own check, and hides no other', async () => {
  await lab.gitlab.pause();
  try {
    const results = await look();
    expect(complaints(results)).toMatchObject({
      gitlab: expect.stringMatching(/^fail: GitLab at .* does not answer.*→ look at gitlab-ctl status/),
    });
    expect(
      results
        .filter(({ id }) => ['host', 'running', 'endpoint', 'tls', 'drift'].includes(id))
        .every(({ verdict }) => verdict.is === 'pass'),
    ).toBe(true);
  } finally {
    await lab.gitlab.resume();
  }
});

test('of several hosts, one that is away costs only its own check', async () => {
  const { port, username, privateKeyPath, hostKeyFingerprint } = lab.host.ssh;
  const web = (at: number) =>
    `      - { address: 127.0.0.1, port: ${at}, user: ${username}, key: "file:${privateKeyPath}", hostKey: "${hostKeyFingerprint}", roles: [web] }`;
  try {
    await lab.configure({ instance: web(port) });
    expect((await look()).filter(({ verdict }) => verdict.is !== 'pass')).toEqual([]);
    await lab.configure({ instance: web(1) });
    expect(complaints(await look())).toEqual({
      hosts: expect.stringMatching(/^fail: 127\.0\.0\.1 \(web\): .*:1 can’t be reached by SSH.* → try ssh -p 1 /),
    });
  } finally {
    await lab.configure();
  }
});

test('after all that, the instance is healthy again, and GitLab refused no login', async () => {
  expect(complaints(await look())).toEqual({});
  expect(lab.gitlab.requests.filter(({ path, status }) => path.startsWith('/jwt/auth') && status === 401)).toEqual([]);
});
