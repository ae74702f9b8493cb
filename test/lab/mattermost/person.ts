import type { Api } from './api.js';
import { filledIn } from './client-dialog.js';
import type { OpenDialog } from './dialogs.js';
import { type Seen, seenBy } from './seen.js';
import { type Channel, isObj, type Obj, objs, type Post, runes, str, strings, type Team, type User } from './types.js';
import type { World } from './world.js';

/** What a client got for what its person did. */
export interface Answer {
  readonly status: number;
  /** The error's id. */
  readonly error?: string;
  /** A list is under `list`. */
  readonly body: Obj;
}

export interface Submitted extends Answer {
  readonly open: boolean;
  readonly errors?: Obj;
  /** The next step, when the answer was a form. */
  readonly next?: OpenDialog;
}

type Named = string | { readonly id: string };
const idOf = (what: Named): string => (typeof what === 'string' ? what : what.id);

/** Somebody with a web client. What they do is a call of that client; faults of the network don't reach them. */
export class Person {
  readonly user: User;
  readonly #w: World;
  readonly #api: Api;
  #token = '';
  #serial = 0;

  constructor(world: World, api: Api, user: User) {
    this.#w = world;
    this.#api = api;
    this.user = user;
  }

  get id(): string {
    return this.user.id;
  }
  get username(): string {
    return this.user.username;
  }

  /** The token of a session, as the API takes it. */
  get token(): string {
    if (!this.#w.state.tokens.has(this.#token)) this.#token = this.#w.state.addToken(this.user, 'session').token;
    return this.#token;
  }

  /** Any call of the API. */
  async calls(method: string, path: string, body?: unknown): Promise<Answer> {
    const url = new URL(`http://x/api/v4${path}`);
    const reply = await this.#api.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: { authorization: `Bearer ${this.token}` },
      body: body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    });
    const json = isObj(reply.json) ? reply.json : { list: reply.json };
    return { status: reply.status, body: json, ...(reply.status < 400 ? {} : { error: str(json.id) }) };
  }

  /** Sends a slash command. In a direct channel the team is that of the open window. */
  runs(text: string, channel: Named, options: { root?: Named; team?: Team } = {}): Promise<Answer> {
    const { state } = this.#w;
    if (runes(text) > state.settings.MaxPostSize) throw new Error('the message box refuses: too long');
    const where = state.channels.get(idOf(channel));
    const first = [...state.teams.values()].find((t) => t.members.has(this.id));
    return this.calls('POST', '/commands/execute', {
      command: text,
      channel_id: idOf(channel),
      team_id: options.team?.id ?? (where?.team_id || first?.id),
      root_id: options.root === undefined ? '' : idOf(options.root),
    });
  }

  /** Clicks a button, or chooses from a menu, of a post they see: by its name, its id or its place. */
  clicks(post: Named, which: string | number, options: { option?: string } = {}): Promise<Answer> {
    const seen = seenBy(this.#w, this.id).find((p) => p.id === idOf(post));
    if (seen === undefined) throw new Error(`${this.username} sees no post ${idOf(post)}`);
    const actions = objs(seen.props.attachments).flatMap((a) => objs(a.actions));
    const found =
      typeof which === 'number'
        ? actions[which]
        : (actions.find((a) => a.name === which) ?? actions.find((a) => a.id === which));
    if (found === undefined) {
      throw new Error(`no action ${which} there, only: ${actions.map((a) => a.name).join(', ') || 'none'}`);
    }
    if (found.disabled === true) throw new Error(`the client shows ${String(found.name)} as disabled`);
    return this.calls('POST', `/posts/${seen.id}/actions/${str(found.id)}`, {
      ...(found.type === 'select' ? { selected_option: options.option ?? found.default_option } : {}),
      ...(found.cookie === undefined ? {} : { cookie: found.cookie }),
    });
  }

  /** The dialog that is open in front of them. */
  get dialog(): OpenDialog | undefined {
    return this.#w.dialogs.all.findLast((d) => d.user_id === this.id && d.open);
  }

  /** `forged` is what a client of their own making would say instead. */
  async submits(dialog: OpenDialog, values: Obj = {}, forged: Obj = {}): Promise<Submitted> {
    const answer = await this.#send(dialog, { submission: filledIn(dialog, values), cancelled: false, ...forged });
    if (answer.status !== 200) return { ...answer, open: dialog.open };
    const errors = isObj(answer.body.errors) ? answer.body.errors : {};
    const error = str(answer.body.error);
    if (Object.keys(errors).length > 0 || error !== '') {
      dialog.errors = errors;
      dialog.error = error;
      return { ...answer, open: true, errors };
    }
    dialog.open = false;
    if (answer.body.type !== 'form' || !isObj(answer.body.form)) return { ...answer, open: false };
    const next = { ...dialog, dialog: answer.body.form, open: true };
    this.#w.dialogs.all.push(next);
    return { ...answer, open: true, next };
  }

  /** The integration hears of it only when the dialog says so. */
  async cancels(dialog: OpenDialog): Promise<Answer | undefined> {
    dialog.open = false;
    if (dialog.dialog.notify_on_cancel !== true) return undefined;
    return this.#send(dialog, { submission: {}, cancelled: true });
  }

  #send(dialog: OpenDialog, rest: Obj): Promise<Answer> {
    const place = this.#w.triggers.place(dialog.trigger_id);
    const first = [...this.#w.state.teams.values()].find((t) => t.members.has(this.id));
    return this.calls('POST', '/actions/dialogs/submit', {
      url: dialog.url,
      callback_id: dialog.dialog.callback_id,
      state: dialog.dialog.state,
      user_id: this.id,
      channel_id: place?.channel.id,
      team_id: place?.teamId || first?.id,
      ...rest,
    });
  }

  async posts(
    text: string,
    channel: Named,
    options: { root?: Named; files?: { name: string; content: string | Buffer }[] } = {},
  ): Promise<Post> {
    const files: string[] = [];
    for (const { name, content } of options.files ?? []) {
      const query = new URLSearchParams({ channel_id: idOf(channel), filename: name });
      const sent = await this.#good(this.calls('POST', `/files?${query}`, Buffer.from(content)));
      files.push(...objs(sent.file_infos).map((f) => str(f.id)));
    }
    this.#serial += 1;
    const made = await this.#good(
      this.calls('POST', '/posts', {
        channel_id: idOf(channel),
        message: text,
        root_id: options.root === undefined ? '' : idOf(options.root),
        file_ids: strings(files),
        pending_post_id: `${this.id}:${this.#w.state.now()}${this.#serial}`,
      }),
    );
    return this.#stored(made);
  }

  async edits(post: Named, text: string): Promise<Post> {
    return this.#stored(await this.#good(this.calls('PUT', `/posts/${idOf(post)}/patch`, { message: text })));
  }

  async deletes(post: Named): Promise<void> {
    await this.#good(this.calls('DELETE', `/posts/${idOf(post)}`));
  }

  async reacts(post: Named, emoji: string): Promise<void> {
    const reaction = { user_id: this.id, post_id: idOf(post), emoji_name: emoji };
    await this.#good(this.calls('POST', '/reactions', reaction));
  }

  /** What is in a channel for them, oldest first, with what only they see. */
  sees(channel: Named | Channel): Seen[] {
    return seenBy(this.#w, this.id, idOf(channel));
  }

  #stored(made: Obj): Post {
    const post = this.#w.state.posts.get(str(made.id));
    if (post === undefined) throw new Error(`no post ${str(made.id)}`);
    return post;
  }

  async #good(call: Promise<Answer>): Promise<Obj> {
    const { error, status, body } = await call;
    if (error !== undefined) throw new Error(`the client shows: ${status} ${error}`);
    return body;
  }
}
