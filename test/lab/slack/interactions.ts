import { type FormValue, filledIn, isEmpty } from './form-values.js';
import { render } from './messages.js';
import { renderView, replaceView, stackView, validView, viewState } from './methods-views.js';
import type { CommandOutcome, PeopleParts } from './people.js';
import {
  ApiError,
  type Delivered,
  isObj,
  isObjArray,
  type Obj,
  type SlackUser,
  type StoredEphemeral,
  type StoredMessage,
  type StoredView,
} from './types.js';

export type Clickable = string | StoredMessage | StoredEphemeral | StoredView;

export interface ClickOutcome extends Omit<CommandOutcome, 'responseUrl'> {
  /** None for a click in a modal. */
  responseUrl?: string;
  action: Obj;
  /** The confirm dialog the person agreed to. */
  confirm?: Obj;
}

export interface SubmitOutcome extends Delivered {
  errors?: Record<string, string>;
  /** The modals the person still has open, the visible one last. */
  stack: StoredView[];
}

export type FormValues = Record<string, FormValue | Record<string, FormValue>>;

/** What people do with buttons, menus and modals. */
export class Interactions {
  readonly #parts: PeopleParts;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** `what`: an action_id, a button's label or its value. `choice` for menus. */
  async click(user: SlackUser, where: Clickable, what: string, choice?: FormValue): Promise<ClickOutcome> {
    const { state, delivery, triggers, responseUrls } = this.#parts;
    const target = typeof where === 'string' ? this.#find(user, where) : where;
    const view = 'definition' in target ? target : undefined;
    const { block, element } = findElement(allBlocks(target), what);
    const blockId = String(block.block_id);
    const actionId = String(element.action_id);
    const filled = element.type === 'button' ? undefined : filledIn(element, choice ?? null);
    if (view !== undefined && filled !== undefined) {
      const values = view.values[blockId] ?? {};
      view.values[blockId] = values;
      values[actionId] = filled;
    }
    const label = { text: element.text, ...(element.value === undefined ? {} : { value: element.value }) };
    const action: Obj = {
      type: element.type,
      block_id: blockId,
      action_id: actionId,
      ...(element.type === 'button' ? label : { ...filled }),
      ...(element.style === undefined ? {} : { style: element.style }),
      action_ts: state.nextTs(),
    };
    const triggerId = triggers.issue(user.id);
    const common: Obj = {
      type: 'block_actions',
      user: { id: user.id, username: user.name, name: user.name, team_id: state.teamId },
      api_app_id: state.appId,
      token: 'lab-verification-token',
      trigger_id: triggerId,
      team: { id: state.teamId, domain: state.teamDomain },
      enterprise: null,
      is_enterprise_install: false,
      actions: [action],
    };
    const confirm = isObj(element.confirm) ? { confirm: element.confirm } : {};
    if ('definition' in target) {
      const payload = { ...common, container: { type: 'view', view_id: target.id }, view: renderView(state, target) };
      return { ...(await delivery.interaction(payload)), triggerId, action, ...confirm };
    }
    const channel = state.channels.get(target.channel);
    const ephemeral = 'via' in target;
    const responseUrl = responseUrls.issue({
      user: user.id,
      channel: target.channel,
      kind: 'actions',
      message: target,
    });
    const payload = {
      ...common,
      container: {
        type: 'message',
        message_ts: target.ts,
        channel_id: target.channel,
        is_ephemeral: ephemeral,
        ...(target.threadTs === undefined ? {} : { thread_ts: target.threadTs }),
      },
      channel: { id: target.channel, name: channel?.type === 'im' ? 'directmessage' : channel?.name },
      ...('via' in target ? {} : { message: render(state, target) }),
      state: { values: filled === undefined ? {} : { [blockId]: { [actionId]: filled } } },
      response_url: responseUrl,
    };
    return { ...(await delivery.interaction(payload)), responseUrl, triggerId, action, ...confirm };
  }

  /** Fills in the visible modal and presses submit. Keys are block_ids. Throws where a client would refuse. */
  async submitView(user: SlackUser, view: StoredView | string, values: FormValues = {}): Promise<SubmitOutcome> {
    const { state, delivery, triggers, responseUrls } = this.#parts;
    const id = typeof view === 'string' ? view : view.id;
    const stack = state.viewStack(user.id);
    const open = stack.at(-1);
    if (open === undefined || open.id !== id) throw new Error(`${id} is not the modal ${user.name} sees`);
    const d = open.definition;
    if (d.submit === undefined || d.submit_disabled === true) throw new Error('the modal has no submit button');
    this.#fill(open, values);
    delete open.errors;
    delete open.failure;
    const response_urls: Obj[] = [];
    for (const block of inputs(open)) {
      const element = isObj(block.element) ? block.element : {};
      if (element.response_url_enabled !== true) continue;
      const entry = open.values[String(block.block_id)]?.[String(element.action_id)] ?? {};
      const channel = String(entry.selected_conversation ?? entry.selected_channel ?? '');
      const url = responseUrls.issue({ user: user.id, channel, kind: 'actions' });
      const { block_id } = block;
      response_urls.push({ block_id, action_id: element.action_id, channel_id: channel, response_url: url });
    }
    const result = await delivery.interaction({
      type: 'view_submission',
      team: { id: state.teamId, domain: state.teamDomain },
      user: { id: user.id, username: user.name, name: user.name, team_id: state.teamId },
      api_app_id: state.appId,
      token: 'lab-verification-token',
      trigger_id: triggers.issue(user.id),
      view: renderView(state, open),
      response_urls,
      is_enterprise_install: false,
      enterprise: null,
    });
    if (result.error !== undefined) open.failure = result.error;
    else this.#answer(user, open, result.ack);
    state.changes.emit();
    const errors = open.errors === undefined ? {} : { errors: open.errors };
    return { ...result, ...errors, stack: [...state.viewStack(user.id)] };
  }

  /** Presses close (or the x: `all`). */
  async closeView(user: SlackUser, all = false): Promise<Delivered | undefined> {
    const { state, delivery } = this.#parts;
    const stack = state.viewStack(user.id);
    const view = stack.pop();
    if (view === undefined) throw new Error(`${user.name} has no modal open`);
    if (all) stack.length = 0;
    state.changes.emit();
    if (view.definition.notify_on_close !== true) return undefined;
    return delivery.interaction({
      type: 'view_closed',
      team: { id: state.teamId, domain: state.teamDomain },
      user: { id: user.id, username: user.name, name: user.name, team_id: state.teamId },
      api_app_id: state.appId,
      token: 'lab-verification-token',
      view: renderView(state, view),
      is_cleared: all,
      is_enterprise_install: false,
      enterprise: null,
    });
  }

  #answer(user: SlackUser, view: StoredView, ack: unknown): void {
    const { state } = this.#parts;
    const stack = state.viewStack(user.id);
    if (!isObj(ack) || ack.response_action === undefined) {
      if (ack !== undefined && ack !== '' && !isObj(ack)) state.problem(`view_submission acked with ${String(ack)}`);
      stack.splice(stack.indexOf(view), 1);
      return;
    }
    try {
      if (ack.response_action === 'clear') stack.length = 0;
      else if (ack.response_action === 'update') replaceView(state, view, validView(state, ack.view));
      else if (ack.response_action === 'push') stackView(state, user.id, validView(state, ack.view));
      else if (ack.response_action === 'errors') this.#errors(view, ack.errors);
      else throw new ApiError(`unknown response_action ${String(ack.response_action)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      view.failure = error.code;
      state.problem(`view_submission answered wrongly: ${error.code} ${JSON.stringify(error.extra)}`);
    }
  }

  #errors(view: StoredView, errors: unknown): void {
    if (!isObj(errors) || Object.keys(errors).length === 0) throw new ApiError('errors without entries');
    const known = new Set(inputs(view).map((b) => String(b.block_id)));
    for (const key of Object.keys(errors)) if (!known.has(key)) throw new ApiError(`${key} is no input block`);
    view.errors = Object.fromEntries(Object.entries(errors).map(([k, v]) => [k, String(v)]));
  }

  #fill(view: StoredView, values: FormValues): void {
    const blocks = inputs(view);
    for (const key of Object.keys(values)) {
      if (!blocks.some((b) => b.block_id === key)) throw new Error(`the modal has no input block ${key}`);
    }
    for (const block of blocks) {
      const blockId = String(block.block_id);
      const element = isObj(block.element) ? block.element : {};
      const actionId = String(element.action_id);
      const given = values[blockId];
      const value = isObj(given) ? given[actionId] : given;
      if (value !== undefined) {
        const filled = typeof value === 'string' || value === null || Array.isArray(value) ? value : null;
        view.values[blockId] = { [actionId]: filledIn(element, filled) };
      }
      const entry = viewState(view)[blockId]?.[actionId] ?? {};
      if (block.optional !== true && isEmpty(entry)) throw new Error(`the client wants ${blockId} filled in`);
    }
  }

  #find(user: SlackUser, ts: string): Clickable & object {
    const { state } = this.#parts;
    for (const list of state.messages.values()) for (const m of list) if (m.ts === ts) return m;
    const shown = state.ephemerals.find((e) => e.ts === ts && e.user === user.id && !e.deleted);
    const view = state.viewStack(user.id).find((v) => v.id === ts);
    const found = shown ?? view;
    if (found === undefined) throw new Error(`${user.name} sees nothing called ${ts}`);
    return found;
  }
}

function inputs(view: StoredView): Obj[] {
  return allBlocks(view).filter((b) => b.type === 'input');
}

function allBlocks(target: StoredMessage | StoredEphemeral | StoredView): Obj[] {
  if ('definition' in target) return isObjArray(target.definition.blocks) ? target.definition.blocks : [];
  const attached = (target.attachments ?? []).flatMap((a) => (isObjArray(a.blocks) ? a.blocks : []));
  return [...(target.blocks ?? []), ...attached];
}

function findElement(blocks: Obj[], what: string): { block: Obj; element: Obj } {
  const seen: string[] = [];
  for (const block of blocks) {
    const list = Array.isArray(block.elements) ? block.elements : [block.accessory, block.element];
    for (const element of list) {
      if (!isObj(element) || typeof element.action_id !== 'string') continue;
      const label = isObj(element.text) ? element.text.text : undefined;
      seen.push(`${element.action_id} (${String(label ?? element.type)})`);
      if (element.action_id === what || label === what || element.value === what) return { block, element };
    }
  }
  throw new Error(`nothing to click called "${what}"; there is: ${seen.join(', ') || 'nothing'}`);
}
