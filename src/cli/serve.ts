import { startApp } from '../app.js';
import { openConfig } from '../config/source.js';
import { createLogger } from '../log.js';
import type { Running } from '../running.js';
import { startWorker } from '../worker.js';
import { openRedis } from './redis.js';

/** `registrar app|worker|all`: runs until SIGINT or SIGTERM; jobs under way are finished first. */
export async function serveCommand(configPath: string, parts: readonly ('app' | 'worker')[]): Promise<number> {
  const log = createLogger();
  const config = openConfig(configPath, (fault) =>
    log.error({ part: 'config', fault }, 'the changed configuration is faulty; the former one stays in force'),
  );
  const redis = await openRedis(config);
  const stopped = signal();
  const running: Running[] = [];
  try {
    if (parts.includes('worker')) running.push(await startWorker(config, redis.url, log));
    if (parts.includes('app')) running.push(await startApp(config, redis.url, log));
    log.info(
      {
        parts,
        instances: config.current().instances.map(({ name }) => name),
        redis: redis.embedded ? 'embedded' : 'configured',
      },
      'registrar runs',
    );
    log.info({ signal: await stopped }, 'stopping');
    return 0;
  } finally {
    for (const one of running.reverse()) await one.stop();
    await redis.stop();
  }
}

function signal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name));
  });
}
