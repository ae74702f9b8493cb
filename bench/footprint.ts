import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, startLab } from '../test/lab/lab.js';
import type { SlackDouble } from '../test/lab/slack/double.js';
import type { ServerOptions } from './ack-server.js';
import type { Bench, Benchmark } from './bench.js';
import { end, startChild } from './child.js';
import { smallLog } from './ci-log.js';
import { memoryOf } from './memory.js';
import { alternate, pairsOf, result } from './result.js';
import { REGISTRAR, timed } from './timed.js';

const ROUNDS = 5;
/** After the start, before memory is read. Milliseconds. */
const REST_MS = 3_000;
const START_MS = 30_000;

/** Memory at rest and time to the first answer: of the chat side, the worker, both in one, and the command line. */
export const footprint: Benchmark = async (bench) => {
  const lab = bench.own(await startLab({ dir: join(bench.dir, 'lab'), slack: 'socket', redis: true }));
  const { slack } = lab;
  if (slack === undefined) throw new Error('the lab has no Slack');
  const bare = () => bareMemory(bench, slack);
  const app = await alternate(ROUNDS, () => memoryAtRest('app', lab), bare);
  const worker = await alternate(ROUNDS, () => memoryAtRest('worker', lab), bare);

  const small = join(bench.dir, 'small.log');
  writeFileSync(small, smallLog());
  const node = async () => ({ posted: await nodeSeconds(), verdict: await nodeSeconds() });
  const answers = await alternate(ROUNDS, () => firstAnswer(lab, slack), node);
  const diagnosed = await alternate(
    ROUNDS * 2,
    async () => (await timed(process.execPath, [REGISTRAR, 'diagnose', '--json', small])).seconds,
    nodeSeconds,
  );

  const memory = {
    bench: 'footprint',
    unit: 'MB',
    what: `VmRSS ${REST_MS / 1000} s after the start`,
    baselineName: 'bare Bolt app',
  };
  const time = { bench: 'footprint', unit: 's', baselineName: 'node -e 0' };
  const same = (megabytes: number) => megabytes;
  return [
    result({ ...memory, name: 'registrar app at rest' }, pairsOf(app, same)),
    result({ ...memory, name: 'registrar worker at rest' }, pairsOf(worker, same)),
    result(
      { ...time, name: 'registrar all: first words', what: 'spawn, connect, /registry status, the message is posted' },
      pairsOf(answers, ({ posted }) => posted),
    ),
    result(
      { ...time, name: 'registrar all: verdict', what: 'the same until every link was looked at' },
      pairsOf(answers, ({ verdict }) => verdict),
    ),
    result({ ...time, name: 'registrar diagnose, 10 KB', what: 'the whole process' }, pairsOf(diagnosed, same)),
  ];
};

async function memoryAtRest(part: 'app' | 'worker', { configPath }: Lab): Promise<number> {
  const child = spawn(process.execPath, [REGISTRAR, '--config', configPath, part], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    await said(child, 'registrar runs');
    return await rest(child.pid ?? 0);
  } finally {
    await end(child);
  }
}

async function bareMemory({ own }: Bench, slack: SlackDouble): Promise<number> {
  const options: ServerOptions = { is: 'bare', configPath: '', redisUrl: '', slack: slackOf(slack) };
  const child = own(await startChild('ack-server', [JSON.stringify(options)]));
  try {
    return await rest(child.pid);
  } finally {
    await child.stop();
  }
}

function slackOf({ apiUrl, botToken, signingSecret }: SlackDouble): ServerOptions['slack'] {
  return { apiUrl: apiUrl.replace(/\/$/, ''), botToken, signingSecret };
}

async function rest(pid: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const megabytes = memoryOf(pid, 'VmRSS');
  if (megabytes === undefined) throw new Error(`process ${pid} is gone`);
  return megabytes;
}

/** Waits for words of its log. */
function said(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`not ready after ${START_MS} ms: ${text}`)), START_MS);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
    child.stderr?.on('data', (chunk: Buffer) => {
      text = (text + chunk).slice(-4_000);
      if (!text.includes(words)) return;
      clearTimeout(late);
      resolve();
    });
  });
}

/** From the start of `registrar all` to what the person sees first, and to the verdict about every link. Seconds. */
async function firstAnswer({ configPath, dir }: Lab, slack: SlackDouble): Promise<{ posted: number; verdict: number }> {
  const user = slack.addUser({ name: `person-${Math.random().toString(36).slice(2)}` });
  const channel = slack.addChannel({ name: `room-${user.id.toLowerCase()}`, members: [user] });
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  const child = spawn(process.execPath, [REGISTRAR, '--config', configPath, 'all'], { cwd: dir, stdio: 'ignore' });
  try {
    await slack.waitFor(() => slack.openConnections > 0, { timeoutMs: START_MS, what: 'a connection' });
    await slack.command(user, channel, '/registry status'.replace('/registry ', ''));
    const message = () => slack.messages(channel.id).at(-1);
    await slack.waitFor(() => message() !== undefined, { timeoutMs: START_MS, what: 'the first words' });
    const posted = since();
    await slack.waitFor(() => (message()?.versions.length ?? 0) > 1, { timeoutMs: START_MS, what: 'the verdict' });
    return { posted, verdict: since() };
  } finally {
    await end(child);
    await slack.waitFor(() => slack.openConnections === 0, { timeoutMs: START_MS, what: 'the connection to close' });
  }
}

async function nodeSeconds(): Promise<number> {
  return (await timed(process.execPath, ['-e', '0'])).seconds;
}
