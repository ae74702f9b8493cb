import { subscribe } from 'node:diagnostics_channel';
import { openConfig } from '../src/config/source.js';
import { createLogger } from '../src/log.js';
import { startWorker } from '../src/worker.js';
import { answerParent } from './child.js';

/** The product's worker in a process of its own; what it asks GitLab and the registry is counted. */

/** `reset` begins to count anew. */
export interface Counting {
  reset: boolean;
}

/** `METHOD origin` → how many. */
export type Counted = Record<string, number>;

const [configPath = '', redisUrl = ''] = process.argv.slice(2);
let counted: Counted = {};

subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { method: string; origin: string } };
  const key = `${request.method} ${request.origin}`;
  counted[key] = (counted[key] ?? 0) + 1;
});

await startWorker(openConfig(configPath), redisUrl, createLogger('error'));

answerParent<Counting, Counted>(async ({ reset }) => {
  const before = counted;
  if (reset) counted = {};
  return before;
});
