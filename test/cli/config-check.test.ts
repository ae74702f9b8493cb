import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configCheckCommand } from '../../src/cli/config-check.js';
import { createAuthority } from '../lab/host/certificates.js';
import { startKubernetes } from '../lab/kubernetes/double.js';
import { type Lab, startLab } from '../lab/lab.js';

let dir: string;
let lab: Lab;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'config-check-'));
  lab = await startLab({ dir });
});
afterAll(async () => {
  await lab.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function check(path: string) {
  let out = '';
  const { write } = process.stdout;
  process.stdout.write = (text) => {
    out += String(text);
    return true;
  };
  try {
    return { code: await configCheckCommand(path), out };
  } finally {
    process.stdout.write = write;
  }
}

test('everything that is configured is tried', async () => {
  const { code, out } = await check(lab.configPath);
  expect([code, out]).toEqual([0, expect.stringContaining('Everything works.')]);
});

test('who holds a token outside GitLab is tried too; what to do stands on one line, to be copied', async () => {
  const authority = await createAuthority(join(dir, 'k8s'));
  const files = await authority.issue('cluster', ['127.0.0.1']);
  const cluster = await startKubernetes({
    key: readFileSync(files.key, 'utf8'),
    cert: readFileSync(files.cert, 'utf8'),
  });
  try {
    cluster.addAccount('t', 'system:serviceaccount:shop:registrar', { namespace: 'shop', verbs: ['get'] });
    writeFileSync(join(dir, 'k8s-token'), 't');
    const server = `server: "${cluster.url}", ca: ${authority.certPath}, token: file:k8s-token`;
    const path = join(dir, 'outside.yaml');
    const rotation = `
    rotation:
      outside:
        - { path: ops/canary, command: { run: ["true"] } }
        - { path: ops/canary, kubernetes: { ${server}, namespace: shop, secret: regcred } }
`;
    writeFileSync(path, readFileSync(lab.configPath, 'utf8').replace(/\n {4}rotation: .*\n/, rotation));
    const { code, out } = await check(path);
    expect(code).toBe(1);
    expect(out).toContain('the command true: it can be run');
    expect(out).toMatch(/^lab: outside: kubectl -n shop create role registrar-regcred .* \| kubectl apply -f -$/m);
    expect(out).toContain('1 of 7 do not work.');
  } finally {
    await cluster.pause();
  }
});
