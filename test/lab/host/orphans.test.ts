import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { waitFor } from './process.js';
import { projectRoot } from './project.js';

const module = (name: string): string =>
  JSON.stringify(pathToFileURL(path.join(projectRoot, 'dist', 'test', 'lab', 'host', name)).href);

/** Starts a host and a Redis, then dies without a word. */
const script = (dir: string): string => `
  import { startHost } from ${module('host.js')};
  import { startRedis } from ${module('redis.js')};
  import { createTokenKey } from ${module('token-key.js')};
  const dir = ${JSON.stringify(dir)};
  const { certificatePem } = await createTokenKey(dir);
  const options = { dir, gitlabUrl: 'http://127.0.0.1:9', issuer: 'x', certificatePem, registryUrlScheme: 'https' };
  await startHost(options);
  await startRedis(dir + '/redis');
  process.stdout.write('started');
  process.kill(process.pid, 'SIGKILL');
`;

/** Processes with the folder in their command line. */
const processesOf = async (dir: string): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(dir));
};

test('a process that is killed leaves none of its servers behind', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'lab-orphans-'));
  const child = spawn(process.execPath, ['--input-type=module'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(script(dir));
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  expect(output.toString()).toBe('started');
  await waitFor('the end of every server', async () => ((await processesOf(dir)).length === 0 ? true : undefined));
  await rm(dir, { recursive: true, force: true });
});
