import { type Call, done, ok, type Route } from './api.js';
import { AppError, badBody, badParam, forbidden, noPost } from './errors.js';
import { checkDirect, checkType } from './post-checks.js';
import type { NewPost, PostChange } from './posts.js';
import { mayChannel, mayPost, needChannel } from './rights.js';
import { showFile, showPost, showPosts } from './show.js';
import { isObj, type Obj, type Post, str, strings } from './types.js';
import type { World } from './world.js';

/** A new post as the body gives it. */
export function newPost(body: Obj): NewPost {
  if (typeof body.channel_id !== 'string') throw badBody('post');
  for (const field of ['message', 'root_id', 'pending_post_id', 'type']) {
    if (body[field] !== undefined && typeof body[field] !== 'string') throw badBody('post');
  }
  if (body.props !== undefined && body.props !== null && !isObj(body.props)) throw badBody('post');
  return {
    channel_id: body.channel_id,
    message: str(body.message),
    root_id: str(body.root_id),
    type: str(body.type),
    props: isObj(body.props) ? body.props : {},
    file_ids: strings(body.file_ids),
    pending_post_id: str(body.pending_post_id),
  };
}

function change(body: Obj): PostChange {
  return {
    ...(typeof body.message === 'string' ? { message: body.message } : {}),
    ...(isObj(body.props) ? { props: body.props } : {}),
    ...(Array.isArray(body.file_ids) ? { file_ids: strings(body.file_ids) } : {}),
    ...(typeof body.is_pinned === 'boolean' ? { is_pinned: body.is_pinned } : {}),
  };
}

export function postRoutes(w: World): Route[] {
  const { state } = w;

  /** A post the caller may read. */
  function readable(call: Call): Post {
    const post = state.posts.get(call.id('post_id'));
    if (post === undefined || post.delete_at > 0) throw noPost();
    needChannel(state, call.me, state.channels.get(post.channel_id), 'read_channel');
    return post;
  }

  /** A post the caller may change. */
  function editable(call: Call, changesMessage: boolean): Post {
    const post = state.posts.get(call.id('post_id'));
    if (post === undefined) throw forbidden();
    const channel = needChannel(state, call.me, state.channels.get(post.channel_id), 'edit_post');
    if (post.user_id !== call.me.id && !mayChannel(state, call.me, channel, 'edit_others_posts')) throw forbidden();
    const refuse = (id: string): never => {
      throw new AppError(400, id);
    };
    if (post.delete_at > 0) refuse('api.post.update_post.permissions_details.app_error');
    if (channel.delete_at > 0) refuse('api.post.update_post.can_not_update_post_in_deleted.error');
    if (post.type.startsWith('system_')) refuse('api.post.update_post.system_message.app_error');
    const limit = state.settings.PostEditTimeLimit;
    if (changesMessage && limit !== -1 && state.now() > post.create_at + limit * 1000) {
      refuse('api.post.update_post.permissions_time_limit.app_error');
    }
    return post;
  }

  async function create(call: Call) {
    const input = newPost(call.json('post'));
    const channel = state.channels.get(input.channel_id);
    if (channel === undefined || !mayPost(state, call.me, channel)) throw forbidden();
    checkType(input.type ?? '');
    const body = call.json('post');
    checkDirect(state, call.me, channel);
    const post = await w.pending.once(input.pending_post_id ?? '', () => {
      if (str(body.id) !== '') throw new AppError(400, 'app.post.save.existing.app_error');
      return w.posts.create(call.me, channel, input);
    });
    return ok(showPost(state, post), 201);
  }

  function patch(call: Call) {
    const body = call.json('post');
    const post = editable(call, body.message !== undefined);
    return ok(showPost(state, w.posts.change(post, change(body))));
  }

  function put(call: Call) {
    const body = call.json('post');
    if (str(body.id) !== call.id('post_id')) throw badParam('id');
    const post = editable(call, str(body.message) !== state.posts.get(call.id('post_id'))?.message);
    return ok(showPost(state, w.posts.change(post, { message: '', ...change(body) })));
  }

  function remove(call: Call) {
    const post = state.posts.get(call.id('post_id'));
    if (post === undefined || post.delete_at > 0) throw noPost();
    const right = post.user_id === call.me.id ? 'delete_post' : 'delete_others_posts';
    needChannel(state, call.me, state.channels.get(post.channel_id), right);
    w.posts.remove(post);
    return done();
  }

  function thread(call: Call) {
    const post = readable(call);
    const rootId = post.root_id || post.id;
    return ok(
      showPosts(
        state,
        state.postsOf(post.channel_id).filter((p) => p.id === rootId || p.root_id === rootId),
      ),
    );
  }

  function several(call: Call) {
    const posts = call.list('post_ids').flatMap((id) => state.posts.get(id) ?? []);
    const seen = posts.filter((p) => {
      const channel = state.channels.get(p.channel_id);
      return p.delete_at === 0 && channel !== undefined && mayChannel(state, call.me, channel, 'read_channel');
    });
    return ok(seen.map((p) => showPost(state, p)));
  }

  function ephemeral(call: Call) {
    const body = call.json('body');
    if (str(body.user_id) === '') throw badParam('user_id');
    if (!isObj(body.post)) throw badBody('post');
    const input = newPost(body.post);
    const channel = state.channels.get(input.channel_id);
    if (channel === undefined || !mayChannel(state, call.me, channel, 'create_post_ephemeral')) throw forbidden();
    const post = w.ephemerals.send(call.me, str(body.user_id), input);
    return ok(w.ephemerals.show(post), 201);
  }

  function react(call: Call) {
    const body = call.json('reaction');
    if (str(body.user_id) !== call.me.id) throw forbidden();
    const post = state.posts.get(str(body.post_id));
    if (post === undefined) throw forbidden();
    needChannel(state, call.me, state.channels.get(post.channel_id), 'add_reaction');
    return ok(w.posts.react(post, call.me.id, str(body.emoji_name)), 201);
  }

  function unreact(call: Call) {
    const post = readable(call);
    if (call.id('user_id') !== call.me.id) throw forbidden();
    w.posts.unreact(post, call.me.id, call.param('emoji'));
    return done();
  }

  return [
    { method: 'POST', path: '/api/v4/posts', run: create },
    { method: 'POST', path: '/api/v4/posts/ids', run: several },
    { method: 'POST', path: '/api/v4/posts/ephemeral', run: ephemeral },
    { method: 'GET', path: '/api/v4/posts/:post_id', run: (call) => ok(showPost(state, readable(call))) },
    { method: 'PUT', path: '/api/v4/posts/:post_id', run: put },
    { method: 'DELETE', path: '/api/v4/posts/:post_id', run: remove },
    { method: 'PUT', path: '/api/v4/posts/:post_id/patch', run: patch },
    { method: 'GET', path: '/api/v4/posts/:post_id/thread', run: thread },
    {
      method: 'GET',
      path: '/api/v4/posts/:post_id/files/info',
      run: (call) =>
        ok(
          readable(call)
            .file_ids.flatMap((id) => state.files.get(id) ?? [])
            .map(showFile),
        ),
    },
    { method: 'POST', path: '/api/v4/reactions', run: react },
    { method: 'DELETE', path: '/api/v4/users/:user_id/posts/:post_id/reactions/:emoji', run: unreact },
  ];
}
