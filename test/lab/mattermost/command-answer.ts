import type { Ephemerals } from './ephemerals.js';
import { AppError } from './errors.js';
import { checkType } from './post-checks.js';
import type { Posts } from './posts.js';
import { slackAttachments, slackText } from './slack-parsing.js';
import type { State } from './state.js';
import { type Channel, isObj, type Obj, objs, runes, str, type User } from './types.js';

/** An answer as the server reads it off the wire; throws what isn't JSON though it says so. */
export function readAnswer(contentType: string, body: string): Obj {
  if (contentType.split(';')[0]?.trim().toLowerCase() !== 'application/json') return { text: body };
  const parsed: unknown = JSON.parse(body);
  if (!isObj(parsed)) throw new SyntaxError('cannot unmarshal into a CommandResponse');
  return parsed;
}

export interface AnswerPlace {
  readonly user: User;
  readonly channel: Channel;
  readonly rootId: string;
  /** The command's own name and icon, which win over the answer's. */
  readonly username?: string;
  readonly iconUrl?: string;
}

/** Shows what a command said, at once or by its response_url. */
export class CommandAnswers {
  readonly #state: State;
  readonly #posts: Posts;
  readonly #ephemerals: Ephemerals;

  constructor(state: State, posts: Posts, ephemerals: Ephemerals) {
    this.#state = state;
    this.#posts = posts;
    this.#ephemerals = ephemerals;
  }

  show(place: AnswerPlace, answer: Obj): void {
    for (const one of [answer, ...objs(answer.extra_responses)]) this.#showOne(place, one);
  }

  #showOne(place: AnswerPlace, answer: Obj): void {
    const { settings } = this.#state;
    const parse = answer.skip_slack_parsing !== true;
    const text = str(answer.text);
    const attachments = Array.isArray(answer.attachments) ? answer.attachments : undefined;
    let { channel } = place;
    if (str(answer.channel_id) !== '') {
      const other = this.#state.channels.get(str(answer.channel_id));
      if (other?.members.has(place.user.id) !== true)
        throw new AppError(403, 'api.command.command_post.forbidden.app_error');
      channel = other;
    }
    checkType(str(answer.type));
    if (text === '' && (attachments === undefined || attachments.length === 0)) return;
    const name = place.username || str(answer.username);
    const icon = place.iconUrl || str(answer.icon_url);
    const message = parse ? slackText(this.#state, text) : text;
    const input = {
      channel_id: channel.id,
      root_id: channel === place.channel ? place.rootId : '',
      message,
      type: str(answer.type),
      props: {
        ...(isObj(answer.props) ? answer.props : {}),
        ...(settings.EnablePostUsernameOverride && name !== '' ? { override_username: name } : {}),
        ...(settings.EnablePostIconOverride && icon !== '' ? { override_icon_url: icon } : {}),
        ...(attachments === undefined
          ? {}
          : { attachments: parse ? slackAttachments(this.#state, attachments) : attachments }),
        from_webhook: 'true',
      },
    };
    const type = str(answer.response_type);
    if (type === 'in_channel') this.#posts.create(place.user, channel, input);
    else if (type === '' || type === 'ephemeral') {
      if (runes(message) > settings.MaxPostSize) this.#state.problem('an ephemeral answer longer than a post may be');
      this.#ephemerals.send(place.user, place.user.id, input);
    }
    // Any other type: nothing appears, nobody is told.
    else this.#state.problem(`a command answered with response_type ${JSON.stringify(type)}: nothing appears`);
  }
}
