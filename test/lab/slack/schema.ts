import { isObj, type Obj } from './types.js';

/** What one pass over a payload gathers: the faults, and what must be unique or small in the whole. */
export class Findings {
  readonly messages: string[] = [];
  readonly actionIds = new Set<string>();
  readonly blockIds = new Set<string>();
  /** Files that pictures name, and where. */
  readonly slackFiles: { id: string; at: string }[] = [];
  textLength = 0;
  markdownLength = 0;
  tables = 0;

  add(text: string, at: string): void {
    this.messages.push(`${text} [json-pointer:${at}]`);
  }
}

export type Check = (value: unknown, at: string, found: Findings) => void;

export const anything: Check = () => {};

export function string(max: number, min = 1): Check {
  return (value, at, found) => {
    if (typeof value !== 'string') return found.add('must be a string', at);
    const length = [...value].length;
    if (length < min) return found.add(`must be more than ${min - 1} characters`, at);
    if (length > max) found.add(`must be less than ${max + 1} characters`, at);
  };
}

export const bool: Check = (value, at, found) => {
  if (typeof value !== 'boolean') found.add('must be a boolean', at);
};

export function integer(min: number, max: number): Check {
  return (value, at, found) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return found.add('must be an integer', at);
    if (value < min || value > max) found.add(`must be between ${min} and ${max}`, at);
  };
}

export function oneOf(...values: string[]): Check {
  return (value, at, found) => {
    if (typeof value !== 'string' || !values.includes(value)) found.add('must be a valid enum value', at);
  };
}

export function list(item: Check, min: number, max: number): Check {
  return (value, at, found) => {
    if (!Array.isArray(value)) return found.add('must provide an array', at);
    if (value.length < min) found.add(`no fewer than ${min} items allowed`, at);
    if (value.length > max) found.add(`no more than ${max} items allowed`, at);
    value.forEach((entry, i) => {
      item(entry, `${at}/${i}`, found);
    });
  };
}

/** An object with exactly these properties; names ending in `!` are required. `type` is checked by the caller. */
export function object(shape: Record<string, Check>, more?: (value: Obj, at: string, found: Findings) => void): Check {
  const checks = new Map(Object.entries(shape).map(([name, check]) => [name.replace('!', ''), check]));
  const required = Object.keys(shape).flatMap((name) => (name.endsWith('!') ? [name.slice(0, -1)] : []));
  return (value, at, found) => {
    if (!isObj(value)) return found.add('must provide an object', at);
    for (const name of required) {
      if (value[name] === undefined || value[name] === null) found.add(`missing required field: ${name}`, at);
    }
    for (const [name, part] of Object.entries(value)) {
      if (name === 'type' || part === undefined || part === null) continue;
      const check = checks.get(name);
      if (check === undefined) found.add(`invalid additional property: ${name}`, at);
      else check(part, `${at}/${name}`, found);
    }
    more?.(value, at, found);
  };
}

/** One of several objects, told apart by `type`. */
export function byType(kinds: Record<string, Check>): Check {
  return (value, at, found) => {
    if (!isObj(value)) return found.add('must provide an object', at);
    if (typeof value.type !== 'string') return found.add('missing required field: type', at);
    const check = Object.hasOwn(kinds, value.type) ? kinds[value.type] : undefined;
    if (check === undefined) return found.add(`unsupported type: ${value.type}`, `${at}/type`);
    check(value, at, found);
  };
}

/** A text object. `plain`: plain_text only. */
export function text(max: number, plain = false): Check {
  const content = string(max);
  const shape = object({ 'text!': content, emoji: bool, verbatim: bool }, (value, at, found) => {
    if (typeof value.text === 'string') found.textLength += value.text.length;
    if (value.type === 'mrkdwn' && value.emoji !== undefined) found.add('invalid additional property: emoji', at);
    if (value.type === 'plain_text' && value.verbatim !== undefined) {
      found.add('invalid additional property: verbatim', at);
    }
  });
  return (value, at, found) => {
    if (!isObj(value)) return found.add('must provide an object', at);
    const allowed = plain ? ['plain_text'] : ['plain_text', 'mrkdwn'];
    if (typeof value.type !== 'string' || !allowed.includes(value.type)) {
      found.add('must be a valid enum value', `${at}/type`);
    }
    shape(value, at, found);
  };
}

export const actionId: Check = (value, at, found) => {
  string(255)(value, at, found);
  if (typeof value !== 'string') return;
  if (found.actionIds.has(value)) found.add(`\`action_id\` "${value}" already exists`, at);
  found.actionIds.add(value);
};

export const blockId: Check = (value, at, found) => {
  string(255)(value, at, found);
  if (typeof value !== 'string') return;
  if (found.blockIds.has(value)) found.add(`\`block_id\` "${value}" already exists`, at);
  found.blockIds.add(value);
};

/** What a picture's `slack_file` names: one of the two. Whether the app may show it, whoever knows the files says. */
export const slackFile: Check = (value, at, found) => {
  object({ id: string(255), url: string(3000) }, (file) => {
    if ((file.id === undefined) === (file.url === undefined)) found.add('must provide either `id` or `url`', at);
    if (typeof file.id === 'string') found.slackFiles.push({ id: file.id, at });
  })(value, at, found);
};
