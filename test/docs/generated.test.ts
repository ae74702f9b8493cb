import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../src/config/load.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Pages that follow from the code must not lag behind it. */
test('the generated pages are what `npm run docs` would write', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/docs.js', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('the example configuration is valid', () => {
  expect(parseConfig(readFileSync(`${root}/docs/registrar.example.yaml`, 'utf8'))).toHaveProperty('config');
});
