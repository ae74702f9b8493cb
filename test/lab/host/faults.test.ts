import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseGitlabRb } from '../../../src/host/gitlab-rb.js';
import { generate } from '../../../src/host/render/reconfigure.js';
import { type Lab, startLab } from '../lab.js';
import { beginUpload } from './faults/client.js';
import { faultById, faults } from './faults/index.js';
import { tooLarge } from './faults/vhost-edited-by-hand.js';
import { type Host, LAB_VERSION } from './host.js';
import { sshScript } from './ssh-client.js';

/** Files of the folder that hold no fault. */
const HELPERS = ['client', 'fault', 'index', 'mount', 'other-certificate', 'other-realm'];

let dir: string;
let lab: Lab;
let host: Host;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lab-faults-'));
  lab = await startLab({ dir });
  host = lab.host;
});

afterAll(async () => {
  await lab?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Which of the two files differ from what gitlab.rb gives? */
const drift = async (): Promise<string[]> => {
  const { registry } = JSON.parse(await readFile(host.files.secrets, 'utf8')) as { registry: { http_secret: string } };
  const { settings } = await parseGitlabRb(await readFile(host.files.gitlabRb, 'utf8'));
  const wanted = generate(settings, { version: LAB_VERSION, httpSecret: registry.http_secret });
  if ('refused' in wanted) throw new Error(wanted.refused);
  const same = async (file: string, text: string | undefined) =>
    (await readFile(file, 'utf8').catch(() => undefined)) === text;
  return [
    ...((await same(host.files.registryConfig, wanted.registryConfig?.text)) ? [] : ['config.yml']),
    ...((await same(host.files.vhost, wanted.vhost?.text)) ? [] : ['vhost']),
  ];
};

const log = (file: string): Promise<string> => readFile(path.join(host.files.logs, file), 'utf8');

const upload = () => beginUpload(host, lab.gitlab);

/** What is seen on the host while a fault lasts; what Registrar sees of all of them is in test/checks. */
const symptoms: Record<string, () => Promise<void>> = {
  'registry-stopped': async () => {
    expect((await host.probe()).status).toBe(502);
    expect(await host.ctl(['status'])).toMatchObject({ code: 3, stdout: expect.stringMatching(/^down: registry: /m) });
  },
  'registry-disabled': async () => {
    expect((await host.probe()).error).toBe('ECONNREFUSED');
    expect(await host.ctl(['status', 'registry'])).toMatchObject({ stdout: '', code: 0 });
    expect((await host.ctl(['service-list'])).stdout).toBe('nginx*\nregistry\n');
    expect(await drift()).toEqual(['config.yml']);
  },
  'registry-crash-loop': async () => {
    expect((await host.probe()).status).toBe(502);
    expect(await log('registry/current')).toContain('missing port in address');
    expect(await drift()).toEqual(['config.yml']);
  },
  'nginx-stopped': async () => {
    expect((await host.probe()).error).toBe('ECONNREFUSED');
    expect((await host.ctl(['status', 'nginx'])).stdout).toMatch(/^down: nginx: /);
  },
  'nginx-emerg': async () => {
    expect((await host.probe()).error).toBe('ECONNREFUSED');
    expect(await log('nginx/error.log')).toMatch(/\[emerg\] .*unknown directive "chunked_transfer_encodng"/);
    expect(await drift()).toEqual(['vhost']);
  },
  'config-edited-by-hand': async () => {
    expect((await host.probe()).status).toBe(502);
    expect((await host.ctl(['status'])).code).toBe(0);
    expect(await drift()).toEqual(['config.yml']);
  },
  'vhost-edited-by-hand': async () => {
    expect((await host.probe('/v2/a/blobs/uploads/', { ...tooLarge, headOnly: true })).status).toBe(413);
    expect((await host.probe()).status).toBe(401);
    expect(await drift()).toEqual(['vhost']);
  },
  'reconfigure-forgotten': async () => {
    expect((await host.probe()).error).toBe('ECONNREFUSED');
    expect((await host.ctl(['status'])).code).toBe(0);
    expect(await drift()).toEqual(['vhost']);
  },
  'certificate-expired': async () => {
    expect((await host.probe()).error).toBe('CERT_HAS_EXPIRED');
  },
  'certificate-of-other-name': async () => {
    expect((await host.probe()).error).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  },
  'host-key-changed': async () => {
    const { code, stderr } = await sshScript(host, 'true');
    expect(code).toBe(255);
    expect(stderr).toMatch(/REMOTE HOST IDENTIFICATION HAS CHANGED/);
  },
  'ssh-refused': async () => {
    const { code, stderr } = await sshScript(host, 'true');
    expect(code).toBe(255);
    expect(stderr).toMatch(/Connection refused/);
  },
  'storage-not-writable': async () => {
    expect(await upload()).toMatchObject({ status: 500, body: expect.stringContaining('"Op":"mkdir"') });
  },
  'addr-with-scheme': async () => {
    expect((await host.probe()).status).toBe(502);
    expect(await log('registry/current')).toContain('too many colons in address');
    expect(await log('nginx/error.log')).toMatch(/\[emerg\] .*invalid port in upstream/);
    expect(await drift()).toEqual([]);
  },
};

test('the catalogue lists every file of the folder, each named after its fault', async () => {
  const files = (await readdir(new URL('./faults/', import.meta.url))).map((name) => name.replace(/\.ts$/, ''));
  expect(faults.map(({ id }) => id).sort()).toEqual(files.filter((name) => !HELPERS.includes(name)).sort());
  expect(() => faultById('no-such-fault')).toThrow('no fault no-such-fault');
});

test.each(Object.entries(symptoms))('%s', async (id, symptom) => {
  const undo = await lab.break(id);
  try {
    await symptom();
  } finally {
    await undo();
  }
  expect((await host.probe()).status).toBe(401);
  expect((await upload()).status).toBe(202);
  expect((await sshScript(host, 'gitlab-ctl status')).code).toBe(0);
  expect(await drift()).toEqual([]);
});
