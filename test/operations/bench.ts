import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import type { SshPool } from '../../src/host/pool.js';
import { OperationStore } from '../../src/operations/journal.js';
import type { OperationKind } from '../../src/operations/operation.js';
import type { Replies } from '../../src/queue/replies.js';
import type { WorkerContext } from '../../workers/context.js';
import { operationWorker } from '../../workers/operation.js';
import { waitFor } from '../lab/host/process.js';
import type { Lab } from '../lab/lab.js';
import { ANA, type Bench as LabBench, REPLY_TO, startBench } from '../rotation/bench.js';

export const BOB: Person = { platform: 'terminal', id: 'bob' };
/** Ana once more: the same GitLab user in another chat. */
export const ANA_IN_SLACK: Person = { platform: 'slack', id: 'U0ANA' };
/** Known, but none of operations.people. */
export const CARL: Person = { platform: 'terminal', id: 'carl' };

export interface Said {
  /** Of the message with the buttons. */
  answers: Answer[];
  /** In messages of their own. */
  asides: Answer[];
}

/** The lab with people who may operate it, and the worker without a queue. */
export interface Bench {
  lab: Lab;
  worker: WorkerContext;
  store: OperationStore;
  logged: string[];
  /** Commands that were sent to be run once. */
  sent: string[];
  redis: LabBench['redis'];
  allow(kinds: readonly OperationKind[]): Promise<void>;
  /** Asks, and gives the id on the buttons besides. */
  ask(kind: OperationKind, person?: Person): Promise<Said & { id: string }>;
  confirm(id: string, person?: Person, requestId?: string, context?: WorkerContext): Promise<Said>;
  cancel(id: string, person: Person): Promise<Said>;
  stop(): Promise<void>;
}

let requests = 0;

export async function startOperations(): Promise<Bench> {
  const lab = await startBench();
  lab.lab.gitlab.addUser({ username: 'carl', email: 'carl@example.com' });
  const sent: string[] = [];
  const hosts: SshPool = {
    get size() {
      return lab.worker.hosts.size;
    },
    run(host, command, script, options) {
      if (options?.once === true) sent.push(command);
      return lab.worker.hosts.run(host, command, script, options);
    },
    close: () => lab.worker.hosts.close(),
  };
  const asides: Answer[] = [];
  const replies = { to: () => async (answer: Answer) => void asides.push(answer) } as unknown as Replies;
  // What is looked at before and after is another matter: without the image, a look costs half.
  const current = () => {
    const now = lab.config.current();
    return { ...now, instances: now.instances.map(({ canary: _, ...one }) => one) };
  };
  const worker: WorkerContext = { ...lab.worker, hosts, replies, config: { ...lab.config, current } };

  async function hand(
    asked: Parameters<ReturnType<typeof operationWorker>>[0] extends infer J
      ? J extends unknown
        ? Omit<J, 'requestId' | 'replyTo' | 'useBy'>
        : never
      : never,
    requestId = `request-${++requests}`,
    context = worker,
  ): Promise<Said> {
    const answers: Answer[] = [];
    const from = asides.length;
    const job = { ...asked, requestId, replyTo: REPLY_TO, useBy: Number.MAX_SAFE_INTEGER };
    await operationWorker(context)(job as Parameters<ReturnType<typeof operationWorker>>[0], async (answer) => {
      answers.push(answer);
    });
    return { answers, asides: asides.slice(from) };
  }

  const bench: Bench = {
    lab: lab.lab,
    worker,
    store: new OperationStore(lab.redis),
    logged: lab.logged,
    sent,
    redis: lab.redis,
    async allow(kinds) {
      const before = lab.config.current();
      const operations = `    operations:\n      allow: [${kinds.join(', ')}]\n      people: [ana, bob]`;
      const other = (name: string) => `    - gitlab: ${name}\n      terminal: ${name}\n`;
      await lab.lab.configure({
        instance: kinds.length === 0 ? '' : operations,
        extra: `    - gitlab: ana\n      slack: ${ANA_IN_SLACK.id}\n${other('bob')}${other('carl')}`,
      });
      // The file's time has the grain of the file system.
      await waitFor('the new configuration', () => (lab.config.current() === before ? undefined : true));
    },
    async ask(kind, person = ANA) {
      const said = await hand({ step: 'ask', kind, person });
      const buttons = said.answers.at(-1)?.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
      return { ...said, id: buttons?.find(({ action }) => action === `${kind}-confirm`)?.value ?? '' };
    },
    confirm: (id, person = BOB, requestId, context) =>
      hand({ step: 'confirm', operationId: id, message: 'message', person }, requestId, context),
    cancel: (id, person) => hand({ step: 'cancel', operationId: id, message: 'message', person }),
    stop: () => lab.stop(),
  };
  await bench.allow(['restart', 'reconfigure']);
  return bench;
}

export function lastOf(answers: readonly Answer[]): { mark: string; title: string; words: string } {
  const last = answers.at(-1);
  if (last === undefined) throw new Error('nothing was said');
  return { mark: last.mark, title: last.title, words: JSON.stringify(last) };
}
