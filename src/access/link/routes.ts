import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Instance } from '../../config/schema.js';
import type { ConfigSource } from '../../config/source.js';
import { EdgeError, type ErrorCode, messageOf } from '../../errors.js';
import type { User } from '../../gitlab/schema.js';
import { createHttp } from '../../http.js';
import type { Logger } from '../../log.js';
import { cookieHeader, readCookie } from './cookie.js';
import { type Application, applicationOf, authorizeUrl, whoSignedIn } from './oauth.js';
import { askPage, donePage, faultPage, PAGE_HEADERS } from './pages.js';
import { denied, notThisBrowser, notThisPage, usedUp } from './refusals.js';
import { digestOf, isSame, newSecret, proofsOf } from './secrets.js';
import { LINK_MS, type LinkStore, type Offer } from './store.js';

/** What a browser learns of a refusal, besides its page. */
const STATUS: Partial<Record<ErrorCode, number>> = { 'not-allowed': 403, 'not-found': 410 };

type Query = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The way of a link through a browser. `GET /link/NONCE` shows whose account it is and changes nothing, for a chat's
 * preview opens it too; its button, `POST`, goes to GitLab; `GET /link/callback` learns who signed in there and keeps it.
 *
 * What binds the three is a secret in a cookie of this browser: another one, or another site's form, has no part in it.
 */
export function addLinks(app: FastifyInstance, config: ConfigSource, links: LinkStore, log: Logger): void {
  app.get<{ Params: { nonce: string } }>('/link/:nonce', ({ params: { nonce } }, reply) =>
    answered(reply, log, async () => {
      const { offer, instance, publicUrl } = await offered(digestOf(nonce));
      const browser = newSecret();
      reply.header('set-cookie', cookieHeader(browser, LINK_MS, publicUrl));
      const action = `${publicUrl}/link/${encodeURIComponent(nonce)}`;
      return askPage(offer, instance.gitlab.url, { action, check: proofsOf(browser, nonce).form });
    }),
  );

  app.post<{ Params: { nonce: string } }>('/link/:nonce', ({ params: { nonce }, headers, body }, reply) =>
    answered(reply, log, async () => {
      const digest = digestOf(nonce);
      const { application, publicUrl } = await offered(digest);
      const browser = readCookie(headers.cookie, publicUrl);
      if (browser === undefined || !isSame(field(body, 'check'), proofsOf(browser, nonce).form)) throw notThisPage();
      await links.begin(browser, digest);
      reply.code(303).header('location', authorizeUrl(application, proofsOf(browser)));
      return '';
    }),
  );

  app.get<{ Querystring: Query }>('/link/callback', { exposeHeadRoute: false }, ({ query, headers }, reply) =>
    answered(reply, log, async () => {
      const browser = readCookie(headers.cookie, config.current().http?.publicUrl ?? '');
      if (browser === undefined || !isSame(one(query.state), proofsOf(browser).state)) throw notThisBrowser();
      const digest = await links.cameBack(browser);
      if (digest === undefined) throw usedUp();
      const { instance, application, publicUrl } = await offered(digest);
      reply.header('set-cookie', cookieHeader('', 0, publicUrl));
      if (query.error !== undefined) throw denied(one(query.error));
      const user = await signedIn(instance, application, one(query.code) ?? '', proofsOf(browser).verifier);
      // Only now, and by one caller: after a sign-in that failed, the same link can be opened again.
      const offer = await links.take(digest);
      if (offer === undefined) throw usedUp();
      await links.keep(offer.person, instance, user);
      log.info(
        {
          audit: 'link',
          instance: instance.name,
          person: offer.person,
          user: { id: user.id, username: user.username },
        },
        'a chat account is linked',
      );
      return donePage(offer, user.username, instance.gitlab.url);
    }),
  );

  async function offered(
    digest: string,
  ): Promise<{ offer: Offer; instance: Instance; application: Application; publicUrl: string }> {
    const { http, instances } = config.current();
    const offer = await links.offered(digest);
    const instance = instances.find(({ name }) => name === offer?.instance);
    const publicUrl = http?.publicUrl;
    const application = instance && publicUrl && applicationOf(instance, publicUrl, config.secret);
    if (!offer || !instance || !publicUrl || !application) throw usedUp();
    return { offer, instance, application, publicUrl };
  }

  async function signedIn(instance: Instance, application: Application, code: string, verifier: string): Promise<User> {
    const http = createHttp(instance.ca);
    try {
      return await whoSignedIn(application, code, verifier, http, log);
    } finally {
      await http.close();
    }
  }
}

/** Every failure is a page. The request's address is never logged: it holds what opens the way. */
async function answered(reply: FastifyReply, log: Logger, work: () => Promise<string>): Promise<FastifyReply> {
  reply.headers(PAGE_HEADERS);
  try {
    return reply.send(await work());
  } catch (error) {
    log.warn({ error: messageOf(error), from: reply.request.ip }, 'a chat account was not linked');
    if (error instanceof EdgeError) return reply.code(STATUS[error.code] ?? 502).send(faultPage(error.forPerson));
    const next = 'try again in a minute; whoever runs Registrar finds the reason in its log';
    return reply.code(500).send(faultPage({ what: 'Registrar could not do this', next }));
  }
}

/** A field of a form, as the server has it: the bytes. */
function field(body: unknown, name: string): string | undefined {
  return Buffer.isBuffer(body) ? (new URLSearchParams(body.toString('utf8')).get(name) ?? undefined) : undefined;
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? undefined : value;
}
