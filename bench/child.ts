import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A module of bench/ in a process of its own, which answers questions one at a time. */
export interface Child<Q, A> {
  pid: number;
  ask(question: Q): Promise<A>;
  stop(): Promise<void>;
}

/** Time in which a child must end by itself. Milliseconds. */
const GRACE_MS = 5_000;

type Reply<A> = { answer: A } | { failed: string };

export async function startChild<Q extends object, A>(
  module: string,
  args: readonly string[] = [],
): Promise<Child<Q, A>> {
  const child = fork(fileURLToPath(new URL(`./${module}.js`, import.meta.url)), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await replyOf(child);
  return {
    pid: child.pid ?? 0,
    async ask(question) {
      child.send(question);
      return replyOf<A>(child);
    },
    stop: () => end(child),
  };
}

async function replyOf<A>(child: ChildProcess): Promise<A> {
  const reply = await new Promise<Reply<A>>((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`a child of the bench ended with ${code}`));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message as Reply<A>);
    });
  });
  if ('failed' in reply) throw new Error(reply.failed);
  return reply.answer;
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await exited;
  clearTimeout(hard);
}

/** The child's side: says that it is ready, then answers until the parent goes away. */
export function answerParent<Q, A>(answer: (question: Q) => Promise<A>): void {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  process.on('message', (question) => {
    void answer(question as Q).then(
      (answered) => process.send?.({ answer: answered }),
      (error: unknown) =>
        process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.send?.({ answer: 'ready' });
}
