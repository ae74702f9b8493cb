import { type Finding, fault, pass } from './finding.js';

/** A queue, and how many serve it now by Redis's list of clients. */
export interface Served {
  queue: string;
  workers: number;
}

/** Does somebody work? `replies`: the queues of answers, which the chat side serves; the others are the workers'. Pure. */
export function judgeWorkers(queues: readonly Served[], replies: readonly Served[]): Finding[] {
  return [worker(queues), ...replies.map(chatSide)];
}

function worker(queues: readonly Served[]): Finding {
  const part = 'workers';
  const idle = queues.filter(({ workers }) => workers === 0).map(({ queue }) => queue);
  if (idle.length === queues.length) {
    return fault('fail', part, {
      what: 'no worker runs',
      why: 'requests are taken, and nobody does them',
      fix: 'registrar worker',
    });
  }
  if (idle.length > 0) {
    return fault('fail', part, {
      what: `no worker serves ${idle.join(', ')}`,
      why: 'those that run are of a version that did not know it yet',
      fix: 'stop each of them and start this version: registrar worker',
    });
  }
  const counts = queues.map(({ workers }) => workers);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const each = least === most ? `${least}` : `${least} to ${most}`;
  return pass(part, `${queues.length} queues, each served by ${each} worker${most === 1 ? '' : 's'}`);
}

function chatSide({ queue, workers }: Served): Finding {
  const platform = queue.replace(/^replies-/, '');
  const part = `app: ${platform}`;
  if (workers > 0) return pass(part, `${workers} deliver${workers === 1 ? 's' : ''} answers to ${platform}`);
  return fault('fail', part, {
    what: `nobody takes requests from ${platform}, nor delivers answers`,
    why: 'no app runs',
    fix: 'registrar app',
  });
}
