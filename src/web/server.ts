import { type FastifyInstance, fastify } from 'fastify';
import type { ConfigSource } from '../config/source.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Running } from '../running.js';

/** GitLab's payloads have some KB. Bytes. */
const BODY_BYTES = 1024 * 1024;

/** The one server for what comes in by HTTP, besides a chat's own; `undefined`: the configuration wants none. */
export async function startWeb(
  config: ConfigSource,
  log: Logger,
  ...routes: ((app: FastifyInstance) => void)[]
): Promise<(Running & { port: number }) | undefined> {
  const { http } = config.current();
  if (http === undefined) return undefined;
  const app = fastify({ bodyLimit: BODY_BYTES, logger: false });
  // A signature is over the bytes as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => {
    const status =
      typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status >= 500) log.error({ url: request.url, error: messageOf(error) }, 'a request could not be answered');
    return reply.code(status).send({ error: status === 413 ? 'too large' : 'not stored; send it again' });
  });
  for (const add of routes) add(app);
  await app.listen({ host: http.address, port: http.port });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : http.port,
    stop: () => app.close(),
  };
}
