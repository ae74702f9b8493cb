import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { openRedis } from '../src/cli/redis.js';
import { drawing } from '../src/cli/terminal-options.js';
import { openConfig } from '../src/config/source.js';
import { createLogger } from '../src/log.js';
import { startTerminal } from '../src/terminal.js';
import { startWorker } from '../src/worker.js';
import { startClient } from '../test/lab/client.js';
import { startLab } from '../test/lab/lab.js';
import { tour } from './tour.js';

/** `npm run demo`: everything private, on free loopback ports; with `--tour` or without a terminal on either side, the tour. */
async function main(): Promise<number> {
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const plays = process.argv.includes('--tour') || (!interactive && !(await isPiped()));
  const color = picocolors.isColorSupported;
  const colors = picocolors.createColors(color);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const dir = await mkdtemp(join(tmpdir(), 'registrar-demo-'));
  const started: { stop(): Promise<void> }[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopAll(started, dir));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      print(`\nstopping everything (${signal}) …`);
      void stop().finally(() => process.exit(130));
    });
  }
  try {
    print(colors.dim(`starting a GitLab host, its registry behind nginx, sshd, Redis … in ${dir}`));
    const lab = await startLab({ dir });
    started.push(lab);
    const log = createLogger('silent');
    const config = openConfig(lab.configPath);
    const redis = await openRedis(config);
    started.push(redis);
    started.push(await startWorker(config, redis.url, log));
    const terminal = await startTerminal(config, redis.url, log, {
      input: process.stdin,
      output: process.stdout,
      interactive,
      ...drawing(),
      color,
      // The tour looks for English words.
      ...(plays ? { locale: 'en' } : {}),
      person: userInfo().username,
    });
    started.push(terminal);
    print(colors.dim(`ready: the registry is ${lab.host.registryUrl}, its project shop/api\n`));
    if (!plays) {
      if (interactive) print('Try: status · rotate-token shop/api · diagnose · help. Ctrl-D leaves.\n');
      await terminal.converse();
      return 0;
    }
    const client = await startClient(join(dir, 'client'), lab.host.ca, (why) =>
      print(colors.dim(`skopeo plays the client: ${why}`)),
    );
    started.push(client);
    const failures = await tour({ lab, client, terminal, print, color });
    print(
      failures.length === 0
        ? colors.green('\nThe tour showed what it should.')
        : colors.red(`\n${failures.length} steps did not show what they should:\n${failures.join('\n')}`),
    );
    return failures.length === 0 ? 0 : 1;
  } finally {
    await stop();
  }
}

/** Lines piped in are a person's typing; no input at all (cron, CI) asks for the tour. */
async function isPiped(): Promise<boolean> {
  const { fstatSync } = await import('node:fs');
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isFile() || input.isSocket();
  } catch {
    return false;
  }
}

async function stopAll(started: { stop(): Promise<void> }[], dir: string): Promise<void> {
  for (const one of [...started].reverse())
    await one.stop().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  await rm(dir, { recursive: true, force: true });
}

process.exit(await main());
