import { openConfig } from '../config/source.js';
import { corrections } from '../feedback/tally.js';
import { workerConnection } from '../queue/connection.js';
import { openRedis } from './redis.js';

/**
 * `registrar corrections`: what people said a diagnosis should have been, as a set of labelled logs that
 * `npm run accuracy -- FILE` scores. The logs hold no secret that has a shape, and may hold names: read before sharing.
 */
export async function correctionsCommand(configPath: string): Promise<number> {
  const redis = await openRedis(openConfig(configPath));
  const connection = workerConnection(redis.url);
  try {
    const logs = (await corrections(connection)).map(({ id, cause, named, words, log }) => ({
      id,
      want: [cause],
      alt: [],
      note: `named ${named}${words === '' ? '' : `: ${words}`}`,
      log,
    }));
    const set = { provenance: 'corrected by people in the chat', heldOut: true, logs };
    process.stdout.write(`${JSON.stringify(set, null, 1)}\n`);
    return 0;
  } finally {
    connection.disconnect();
    await redis.stop();
  }
}
