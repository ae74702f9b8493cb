import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { openRedis } from '../../src/cli/redis.js';
import { openConfig } from '../../src/config/source.js';
import { createLogger } from '../../src/log.js';
import type { Running } from '../../src/running.js';
import { type RunningTerminal, startTerminal } from '../../src/terminal.js';
import { startWorker } from '../../src/worker.js';
import { type Lab, startLab } from '../lab/lab.js';
import { Changes } from '../lab/slack/wait.js';
import { REFUSED_LOG } from './registrar.js';

/** A whole conversation in the terminal, on an embedded Redis and the lab's real parts. */

let dir: string;
let lab: Lab;
let terminal: RunningTerminal;
const running: Running[] = [];
const input = new PassThrough();
const changes = new Changes();
let printed = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registrar-terminal-'));
  lab = await startLab({ dir });
  const config = openConfig(lab.configPath);
  const log = createLogger('silent');
  const redis = await openRedis(config);
  running.push(redis, await startWorker(config, redis.url, log));
  const output = new PassThrough({ encoding: 'utf8' });
  output.on('data', (text: string) => {
    printed += text;
    changes.emit();
  });
  terminal = await startTerminal(config, redis.url, log, {
    input,
    output,
    interactive: false,
    color: false,
    person: userInfo().username,
  });
  running.push(terminal);
});
afterAll(async () => {
  for (const one of running.reverse()) await one.stop();
  await lab.stop();
  await rm(dir, { recursive: true, force: true });
});

/** What is printed after a line was typed, up to the end of an answer that holds these words. */
async function say(typed: string, words: string): Promise<string> {
  const before = printed.length;
  input.write(`${typed}\n`);
  return changes.waitFor(
    () => {
      const answer = printed.slice(before);
      return answer.includes(words) && answer.endsWith('\n\n') ? answer : undefined;
    },
    { timeoutMs: 30_000, what: `${typed} → ${words}` },
  );
}

test('a person asks for help, the status, a diagnosis and a rotation, and leaves', async () => {
  const conversation = terminal.converse();
  const before = lab.gitlab.findVariable(lab.project, 'REGISTRY_PASSWORD')?.value ?? '';

  expect(await say('help', 'rotate-token PATH [TOKEN] [--reveal]')).toMatch(/^· I look after/);
  expect(await say('stauts', 'Did you mean this?')).toContain('/registry status [INSTANCE]');
  expect(await say('status', 'checked in')).toContain('client ✔ → DNS ✔ → TLS ✔');
  input.write('diagnose\n');
  expect(await say(`${REFUSED_LOG}\n.`, 'credentials-rejected')).toContain('line 2');
  expect(await say('rotate-token shop/api', 'Rotate deploy token')).toContain('2  Cancel');
  expect(await say('2', 'Cancelled')).toContain('nothing was changed');
  await say('rotate-token shop/api', 'Rotate deploy token');
  const done = await say('rotate', 'was refused');
  expect(done).toContain('✔ Rotated: deploy token 1 of shop/api is replaced by 2');
  input.write('exit\n');
  await conversation;

  const after = lab.gitlab.findVariable(lab.project, 'REGISTRY_PASSWORD')?.value ?? '';
  expect(after).not.toBe(before);
  expect(printed).not.toContain(before);
  expect(printed).not.toContain(after);
});
