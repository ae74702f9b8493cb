import { EdgeError, messageOf } from '../../src/errors.js';
import { createHttp, type Http, type HttpClient } from '../../src/http.js';
import type { Challenge } from '../../src/registry/challenge.js';
import { openRegistry, type Registry } from '../../src/registry/client.js';
import type { Lab } from '../../test/lab/lab.js';
import { type Login, loginsOf, type Subject } from './subject.js';

/** What the probe calls itself, so that its requests are told from those of the workers. */
export const PROBE_AGENT = 'chaos-probe';

/** What was seen of a project's logins. */
export interface Hammered {
  tries: number;
  /** Logins that the variables held, and that were refused: how. */
  refusals: string[];
  /** The registry was away, and it was known that it is. */
  away: number;
}

interface Watched extends Hammered {
  subject: Subject;
  /** Something happened there since it was last tried. */
  isHot: boolean;
}

/** So many projects are tried at once. */
const AT_ONCE = 2;
/** Where nothing has just happened, this is between two tries: the workers need the processor too. Milliseconds. */
const PAUSE_MS = 15;

/**
 * Tries the logins that variables hold, all the time: the handshake for pull and push, an upload opened and cancelled.
 * Projects where something has just happened come first.
 */
export class Probe {
  readonly #lab: Lab;
  readonly #http: HttpClient;
  readonly #registry: Registry;
  readonly #watched = new Map<number, Watched>();
  #loops: Promise<void>[] = [];
  #stopped = false;
  #seen = 0;
  #challenge: Challenge | undefined;
  /** The registry is down on purpose. */
  isOutage = false;

  /** `ownLogin` may delete uploads. */
  constructor(lab: Lab, ownLogin: Login) {
    this.#lab = lab;
    this.#http = createHttp(lab.host.ca.certPath);
    const named: Http = (url, options) =>
      this.#http(url, { ...options, headers: { ...options?.headers, 'user-agent': PROBE_AGENT } });
    this.#registry = openRegistry(lab.host.registryUrl, named, [lab.gitlab.url], async () => ownLogin);
  }

  async start(): Promise<void> {
    this.#challenge = (await this.#registry.ping()).challenge;
    this.#loops = Array.from({ length: AT_ONCE }, () => this.#loop());
  }

  /** What it sees is counted in the answer, until {@link leave}. */
  watch(subject: Subject): Hammered {
    const watched: Watched = { subject, isHot: true, tries: 0, refusals: [], away: 0 };
    this.#watched.set(subject.project.id, watched);
    return watched;
  }

  /** Tries it once more before it is left alone. */
  async leave(subject: Subject): Promise<void> {
    const watched = this.#watched.get(subject.project.id);
    this.#watched.delete(subject.project.id);
    if (watched !== undefined) await this.#tryOut(watched);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
    await this.#http.close();
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const { next, isHot } = this.#next();
      if (next !== undefined) await this.#tryOut(next);
      if (!isHot) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** The first of those where something happened, else the one that waits longest. */
  #next(): { next?: Watched; isHot: boolean } {
    this.#notice();
    const all = [...this.#watched.values()];
    const next = all.find(({ isHot }) => isHot) ?? all[0];
    if (next === undefined) return { isHot: false };
    const { isHot } = next;
    next.isHot = false;
    this.#watched.delete(next.subject.project.id);
    this.#watched.set(next.subject.project.id, next);
    return { next, isHot };
  }

  #notice(): void {
    const { requests } = this.#lab.gitlab;
    for (; this.#seen < requests.length; this.#seen++) {
      const request = requests[this.#seen];
      const id = /^\/api\/v4\/projects\/(\d+)\//.exec(request?.path ?? '')?.[1];
      const watched = this.#watched.get(Number(id));
      if (watched !== undefined && request?.method !== 'GET') watched.isHot = true;
    }
  }

  async #tryOut(watched: Watched): Promise<void> {
    const { subject } = watched;
    for (const login of loginsOf(this.#lab, subject)) {
      const wasOutage = this.isOutage;
      const refusal = await this.#refusalOf(login, subject);
      // Read before the variable was written, refused after: a job that begins now gets the new one.
      const holds = loginsOf(this.#lab, subject).some(
        ({ username, password }) => username === login.username && password === login.password,
      );
      if (refusal !== undefined && !holds) {
        watched.isHot = true;
        continue;
      }
      watched.tries += 1;
      if (refusal === undefined) continue;
      if ((wasOutage || this.isOutage) && refusal.isAway) watched.away += 1;
      else watched.refusals.push(refusal.why);
    }
  }

  async #refusalOf(login: Login, { project }: Subject): Promise<{ why: string; isAway: boolean } | undefined> {
    if (this.#challenge === undefined) throw new Error('the registry asks for no token');
    const repository = project.fullPath;
    try {
      const shaken = await this.#registry.handshake(this.#challenge, [`repository:${repository}:pull,push`], login);
      if (shaken.is === 'refused') return { why: `login refused with ${shaken.status}`, isAway: shaken.status >= 500 };
      const granted = shaken.access.find(({ name }) => name === repository)?.actions ?? [];
      if (!granted.includes('push')) return { why: `granted ${granted.join(',') || 'nothing'}`, isAway: false };
      const upload = await this.#registry.probeUpload(repository, shaken.token);
      if (upload.is === 'accepted') return undefined;
      return { why: `upload refused with ${upload.status}`, isAway: upload.status >= 500 };
    } catch (error) {
      return { why: messageOf(error), isAway: error instanceof EdgeError };
    }
  }
}
