import { AppError } from './errors.js';
import type { Link } from './socket-link.js';
import type { State } from './state.js';
import { isObj, type Obj, str } from './types.js';

/** Known to the server, and of no consequence here. */
const QUIET = new Set(['user_typing', 'get_statuses', 'get_statuses_by_ids']);

/** What a client says. False: the connection is closed without a word. */
export function answerRequest(
  state: State,
  link: Link,
  frame: string,
  challenged: (data: unknown) => boolean,
): boolean {
  let request: unknown;
  try {
    request = JSON.parse(frame);
  } catch {
    return false;
  }
  if (!isObj(request)) return false;
  const seq = Number(request.seq) || 0;
  const reply = (body: Obj): true => {
    link.send(JSON.stringify({ ...body, seq_reply: seq }));
    return true;
  };
  const fail = (status: number, id: string): true => {
    const { id: full, message } = new AppError(status, `api.web_socket_router.${id}.app_error`);
    return reply({ status: 'FAIL', error: { id: full, message, detailed_error: '', status_code: status } });
  };
  const action = str(request.action);
  if (action === '') return fail(400, 'no_action');
  if (seq <= 0) return fail(400, 'bad_seq');
  if (action === 'authentication_challenge') return challenged(request.data) && reply({ status: 'OK' });
  if (state.owner(link.token) === undefined) return fail(401, 'not_authenticated');
  if (action === 'ping') {
    const { Version: version } = state.settings;
    return reply({ status: 'OK', data: { text: 'pong', version, server_time: state.now(), node_id: '' } });
  }
  if (QUIET.has(action)) return reply({ status: 'OK', data: {} });
  return fail(500, 'bad_action');
}
