import { messageContent } from './content.js';
import { addMessage, changeMessage, deleteMessage } from './messages.js';
import type { State } from './state.js';
import { ApiError, isObj, type Obj, type StoredEphemeral, type StoredMessage, str } from './types.js';

const USES = 5;
const LIFE_MS = 30 * 60_000;

export interface ResponseTarget {
  readonly user: string;
  readonly channel: string;
  readonly kind: 'commands' | 'actions' | 'shortcuts';
  /** The message replace_original and delete_original speak of. */
  message?: StoredMessage | StoredEphemeral;
}

interface Issued extends ResponseTarget {
  readonly at: number;
  uses: number;
}

export interface PlainAnswer {
  status: number;
  type: string;
  body: string;
}

/** response_urls: five uses within thirty minutes, no token, no membership needed. */
export class ResponseUrls {
  readonly #state: State;
  readonly #issued = new Map<string, Issued>();

  constructor(state: State) {
    this.#state = state;
  }

  issue(target: ResponseTarget): string {
    const { origin, teamId } = this.#state;
    const path = `/${target.kind === 'commands' ? 'commands' : 'actions'}/${teamId}/${this.#issued.size + 1}/`;
    const url = `${origin}/hooks${path}${this.#state.secret()}`;
    this.#issued.set(new URL(url).pathname, { ...target, at: this.#state.now(), uses: 0 });
    return url;
  }

  /** The target object behind a URL, shared with the ack of the same command. */
  target(url: string): ResponseTarget | undefined {
    return this.#issued.get(new URL(url).pathname);
  }

  use(path: string, body: unknown): PlainAnswer {
    const issued = this.#issued.get(path);
    if (issued === undefined) return refused(404, 'no_such_url');
    if (this.#state.now() - issued.at > LIFE_MS) return refused(404, 'expired_url');
    if (issued.uses >= USES) return refused(404, 'used_url');
    if (!isObj(body)) return { status: 400, type: 'text/html', body: 'invalid_payload' };
    try {
      this.respond(issued, body, 'response_url');
    } catch (error) {
      if (error instanceof ApiError) return { status: 400, type: 'text/html', body: error.code };
      throw error;
    }
    issued.uses += 1;
    return { status: 200, type: 'text/html', body: 'ok' };
  }

  /** Shows a response; also the body of a command's ack. */
  respond(target: ResponseTarget, body: Obj, via: 'ack' | 'response_url'): void {
    const previous = target.message;
    if (body.delete_original === true) {
      if (previous === undefined) return;
      if ('via' in previous) previous.deleted = true;
      else deleteMessage(this.#state, previous);
      delete target.message;
      this.#state.changes.emit();
      return;
    }
    const { warnings: _, metadata, ...content } = messageContent(this.#state, body);
    if (body.replace_original === true && previous !== undefined) {
      if ('via' in previous) {
        delete previous.blocks;
        delete previous.attachments;
        Object.assign(previous, content, { replaced: true });
        this.#state.changes.emit();
        return;
      }
      if (previous.botId === this.#state.botId) {
        changeMessage(this.#state, previous, (m) => {
          delete m.blocks;
          delete m.attachments;
          Object.assign(m, content);
        });
        return;
      }
    }
    const channel = this.#state.channels.get(target.channel);
    if (channel === undefined) throw new ApiError('channel_not_found');
    if (body.response_type === 'in_channel') {
      const threadTs = body.replace_original === false ? str(body.thread_ts) : undefined;
      target.message = addMessage(this.#state, channel, {
        ...content,
        botId: this.#state.botId,
        subtype: 'bot_message',
        ...(metadata === undefined ? {} : { metadata }),
        ...(threadTs === undefined ? {} : { threadTs }),
      });
      return;
    }
    const shown: StoredEphemeral = {
      ...content,
      channel: channel.id,
      user: target.user,
      ts: this.#state.nextTs(),
      deleted: false,
      replaced: false,
      via,
    };
    this.#state.ephemerals.push(shown);
    target.message = shown;
    this.#state.changes.emit();
  }
}

function refused(status: number, error: string): PlainAnswer {
  return { status, type: 'application/json', body: JSON.stringify({ ok: false, error }) };
}
