import { userInfo } from 'node:os';
import { openConfig } from '../config/source.js';
import { createLogger } from '../log.js';
import { startTerminal } from '../terminal.js';
import { startWorker } from '../worker.js';
import { openRedis } from './redis.js';
import { drawing } from './terminal-options.js';

/** `registrar chat`: the chat in this terminal. With the embedded Redis it brings its own worker along. */
export async function chatCommand(configPath: string): Promise<number> {
  const log = createLogger('error');
  const config = openConfig(configPath, (fault) => process.stderr.write(`${fault}\n`));
  const redis = await openRedis(config);
  const worker = redis.embedded ? await startWorker(config, redis.url, log) : undefined;
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const terminal = await startTerminal(config, redis.url, log, {
    input: process.stdin,
    output: process.stdout,
    interactive,
    ...drawing(),
    person: userInfo().username,
  });
  try {
    if (interactive) process.stdout.write('Type help; Ctrl-D leaves.\n');
    await terminal.converse();
    return 0;
  } finally {
    await terminal.stop();
    await worker?.stop();
    await redis.stop();
  }
}
