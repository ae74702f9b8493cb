import { AppError, forbidden } from './errors.js';
import type { Events } from './events.js';
import { callOut } from './outgoing.js';
import { mayChannel, mayTeam } from './rights.js';
import type { State } from './state.js';
import type { Triggers } from './triggers.js';
import { isObj, type Obj, objs, str, type User } from './types.js';

/** A dialog as it stands open in somebody's client. */
export interface OpenDialog {
  readonly user_id: string;
  /** The client's part of the trigger. */
  readonly trigger_id: string;
  url: string;
  dialog: Obj;
  open: boolean;
  errors?: Obj;
  error?: string;
}

const bytes = (value: unknown): number => Buffer.byteLength(str(value));

/** What breaks the server's limits, which it only logs. */
export function* dialogFaults(dialog: Obj): Generator<string> {
  if (bytes(dialog.title) < 1 || bytes(dialog.title) > 24) yield 'invalid dialog title';
  const names = new Set<string>();
  for (const element of objs(dialog.elements)) {
    const name = str(element.name);
    const where = `of element ${name}`;
    const long = element.type === 'textarea' || element.type === 'select' ? 3000 : 150;
    if (bytes(element.display_name) < 1 || bytes(element.display_name) > 24) yield `invalid display_name ${where}`;
    if (name === '' || bytes(name) > 300 || names.has(name)) yield `invalid name ${where}`;
    names.add(name);
    if (bytes(element.help_text) > 150) yield `help_text too long ${where}`;
    if (bytes(element.placeholder) > long) yield `placeholder too long ${where}`;
    if (!['text', 'textarea', 'select', 'radio', 'bool', 'date', 'datetime'].includes(str(element.type))) {
      yield `invalid type ${where}`;
    }
    if (Number(element.min_length ?? 0) > Number(element.max_length ?? Number.POSITIVE_INFINITY)) {
      yield `min_length over max_length ${where}`;
    }
    const options = Array.isArray(element.options) && element.options.length > 0;
    if (element.type === 'select' && !options && str(element.data_source) === '') yield `no options ${where}`;
    if (element.type === 'bool' && !['', 'true', 'false'].includes(String(element.default ?? ''))) {
      yield `invalid default ${where}`;
    }
  }
}

/** Dialogs: opened by whoever holds a trigger_id, submitted by the client of the person. */
export class Dialogs {
  /** Every dialog that was opened, oldest first. */
  readonly all: OpenDialog[] = [];
  readonly #state: State;
  readonly #events: Events;
  readonly #triggers: Triggers;

  constructor(state: State, events: Events, triggers: Triggers) {
    this.#state = state;
    this.#events = events;
    this.#triggers = triggers;
  }

  open(body: Obj): void {
    const { clientId, userId } = this.#triggers.verify(str(body.trigger_id));
    if (str(body.url) === '' || !isObj(body.dialog)) {
      throw new AppError(400, 'api.context.invalid_body_param.app_error');
    }
    for (const fault of dialogFaults(body.dialog)) this.#state.problem(`Interactive dialog is invalid: ${fault}`);
    const opened = { trigger_id: clientId, url: str(body.url), dialog: body.dialog };
    for (const other of this.all) if (other.user_id === userId) other.open = false;
    this.all.push({ ...structuredClone(opened), user_id: userId, open: true });
    this.#events.publish('open_dialog', { dialog: JSON.stringify(opened) }, { user_id: userId });
  }

  /** The person is set by the server; everything else is as their client says, true or not. */
  async submit(user: User, body: Obj): Promise<Obj> {
    const url = str(body.url);
    const channel = this.#state.channels.get(str(body.channel_id));
    const team = this.#state.teams.get(str(body.team_id));
    if (url === '') throw new AppError(400, 'api.context.invalid_body_param.app_error');
    if (channel === undefined || !mayChannel(this.#state, user, channel, 'read_channel')) throw forbidden();
    if (!mayTeam(this.#state, user, team, 'view_team')) throw forbidden();
    const submission = {
      type: str(body.type) || 'dialog_submission',
      callback_id: str(body.callback_id),
      state: str(body.state),
      user_id: user.id,
      channel_id: channel.id,
      team_id: team?.id ?? '',
      submission: isObj(body.submission) ? body.submission : null,
      cancelled: body.cancelled === true,
    };
    try {
      const answer = await callOut(this.#state, {
        kind: 'dialog',
        url,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(submission),
        shown: submission,
      });
      if (answer.status !== 200) throw new Error(`action integration returned status ${answer.status}`);
      const parsed: unknown = answer.body === '' ? {} : JSON.parse(answer.body);
      return isObj(parsed) ? parsed : {};
    } catch {
      throw new AppError(400, 'api.post.do_action.action_integration.app_error');
    }
  }
}
