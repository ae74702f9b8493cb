import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Identities } from '../../../src/access/identities.js';
import { openConfig } from '../../../src/config/source.js';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Evidence } from '../../../src/diagnosis/findings.js';
import { weigh } from '../../../src/diagnosis/weigh.js';
import { withInstance } from '../../../src/instance.js';
import { host } from '../../../src/proof/probes/host.js';
import { network } from '../../../src/proof/probes/network.js';
import { openScene } from '../../../src/proof/scene.js';
import { faults } from '../../lab/host/faults/index.js';
import { type Lab, startLab } from '../../lab/lab.js';

/** The way and the host, broken on purpose in the real lab, and what follows for a log that says so. */

let dir: string;
let lab: Lab;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'probes-lab-'));
  lab = await startLab({ dir });
});

afterAll(async () => {
  await lab?.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Seen {
  found: Pick<Evidence, 'network' | 'host'>;
  verdict: string;
  why: string;
  remarks: string[];
}

async function look(words: string): Promise<Seen> {
  const authority = new URL(lab.host.registryUrl).host;
  const log = words.replaceAll('REGISTRY', authority).replaceAll('GITLAB', new URL(lab.gitlab.url).host);
  const diagnosis = diagnose(log);
  return withInstance(openConfig(lab.configPath), undefined, async (instance) => {
    const unused = () => Promise.reject(new Error('not asked in these tests'));
    const asker = { is: 'channel-of', project: 'shop/api' } as const;
    const scene = openScene(diagnosis, instance, asker, {} as Identities, {
      login: unused,
      ownLogin: unused,
      history: unused,
      now: Date.now(),
    });
    const [way, own] = await Promise.all([network.look(scene), host.look(scene)]);
    const found = { ...(way === undefined ? {} : { network: way }), ...(own === undefined ? {} : { host: own }) };
    const { cause, confidence, why, remarks = [] } = weigh(diagnosis, { instance: 'lab', notLooked: [], ...found });
    return { found, verdict: `${cause} ${confidence}`, why, remarks };
  });
}

async function broken(fault: string, words: string): Promise<Seen> {
  const undo = await lab.break(fault);
  try {
    return await look(words);
  } finally {
    await undo();
  }
}

const login = (words: string) =>
  `$ docker login -u ana --password-stdin REGISTRY\nError response from daemon: Get "https://REGISTRY/v2/": ${words}\n`;
const push = (line: string) =>
  `$ docker push REGISTRY/shop/api:1\nThe push refers to repository [REGISTRY/shop/api]\n${line}\n`;

const GATEWAY = push('received unexpected HTTP status: 502 Bad Gateway');
const TOO_LARGE = push(
  'error parsing HTTP 413 response body: invalid character \'<\' looking for beginning of value: "<html>"',
);
const INTERNAL = push('received unexpected HTTP status: 500 Internal Server Error');

test('all is well: the whole way, the host, and nothing confirmed', async () => {
  const { found, verdict, remarks } = await look(GATEWAY);
  expect(found.network).toMatchObject({
    registry: { addresses: ['127.0.0.1'], tls: { issuer: 'Lab CA' }, publicError: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    ping: { status: 401 },
    endpoint: { is: 'answers', status: 403, code: 'DENIED' },
  });
  expect(found.network?.registry).not.toHaveProperty('stopped');
  expect(Math.abs(found.network?.aheadSeconds ?? 99)).toBeLessThan(60);
  expect(found.host).toMatchObject({
    checks: { enabled: { is: 'pass' }, running: { is: 'pass' }, nginx: { is: 'pass' }, clock: { is: 'pass' } },
    readOnly: false,
    names: [{ name: '127.0.0.1', addresses: ['127.0.0.1'] }],
    lines: [],
  });
  expect(found.host).not.toHaveProperty('bodyLimit');
  expect(verdict).toBe('gateway-error likely');
  expect(remarks).toEqual([
    expect.stringMatching(/^the registry answers, in \d+ ms, now$/),
    expect.stringMatching(/^on 127\.0\.0\.1 the registry runs, up for/),
  ]);
});

const CASES: [string, string, string, RegExp][] = [
  ['registry-stopped', GATEWAY, 'gateway-error confirmed', /answers 502/],
  [
    'nginx-stopped',
    login('dial tcp 127.0.0.1:1: connect: connection refused').replace('127.0.0.1:1', 'REGISTRY'),
    'connection-refused confirmed',
    /refuses connections, Registrar’s too/,
  ],
  [
    'certificate-expired',
    login('x509: certificate has expired or is not yet valid'),
    'tls-expired confirmed',
    /the certificate has expired .*until 20\d\d-/,
  ],
  [
    'certificate-of-other-name',
    login('x509: certificate is valid for other.example.com, not 127.0.0.1'),
    'tls-name-mismatch confirmed',
    /for other\.example\.com/,
  ],
  ['vhost-edited-by-hand', TOO_LARGE, 'body-too-large confirmed', /client_max_body_size 10m/],
];

for (const [fault, words, verdict, why] of CASES) {
  const reason = faults.find(({ id }) => id === fault)?.unavailable?.();
  if (reason !== undefined) test.skip(`${fault} (skipped: ${reason})`, () => {});
  else
    test(fault, async () => {
      const seen = await broken(fault, words);
      expect(seen.verdict).toBe(verdict);
      expect(seen.why).toMatch(why);
    });
}

test('an authority that only Registrar was given explains a client that does not know it', async () => {
  const { verdict, why } = await look(
    login('tls: failed to verify certificate: x509: certificate signed by unknown authority'),
  );
  expect(verdict).toBe('tls-unknown-authority confirmed');
  expect(why).toMatch(/only a client that has the private authority accepts the certificate of 127\.0\.0\.1:\d+/);
});

test('GitLab away: the token endpoint does not answer', async () => {
  await lab.gitlab.pause();
  const seen = await look(
    login('Get "http://GITLAB/jwt/auth?service=container_registry": dial tcp GITLAB: connect: connection refused'),
  );
  await lab.gitlab.resume();
  expect(seen.verdict).toBe('auth-realm-unreachable confirmed');
  expect(seen.why).toMatch(/^the token endpoint: 127\.0\.0\.1:\d+ refuses connections/);
});

test('the host’s own lines about the repository, and none about another’s', async () => {
  const line = (repository: string, detail: string) =>
    `time="${new Date().toISOString()}" level=error msg="response completed with error" err.code=unknown err.detail="filesystem: ${detail}" http.request.uri=/v2/${repository}/blobs/uploads/ http.response.status=500 vars.name=${repository}\n`;
  const log = join(lab.host.files.logs, 'registry/current');
  await mkdir(dirname(log), { recursive: true });
  await appendFile(log, line('secret/project', 'mkdir /srv/docker/registry/secret: permission denied'));
  expect((await look(INTERNAL)).found.host?.lines).toEqual([]);
  await appendFile(log, line('shop/api', 'mkdir /srv/docker/registry: no space left on device'));
  const seen = await look(INTERNAL);
  expect(seen.verdict).toBe('registry-storage-full confirmed');
  expect(seen.why).toBe(
    'registry/current on 127.0.0.1 has, just now: filesystem: mkdir /srv/docker/registry: no space left on device',
  );
  expect(JSON.stringify(seen)).not.toContain('secret');
});
