import fastify, { type FastifyInstance } from 'fastify';
import { Refusal } from './answers.js';
import type { Faults } from './faults.js';
import type { Journal } from './journal.js';

/** The bare application: body parsing, the shape of errors, and the faults that strike after the effect. */
export function makeApplication(journal: Journal, faults: Faults): FastifyInstance {
  const app = fastify({ routerOptions: { maxParamLength: 2000 }, bodyLimit: 4 * 1024 * 1024 });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)));
    } catch {
      done(new Refusal(400, { error: 'Problem parsing JSON' }));
    }
  });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, formFields(String(body)));
  });
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, _body, done) => done(null, {}));

  app.setErrorHandler((error, _, reply) => {
    if (error instanceof Refusal) return reply.code(error.status).send(error.body);
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    return reply.code(status).send({ message: status === 500 ? '500 Internal Server Error' : `${status} Bad Request` });
  });

  app.addHook('onSend', async (request, reply) => {
    const recorded = journal.of(request.raw);
    if (!recorded) return;
    await faults.waitAt('after', recorded);
    if (!faults.mustCut(recorded)) return;
    recorded.state = 'cut';
    reply.raw.destroy();
  });

  return app;
}

function formFields(body: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}
