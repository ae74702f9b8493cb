import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { look } from '../../src/checks/gather/look.js';
import { openConfig } from '../../src/config/source.js';
import { withInstance } from '../../src/instance.js';
import { type Lab, startLab } from '../lab/lab.js';

/** A gitlab.rb that nobody expects, on a real host: the look ends in a verdict that says what was seen. */

let dir: string;
let lab: Lab;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'odd-files-'));
  lab = await startLab({ dir });
});
afterAll(async () => {
  await lab?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function lookWith(edit: (source: Buffer) => Buffer) {
  const path = lab.host.files.gitlabRb;
  const before = await readFile(path);
  await writeFile(path, edit(before));
  try {
    const source = openConfig(lab.configPath);
    const { results } = await withInstance(source, undefined, (instance) =>
      look(instance, source.secret(instance.config.gitlab.token), Date.now),
    );
    return new Map(results.map(({ id, verdict }) => [id, verdict]));
  } finally {
    await writeFile(path, before);
  }
}

test('5 MB of other settings: only the registry’s leave the host', async () => {
  const other = Array.from(
    { length: 80_000 },
    (_, i) => `gitlab_rails['setting_of_somebody_${i}'] = 'value that is long ${i}'`,
  );
  const verdicts = await lookWith((source) => Buffer.concat([source, Buffer.from(other.join('\n'))]));
  expect(verdicts.get('host')).toMatchObject({ is: 'pass' });
  expect(verdicts.get('settings')).toMatchObject({ is: 'pass' });
  expect(JSON.stringify([...verdicts])).not.toContain('setting_of_somebody');
});

test('5 MB about the registry: too much is said to be too much', async () => {
  const other = Array.from(
    { length: 80_000 },
    (_, i) => `registry['setting_${i}'] = 'a value that is rather long, as some are ${i}'`,
  );
  const verdicts = await lookWith((source) => Buffer.concat([source, Buffer.from(other.join('\n'))]));
  expect(verdicts.get('host')).toMatchObject({ is: 'fail', because: expect.stringContaining('sent more than 4 MB') });
  expect(verdicts.get('endpoint')).toMatchObject({ is: 'pass' });
});

test('not UTF-8: what is about the registry is read all the same', async () => {
  const latin = Buffer.from('\n# Gr\u00fc\u00dfe aus M\u00fcnchen\n', 'latin1');
  const verdicts = await lookWith((source) => Buffer.concat([latin, source, latin]));
  expect(verdicts.get('settings')).toMatchObject({ is: 'pass' });
  expect(verdicts.get('drift')).toMatchObject({ is: 'pass' });
});

test('cut off in the middle of a setting: the line that Ruby refuses is named', async () => {
  const verdicts = await lookWith((source) =>
    Buffer.concat([source, Buffer.from("\nregistry['storage'] = { 's3' => {\n")]),
  );
  expect(verdicts.get('settings')).toMatchObject({ is: 'fail', because: expect.stringMatching(/^gitlab\.rb:\d+ /) });
});
