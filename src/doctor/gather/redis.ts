import type { Finding } from '../finding.js';
import { judgeRedis, readInfo } from '../redis.js';
import type { OpenRedis } from './context.js';

export async function lookAtRedis({ connection, place }: OpenRedis): Promise<Finding[]> {
  return judgeRedis(readInfo(await connection.info()), place);
}
