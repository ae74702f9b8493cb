import type { State } from './state.js';
import { type Obj, objs } from './types.js';

/** What the server makes of a text that may be Slack's, unless it is told to skip that: foreign text can ping. */
export function slackText(state: State, text: string): string {
  return text
    .replace(/<!(channel|here|all)>/g, '@$1')
    .replace(/<!everyone>/g, '@all')
    .replace(/<([^<|>\s][^<|>]*)\|([^>]+)>/g, '[$2]($1)')
    .replace(/<@([a-zA-Z0-9]+)>/g, (all, id: string) => {
      const user = state.users.get(id);
      return user === undefined ? all : `@${user.username}`;
    });
}

export function slackAttachments(state: State, attachments: unknown): Obj[] {
  const read = (value: unknown): unknown => (typeof value === 'string' ? slackText(state, value) : value);
  return objs(attachments).map((a) => ({
    ...a,
    ...(a.pretext === undefined ? {} : { pretext: read(a.pretext) }),
    ...(a.text === undefined ? {} : { text: read(a.text) }),
    ...(a.title === undefined ? {} : { title: read(a.title) }),
    ...(a.fields === undefined ? {} : { fields: objs(a.fields).map((f) => ({ ...f, value: read(f.value) })) }),
  }));
}
