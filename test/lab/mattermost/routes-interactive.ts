import { type Call, done, ok, type Reply, type Route } from './api.js';
import type { World } from './world.js';

/** Clicks, dialogs and response_urls. */
export function interactiveRoutes(w: World): Route[] {
  async function click(call: Call): Promise<Reply> {
    const body = call.request.body.length === 0 ? {} : call.json('body');
    return ok(await w.actions.click(call.me, call.id('post_id'), call.param('action_id'), body));
  }

  function open(call: Call): Reply {
    w.dialogs.open(call.json('dialog'));
    return done();
  }

  function more(call: Call): Reply {
    const { request } = call;
    w.responseUrls.use(call.param('hook_id'), request.headers['content-type'] ?? '', request.body.toString('utf8'));
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' };
  }

  return [
    { method: 'POST', path: '/api/v4/posts/:post_id/actions/:action_id', run: click },
    // No login: the trigger is the proof.
    { method: 'POST', path: '/api/v4/actions/dialogs/open', open: true, run: open },
    {
      method: 'POST',
      path: '/api/v4/actions/dialogs/submit',
      run: async (call) => ok(await w.dialogs.submit(call.me, call.json('dialog'))),
    },
    { method: 'POST', path: '/hooks/commands/:hook_id', open: true, run: more },
  ];
}
