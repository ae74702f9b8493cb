import { isObj, isObjArray, type Obj } from './types.js';

export type FormValue = string | string[] | null;

function option(element: Obj, wanted: string): Obj {
  const groups = isObjArray(element.option_groups) ? element.option_groups : [];
  const lists = [element.options, ...groups.map((g) => g.options)];
  for (const list of lists) {
    for (const o of isObjArray(list) ? list : []) {
      const label = isObj(o.text) ? o.text.text : undefined;
      if (o.value === wanted || label === wanted) return o;
    }
  }
  if (element.type === 'external_select') return { text: { type: 'plain_text', text: wanted }, value: wanted };
  throw new Error(`no option "${wanted}" to choose`);
}

/** The `state` entry of an element a person filled in; throws for what a client wouldn't let them do. */
export function filledIn(element: Obj, value: FormValue): Obj {
  const type = String(element.type);
  if (Array.isArray(value)) {
    if (type === 'file_input') return { type, files: value.map((id) => ({ id })) };
    if (type === 'multi_users_select') return { type, selected_users: value };
    if (type === 'multi_channels_select') return { type, selected_channels: value };
    if (type === 'multi_conversations_select') return { type, selected_conversations: value };
    return { type, selected_options: value.map((v) => option(element, v)) };
  }
  if (value === null) return { type, ...(type.endsWith('_input') ? { value: null } : { selected_option: null }) };
  if (type === 'users_select') return { type, selected_user: value };
  if (type === 'channels_select') return { type, selected_channel: value };
  if (type === 'conversations_select') return { type, selected_conversation: value };
  if (type === 'datepicker') return { type, selected_date: value };
  if (type === 'timepicker') return { type, selected_time: value };
  if (type.endsWith('_select') || type === 'radio_buttons' || type === 'overflow') {
    return { type, selected_option: option(element, value) };
  }
  const min = Number(element.min_length ?? 0);
  const max = Number(element.max_length ?? 3000);
  if (value.length > max) throw new Error(`the input takes at most ${max} characters`);
  if (value.length < min) throw new Error(`the input needs at least ${min} characters`);
  return { type, value: value === '' ? null : value };
}

export function isEmpty(entry: Obj): boolean {
  return Object.entries(entry).every(([k, v]) => k === 'type' || v === null || (Array.isArray(v) && v.length === 0));
}
