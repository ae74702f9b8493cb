import { actionOf } from './attachments.js';
import type { Ephemerals } from './ephemerals.js';
import { AppError, noPost } from './errors.js';
import { callOut } from './outgoing.js';
import type { Posts } from './posts.js';
import { needChannel } from './rights.js';
import { slackText } from './slack-parsing.js';
import type { State } from './state.js';
import type { Triggers } from './triggers.js';
import { type Channel, isObj, type Obj, type Post, str, strings, type User } from './types.js';

/** Kept over an update that brings props of its own. */
const RETAINED = ['from_webhook', 'override_username', 'override_icon_url'];

interface Clicked {
  readonly postId: string;
  readonly channel: Channel;
  readonly action: Obj;
  /** Absent for an ephemeral one: the server doesn't have it. */
  readonly post?: Post;
  readonly rootId: string;
}

const broken = (): AppError => new AppError(400, 'api.post.do_action.action_integration.app_error');

/** Clicks on buttons and menus. */
export class Actions {
  readonly #state: State;
  readonly #posts: Posts;
  readonly #ephemerals: Ephemerals;
  readonly #triggers: Triggers;

  constructor(state: State, posts: Posts, ephemerals: Ephemerals, triggers: Triggers) {
    this.#state = state;
    this.#posts = posts;
    this.#ephemerals = ephemerals;
    this.#triggers = triggers;
  }

  async click(user: User, postId: string, actionId: string, body: Obj): Promise<Obj> {
    const clicked = this.#find(user, postId, actionId, str(body.cookie));
    const { channel, action } = clicked;
    const integration = isObj(action.integration) ? action.integration : {};
    const team = this.#state.teams.get(channel.team_id);
    const { clientId, triggerId } = this.#triggers.issue(user, channel, channel.team_id);
    const selected = action.type === 'select' ? { selected_option: str(body.selected_option) } : {};
    const request = {
      user_id: user.id,
      user_name: user.username,
      channel_id: channel.id,
      channel_name: channel.name,
      team_id: team?.id ?? '',
      team_domain: team?.name ?? '',
      post_id: postId,
      trigger_id: triggerId,
      type: str(action.type),
      data_source: str(action.data_source),
      context: { ...(isObj(integration.context) ? integration.context : {}), ...selected },
    };
    const answer = await this.#ask(str(integration.url), request);
    if (isObj(answer.update)) this.#update(clicked.post, answer.update);
    const said = str(answer.ephemeral_text);
    if (said !== '') {
      const message = answer.skip_slack_parsing === true ? said : slackText(this.#state, said);
      const props = { from_webhook: 'true' };
      this.#ephemerals.send(user, user.id, { channel_id: channel.id, message, root_id: clicked.rootId, props });
    }
    return { status: 'OK', trigger_id: clientId };
  }

  #find(user: User, postId: string, actionId: string, cookie: string): Clicked {
    const post = this.#state.posts.get(postId);
    if (post !== undefined && post.delete_at === 0) {
      const channel = needChannel(this.#state, user, this.#state.channels.get(post.channel_id), 'read_channel');
      const action = actionOf(post, actionId);
      if (!isObj(action?.integration)) throw new AppError(404, 'api.post.do_action.action_id.app_error');
      return { postId, channel, action, post, rootId: post.root_id || post.id };
    }
    if (cookie === '') throw noPost();
    const sealed = this.#ephemerals.unseal(cookie);
    if (sealed === undefined || sealed.post !== postId || sealed.action.id !== actionId) {
      throw new AppError(400, 'api.post.do_action.action_integration.app_error');
    }
    const channel = needChannel(this.#state, user, this.#state.channels.get(sealed.channel), 'read_channel');
    const shown = this.#state.ephemerals.find((e) => e.post.id === postId)?.post;
    return { postId, channel, action: sealed.action, rootId: shown?.root_id ?? '' };
  }

  async #ask(url: string, request: Obj): Promise<Obj> {
    try {
      const answer = await callOut(this.#state, {
        kind: 'action',
        url,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(request),
        shown: request,
      });
      if (answer.status !== 200) throw new Error(`action integration returned status ${answer.status}`);
      const parsed: unknown = answer.body === '' ? {} : JSON.parse(answer.body);
      if (!isObj(parsed)) throw new Error('cannot unmarshal the answer');
      return parsed;
    } catch {
      throw broken();
    }
  }

  /** Replaces the post: what is left out of an update is gone, but for the props. */
  #update(post: Post | undefined, update: Obj): void {
    if (post === undefined) throw noPost();
    let props: Obj = post.props;
    if (isObj(update.props)) {
      props = { ...update.props };
      for (const key of RETAINED) {
        delete props[key];
        if (post.props[key] !== undefined) props[key] = post.props[key];
      }
    }
    this.#posts.change(post, {
      message: str(update.message),
      props,
      file_ids: strings(update.file_ids),
    });
  }
}
