import type { OpenDialog } from './dialogs.js';
import { type Obj, objs, runes, str } from './types.js';

/** What the web client makes of what was typed into a dialog. Throws where it would mark the field instead. */
export function filledIn(dialog: OpenDialog, values: Obj): Obj {
  const elements = objs(dialog.dialog.elements);
  const unknown = Object.keys(values).find((name) => !elements.some((e) => e.name === name));
  if (unknown !== undefined) throw new Error(`the dialog has no element ${unknown}`);
  const submission: Obj = {};
  for (const element of elements) {
    const name = str(element.name);
    const value = values[name] ?? startValue(element);
    const empty = value === undefined || value === '';
    if (empty && element.optional !== true && element.type !== 'bool') throw refused(name, 'This field is required.');
    if (!empty) check(element, name, value);
    if (element.type === 'bool') submission[name] = value === true || value === 'true';
    else if (!empty) submission[name] = element.subtype === 'number' ? Number(value) : value;
  }
  return submission;
}

const refused = (name: string, why: string): Error => new Error(`the client refuses ${name}: ${why}`);

function startValue(element: Obj): unknown {
  return element.default === undefined || element.default === '' ? undefined : element.default;
}

function check(element: Obj, name: string, value: unknown): void {
  if (typeof value === 'string' && (element.type === 'text' || element.type === 'textarea')) {
    const most = Number(element.max_length) || (element.type === 'text' ? 150 : 3000);
    const least = Number(element.min_length) || 0;
    if (runes(value) > most) throw refused(name, `the field holds no more than ${most} characters`);
    if (runes(value) < least) throw refused(name, `Minimum input length is ${least}.`);
    if (element.subtype === 'email' && !/.+@.+\..+/.test(value)) throw refused(name, 'Must be a valid email address.');
    if (element.subtype === 'url' && !/^https?:\/\//.test(value)) throw refused(name, 'URL must include http://.');
    if (element.subtype === 'number' && Number.isNaN(Number(value))) throw refused(name, 'Must be a number.');
  }
  const choice = element.type === 'radio' || (element.type === 'select' && str(element.data_source) === '');
  if (choice && !objs(element.options).some((o) => o.value === value)) throw refused(name, 'no such option');
}
