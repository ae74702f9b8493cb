import { newId } from './ids.js';
import type { State } from './state.js';
import { type Obj, objs, type Post, str } from './types.js';

/** Props as they are stored: every action has an id. What is broken is stored all the same, and only noted. */
export function storedProps(state: State, props: Obj): Obj {
  const stored = structuredClone(props);
  for (const attachment of objs(stored.attachments)) {
    for (const action of objs(attachment.actions)) {
      const wrong = brokenAction(action);
      if (wrong !== undefined) state.problem(`Invalid post props: ${wrong} ${JSON.stringify(action).slice(0, 200)}`);
      if (str(action.id) === '') action.id = newId();
    }
  }
  return stored;
}

function brokenAction(action: Obj): string | undefined {
  const integration = action.integration as Obj | undefined;
  const options = Array.isArray(action.options) && action.options.length > 0;
  if (str(action.name) === '') return 'action must have a name';
  if (action.type === 'button' && options) return 'button action must not have options';
  if (action.type === 'select' && options === (str(action.data_source) !== '')) {
    return 'select action takes options or a data source';
  }
  if (action.type !== 'button' && action.type !== 'select') return 'invalid action type';
  if (!/^(https?:\/\/|\/)./.test(str(integration?.url))) return 'action must have an integration with a valid url';
  return undefined;
}

/** The first action of this id. */
export function actionOf(post: Post, id: string): Obj | undefined {
  for (const attachment of objs(post.props.attachments)) {
    const action = objs(attachment.actions).find((a) => a.id === id);
    if (action !== undefined) return action;
  }
  return undefined;
}

/** Props as clients get them: no integration; in an ephemeral post a cookie stands for it. */
export function shownProps(props: Obj, cookie?: (action: Obj) => string): Obj {
  const shown = structuredClone(props);
  for (const attachment of objs(shown.attachments)) {
    for (const action of objs(attachment.actions)) {
      if (cookie !== undefined && action.integration !== undefined) action.cookie = cookie(action);
      delete action.integration;
    }
  }
  return shown;
}
