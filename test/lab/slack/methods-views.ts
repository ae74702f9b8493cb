import { checkView } from './block-kit.js';
import type { Method } from './method.js';
import type { State } from './state.js';
import { ApiError, isObj, isObjArray, type Obj, type StoredView, str } from './types.js';

const newId = (state: State) => (): string => state.secret().slice(0, 5);

export function validView(state: State, view: unknown): Obj {
  return checkView(view, newId(state));
}

/** The state the client sends: inputs it shows, empty ones included. */
export function viewState(view: StoredView): Record<string, Record<string, Obj>> {
  const values: Record<string, Record<string, Obj>> = {};
  for (const block of isObjArray(view.definition.blocks) ? view.definition.blocks : []) {
    const elements = block.type === 'input' ? [block.element] : block.type === 'actions' ? block.elements : [];
    for (const element of Array.isArray(elements) ? elements : []) {
      if (!isObj(element) || element.type === 'button') continue;
      const blockId = String(block.block_id);
      const actionId = String(element.action_id);
      values[blockId] ??= {};
      values[blockId][actionId] = view.values[blockId]?.[actionId] ?? emptyValue(element);
    }
  }
  return values;
}

export function emptyValue(element: Obj): Obj {
  const type = String(element.type);
  const value = (name: string, initial: string): Obj => ({ type, [name]: element[initial] ?? null });
  if (type.startsWith('multi_') || type === 'checkboxes')
    return { type, selected_options: element.initial_options ?? [] };
  if (type === 'file_input') return { type, files: [] };
  if (type === 'users_select') return value('selected_user', 'initial_user');
  if (type === 'conversations_select') return value('selected_conversation', 'initial_conversation');
  if (type === 'channels_select') return value('selected_channel', 'initial_channel');
  if (type === 'datepicker') return value('selected_date', 'initial_date');
  if (type === 'timepicker') return value('selected_time', 'initial_time');
  if (type.endsWith('_select') || type === 'radio_buttons') return value('selected_option', 'initial_option');
  return value('value', 'initial_value');
}

export function renderView(state: State, view: StoredView): Obj {
  const d = view.definition;
  return {
    private_metadata: '',
    callback_id: '',
    clear_on_close: false,
    notify_on_close: false,
    close: null,
    submit: null,
    ...d,
    id: view.id,
    team_id: state.teamId,
    state: { values: viewState(view) },
    hash: view.hash,
    root_view_id: view.rootViewId,
    previous_view_id: view.previousViewId,
    app_id: state.appId,
    app_installed_team_id: state.teamId,
    bot_id: state.botId,
    external_id: view.externalId,
  };
}

export function stackView(state: State, user: string, definition: Obj): StoredView {
  const stack = state.viewStacks.get(user) ?? [];
  state.viewStacks.set(user, stack);
  if (stack.length >= 3) throw new ApiError('push_limit_reached');
  const externalId = str(definition.external_id) ?? '';
  if (externalId !== '' && state.findView((v) => v.externalId === externalId) !== undefined) {
    throw new ApiError('duplicate_external_id');
  }
  const id = state.id('V');
  const view: StoredView = {
    id,
    user,
    hash: newHash(state),
    definition,
    externalId,
    rootViewId: stack[0]?.id ?? id,
    previousViewId: stack.at(-1)?.id ?? null,
    values: {},
  };
  stack.push(view);
  state.changes.emit();
  return view;
}

export function replaceView(state: State, view: StoredView, definition: Obj): void {
  view.definition = definition;
  view.hash = newHash(state);
  view.externalId = str(definition.external_id) ?? view.externalId;
  delete view.errors;
  delete view.failure;
  state.changes.emit();
}

export function newHash(state: State): string {
  return `${Math.floor(state.now() / 1000)}.${state.secret().slice(0, 8)}`;
}

const open: Method = {
  run({ state, args, triggers }) {
    const definition = validView(state, args.view);
    const externalId = str(definition.external_id);
    if (externalId !== undefined && state.findView((v) => v.externalId === externalId) !== undefined) {
      throw new ApiError('duplicate_external_id');
    }
    const user = triggers.exchange(args.trigger_id);
    state.viewStacks.set(user, []);
    return { view: renderView(state, stackView(state, user, definition)) };
  },
};

const push: Method = {
  run({ state, args, triggers }) {
    const definition = validView(state, args.view);
    const user = triggers.exchange(args.trigger_id);
    if ((state.viewStacks.get(user)?.length ?? 0) === 0) throw new ApiError('not_found');
    return { view: renderView(state, stackView(state, user, definition)) };
  },
};

const update: Method = {
  run({ state, args }) {
    const definition = validView(state, args.view);
    const id = str(args.view_id);
    const externalId = str(args.external_id);
    if (id === undefined && externalId === undefined) throw new ApiError('invalid_arguments');
    const view = state.findView((v) => (id === undefined ? v.externalId === externalId : v.id === id));
    if (view === undefined) throw new ApiError('not_found');
    if (str(args.hash) !== undefined && args.hash !== view.hash) throw new ApiError('hash_conflict');
    replaceView(state, view, definition);
    return { view: renderView(state, view) };
  },
};

export const viewMethods: Record<string, Method> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
};
