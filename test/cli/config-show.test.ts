import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configShowCommand } from '../../src/cli/config-show.js';
import { type Lab, startLab } from '../lab/lab.js';

let dir: string;
let lab: Lab;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'config-show-'));
  lab = await startLab({ dir });
});
afterAll(async () => {
  await lab.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function show(propose: boolean) {
  let out = '';
  const { write } = process.stdout;
  process.stdout.write = (text) => {
    out += String(text);
    return true;
  };
  try {
    return { code: await configShowCommand(lab.configPath, undefined, propose), out };
  } finally {
    process.stdout.write = write;
  }
}

test('nothing wrong: exit 0, the settings, and no buttons', async () => {
  const { code, out } = await show(false);
  expect([code, out]).toEqual([0, expect.stringContaining("registry['registry_http_addr']")]);
  expect(out).not.toContain('Propose');
});

test('findings: exit 1, and the diff where it is asked for', async () => {
  await lab.host.writeGitlabRb((source) => `${source}\nregistry['autoredirect'] = 'false'\n`);
  const [told, proposed] = [await show(false), await show(true)];
  expect([told.code, told.out]).toEqual([1, expect.stringContaining('wrong-type')]);
  expect([proposed.code, proposed.out]).toEqual([1, expect.stringContaining("+registry['autoredirect'] = false")]);
});
