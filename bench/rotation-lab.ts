import { join } from 'node:path';
import { Worker } from 'bullmq';
import { type Answer, Answer as AnswerSchema } from '../src/chat/answer.js';
import type { Person } from '../src/chat/request.js';
import { createLogger } from '../src/log.js';
import { PREFIX, workerConnection } from '../src/queue/connection.js';
import { Dispatcher } from '../src/queue/dispatcher.js';
import { type JobOf, ReplyJob } from '../src/queue/jobs.js';
import { replyQueueName } from '../src/queue/replies.js';
import { type Lab, startLab } from '../test/lab/lab.js';
import type { Bench } from './bench.js';
import { type Child, startChild } from './child.js';
import type { ScriptDone, ScriptTask, ScriptWorld } from './rotation-script.js';
import type { Counted, Counting } from './rotation-worker.js';

/** Between GitLab and whoever asks it. Milliseconds. */
export const LATENCY_MS = 20;
const ANA: Person = { platform: 'terminal', id: 'ana' };
const BOB: Person = { platform: 'terminal', id: 'bob' };
const REPLY_TO = { platform: 'terminal', channel: 'bench', person: 'ana' } as const;
/** A bulk that has not ended by then has failed. Milliseconds. */
const LONGEST_MS = 3_600_000;

/** A lab with projects whose tokens are stale, the worker and the script in processes of their own. */
export interface RotationLab {
  lab: Lab;
  worker: Child<Counting, Counted>;
  script: Child<ScriptTask[], ScriptDone>;
  /** Every token of the group's projects, for the script. */
  tasksOf(group: string): ScriptTask[];
  /** The list of the group's stale tokens; its id. */
  plan(group: string): Promise<string>;
  /** From [Approve] to the end. Milliseconds. */
  rotateAll(bulkId: string, progress: (title: string) => void): Promise<number>;
  /** One token, from [Rotate] to its proof and to its end. Milliseconds. */
  rotateOne(task: ScriptTask): Promise<{ proofMs: number; ms: number }>;
}

export async function startRotationLab(bench: Bench, groups: Readonly<Record<string, number>>): Promise<RotationLab> {
  const { dir, own } = bench;
  const lab = own(await startLab({ dir: join(dir, 'lab'), redis: true }));
  const { gitlab, host } = lab;
  const url = lab.redis?.url ?? '';
  const configure = () =>
    lab.configure({
      rotation: '{ quietHours: 0, people: [ana, bob] }',
      extra: '    - gitlab: ana\n      terminal: ana\n    - gitlab: bob\n      terminal: bob\n',
    });
  for (const [name, count] of Object.entries(groups)) fill(lab, name, count);
  await configure();
  const dispatcher = own(stoppable(new Dispatcher(url, join(dir, 'data'), createLogger('error'))));
  const ears = own(await listen(url));
  const worker = own(await startChild<Counting, Counted>('rotation-worker', [lab.configPath, url]));
  let requests = 0;
  const hand = async <Q extends 'bulk' | 'rotation'>(queue: Q, job: object, person = ANA) => {
    const requestId = `bench-${++requests}`;
    const data = { ...job, requestId, person, replyTo: REPLY_TO, useBy: Date.now() + LONGEST_MS } as JobOf<Q>;
    await dispatcher.dispatch(queue, data);
    return requestId;
  };
  const look = async (group: string) => {
    const key = await hand('bulk', { step: 'plan', path: group, filter: { is: 'stale' } });
    return ears.first(key, ({ mark }) => mark !== 'running');
  };
  // The registry's address is remembered with the tokens that there are, and then it changes.
  await look('shop/api');
  await lab.changeUrl();
  await configure();
  const world: ScriptWorld = {
    gitlab: gitlab.url,
    registry: host.registryUrl,
    ca: host.ca.certPath,
    botToken: gitlab.personalTokens.find(({ name }) => name === 'registrar')?.token ?? '',
  };
  const script = own(await startChild<ScriptTask[], ScriptDone>('rotation-script', [JSON.stringify(world)]));
  gitlab.setLatency(LATENCY_MS);
  return {
    lab,
    worker,
    script,
    tasksOf: (group) => tasksOf(lab, group),
    plan: async (group) => buttonValue(await look(group), 'bulk-ask'),
    async rotateAll(bulkId, progress) {
      const message = `bulk ${bulkId}`;
      await hand('bulk', { step: 'ask', bulkId, message });
      await ears.first(message, ({ title }) => title.startsWith('Rotate '));
      const begun = performance.now();
      await hand('bulk', { step: 'approve', bulkId, message }, BOB);
      const end = await ears.first(message, ({ title, mark }) => {
        if (mark === 'running') progress(title);
        return /^(?:Done|Cancelled):/.test(title);
      });
      if (end.mark !== 'pass') throw new Error(`${end.title}: ${JSON.stringify(end.parts).slice(0, 500)}`);
      return performance.now() - begun;
    },
    async rotateOne({ path, token }) {
      const key = await hand('rotation', { step: 'plan', project: path, token: `deploy:${token.id}` });
      const planId = buttonValue(await ears.first(key, ({ mark }) => mark !== 'running'), 'rotate-run');
      const begun = performance.now();
      await hand('rotation', { step: 'run', planId, message: key });
      await ears.first(key, isProven);
      const proofMs = performance.now() - begun;
      const end = await ears.first(key, ({ title, mark }) => mark !== 'running' && !title.startsWith('Rotate '));
      if (end.mark !== 'pass') throw new Error(JSON.stringify(end));
      return { proofMs, ms: performance.now() - begun };
    },
  };
}

/** Its row says so. */
function isProven({ parts }: Answer): boolean {
  return parts.some(
    (part) => part.kind === 'rows' && part.rows.some(({ name, mark }) => name === 'prove' && mark === 'pass'),
  );
}

/** So many projects with two tokens each, and two variables for each token; a repository to prove them on. */
function fill({ gitlab }: Lab, group: string, count: number): void {
  for (let at = 0; at < count; at++) {
    const project = gitlab.addProject(`${group}/p${at}`);
    gitlab.ensureRepository(project, project.fullPath);
    for (const name of ['CI', 'DEPLOY']) {
      const { username, token } = gitlab.addDeployToken(project, { name, scopes: ['read_registry', 'write_registry'] });
      gitlab.addVariable(project, { key: `${name}_USER`, value: username });
      gitlab.addVariable(project, { key: `${name}_PASSWORD`, value: token, masked: true });
    }
  }
  const holder = gitlab.groups.find(({ fullPath }) => fullPath === group);
  for (const name of ['registrar-bot', 'ana']) {
    const user = gitlab.findUser(name);
    if (holder !== undefined && user !== undefined) gitlab.addMember(holder, user, 50);
  }
}

function tasksOf({ gitlab }: Lab, group: string): ScriptTask[] {
  return gitlab.deployTokens.flatMap(({ id, name, username, token, holder }) =>
    holder.kind === 'project' && holder.fullPath.startsWith(`${group}/`)
      ? [{ projectId: holder.id, path: holder.fullPath, token: { id, name, username, secret: token } }]
      : [],
  );
}

function stoppable(dispatcher: Dispatcher) {
  return Object.assign(dispatcher, { stop: () => dispatcher.close() });
}

/** Takes the answers out of their queue, as a chat would. */
async function listen(url: string) {
  const redis = workerConnection(url);
  let waiting: { key: string; fits: (answer: Answer) => boolean; resolve: (answer: Answer) => void }[] = [];
  const past: ReplyJob[] = [];
  const heard = (reply: ReplyJob) => {
    const { key, answer } = reply;
    past.push(reply);
    const fitting = waiting.filter((one) => one.key === key && one.fits(answer));
    waiting = waiting.filter((one) => !fitting.includes(one));
    for (const { resolve } of fitting) resolve(AnswerSchema.parse(answer));
  };
  const worker = new Worker(replyQueueName(REPLY_TO), async ({ data }) => heard(ReplyJob.parse(data)), {
    connection: redis,
    prefix: PREFIX,
  });
  await worker.waitUntilReady();
  return {
    /** The first answer of that message that fits, now or later: it may be here before anybody waits for it. */
    async first(key: string, fits: (answer: Answer) => boolean): Promise<Answer> {
      const found = past.find((one) => one.key === key && fits(one.answer));
      if (found !== undefined) return found.answer;
      return new Promise((resolve) => waiting.push({ key, fits, resolve }));
    },
    async stop() {
      await worker.close();
      redis.disconnect();
    },
  };
}

function buttonValue({ parts, title }: Answer, action: string): string {
  const offered = parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  const found = offered.find((one) => one.action === action);
  if (found === undefined) throw new Error(`no button for ${action}: ${title}`);
  return found.value;
}
