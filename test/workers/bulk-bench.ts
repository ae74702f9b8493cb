import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { openIdentities } from '../../src/access/identities.js';
import { LinkStore } from '../../src/access/link/store.js';
import { AuditTrail } from '../../src/audit/trail.js';
import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import { type ConfigSource, openConfig } from '../../src/config/source.js';
import { createSshPool } from '../../src/host/pool.js';
import { workerConnection } from '../../src/queue/connection.js';
import { Dispatcher } from '../../src/queue/dispatcher.js';
import type { JobOf } from '../../src/queue/jobs.js';
import { Replies } from '../../src/queue/replies.js';
import { BulkStore } from '../../src/rotation/bulk/store.js';
import type { Running } from '../../src/running.js';
import { createSeal } from '../../src/secrets/seal.js';
import { startWorker } from '../../src/worker.js';
import type { WorkerContext } from '../../workers/context.js';
import type { DeployToken, Project } from '../lab/gitlab/double.js';
import { waitFor } from '../lab/host/process.js';
import { type Lab, startLab } from '../lab/lab.js';
import { capture, listen } from '../queue/parts.js';
import { ANA, REPLY_TO } from '../rotation/bench.js';

/** May approve what ana asked for. */
export const BOB: Person = { platform: 'terminal', id: 'bob' };
/** Known, but none of rotation.people. */
export const CARL: Person = { platform: 'terminal', id: 'carl' };

/** A project whose two tokens stand in two pairs of variables. */
export interface Pair {
  project: Project;
  tokens: [DeployToken, DeployToken];
}

type Job =
  JobOf<'bulk'> extends infer J ? (J extends unknown ? Omit<J, 'requestId' | 'replyTo' | 'useBy'> : never) : never;
type Deed = 'ask' | 'approve' | 'cancel' | 'pause' | 'resume' | 'hurry';

/** The lab, its queues, real workers, and a registry that is about to move. */
export interface BulkBench {
  lab: Lab;
  redis: Redis;
  store: BulkStore;
  config: ConfigSource;
  ear: ReturnType<typeof listen>;
  /** What is told in Slack, where nobody asked. */
  slackEar: ReturnType<typeof listen>;
  /** For what is called without a queue. */
  context: WorkerContext;
  lines: Record<string, unknown>[];
  /** A project with two tokens and four variables. */
  addPair(name: string): Pair;
  configure(rotation?: string): Promise<void>;
  /** The registry is at another address from now on. */
  move(): Promise<void>;
  hand(job: Job, requestId?: string): Promise<string>;
  /** The list of what is stale, and the bulk's id. */
  plan(path?: string, person?: Person): Promise<{ answer: Answer; id: string }>;
  press(step: Deed, id: string, person: Person, requestId?: string): Promise<string>;
  startWorker(): Promise<Running>;
  /** A worker in a process of its own, which can be killed. */
  startProcess(): Promise<{ kill(): Promise<void> }>;
  stop(): Promise<void>;
}

export async function startBulk(): Promise<BulkBench> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-bulk-'));
  const lab = await startLab({ dir, redis: true });
  const { gitlab } = lab;
  gitlab.addUser({ username: 'carl', email: 'carl@example.com' });
  // What the lab brings is another test's.
  gitlab.deployTokens.splice(0);
  const url = lab.redis?.url ?? '';
  const config = openConfig(lab.configPath);
  const redis = workerConnection(url);
  const { log, lines } = capture();
  const dispatcher = new Dispatcher(url, join(dir, 'data'), log);
  const ear = listen(REPLY_TO, redis);
  const slackEar = listen({ platform: 'slack', channel: '', person: '' }, redis);
  const replies = new Replies(redis);
  const hosts = createSshPool(config.secret);
  const running = new Set<Running>();
  const children = new Set<ChildProcess>();
  let requests = 0;

  const bench: BulkBench = {
    lab,
    redis,
    store: new BulkStore(redis),
    config,
    ear,
    slackEar,
    lines,
    context: {
      ...{ config, redis, replies, hosts, log, now: Date.now },
      identities: openIdentities(config, new LinkStore(redis, Date.now)),
      audit: new AuditTrail(redis, config.current().dataDir, log, Date.now),
      seal: createSeal('the key of these tests'),
      openLog: () => Promise.reject(new Error('no file in these tests')),
    },
    addPair(name) {
      const project = gitlab.addProject(name);
      const bot = gitlab.findUser('registrar-bot');
      if (bot !== undefined) gitlab.addMember(project, bot, 40);
      const add = (key: string) => {
        const scopes = ['read_registry', 'write_registry'] as const;
        const token = gitlab.addDeployToken(project, { name: key, scopes: [...scopes] });
        gitlab.addVariable(project, { key: `${key}_USER`, value: token.username });
        gitlab.addVariable(project, { key: `${key}_PASSWORD`, value: token.token, masked: true });
        return token;
      };
      return { project, tokens: [add('CI'), add('DEPLOY')] };
    },
    async configure(rotation = 'quietHours: 0') {
      const before = config.current();
      const other = (name: string) => `    - gitlab: ${name}\n      terminal: ${name}\n`;
      await lab.configure({
        rotation: `{ ${rotation}, people: [ana, bob] }`,
        extra: `${other('bob')}${other('carl')}`,
      });
      // The file's time has the grain of the file system.
      await waitFor('the new configuration', () => (config.current() === before ? undefined : true));
    },
    async move() {
      await lab.changeUrl();
      await bench.configure();
    },
    async hand(job, requestId = `request-${++requests}`) {
      const data = { ...job, requestId, replyTo: REPLY_TO, useBy: Date.now() + 3_600_000 } as JobOf<'bulk'>;
      await dispatcher.dispatch('bulk', data);
      return requestId;
    },
    async plan(path, person = ANA) {
      const where = path === undefined ? {} : { path };
      const key = await bench.hand({ step: 'plan', filter: { is: 'stale' }, person, ...where });
      const answer = await ear.of(key, ({ mark }) => mark !== 'running');
      return { answer, id: buttonValue(answer, 'bulk-ask') };
    },
    press: (step, id, person, requestId) => bench.hand({ step, bulkId: id, message: `bulk ${id}`, person }, requestId),
    async startWorker() {
      const worker = await startWorker(config, url, log);
      const one = {
        async stop() {
          running.delete(one);
          await worker.stop();
        },
      };
      running.add(one);
      return one;
    },
    async startProcess() {
      const cli = fileURLToPath(new URL('../../bin/registrar.js', import.meta.url));
      const child = spawn(process.execPath, [cli, 'worker', '--config', lab.configPath], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let output = '';
      child.stderr.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      children.add(child);
      await waitFor('the worker process', () => (output.includes('registrar runs') ? true : undefined));
      return {
        async kill() {
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        },
      };
    },
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      for (const one of running) await one.stop();
      await Promise.all([ear.stop(), slackEar.stop(), replies.close(), hosts.close()]);
      await dispatcher.close();
      redis.disconnect();
      await lab.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await bench.configure();
  return bench;
}

/** What a button carries. */
export function buttonValue({ parts }: Answer, action: string): string {
  const offered = parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  return offered.find((one) => one.action === action)?.value ?? '';
}

/** The file of an answer, line by line. */
export function fileOf({ parts }: Answer): string[] {
  const file = parts.find((part) => part.kind === 'file');
  return file === undefined ? [] : file.text.trimEnd().split('\n');
}

export const isEnd = ({ title }: Answer) => /^(?:Done|Cancelled): \d/.test(title);

/** Is every token of the project replaced, and in its variable? */
export function stateOf({ gitlab }: Lab, { project, tokens }: Pair) {
  return tokens.map((old) => {
    const live = gitlab.deployTokensOf(project).filter(({ name }) => name.split(' (')[0] === old.name);
    const [fresh] = live;
    return {
      live: live.length,
      replaced: fresh?.id !== old.id,
      held: gitlab.findVariable(project, `${old.name}_PASSWORD`)?.value === fresh?.token,
    };
  });
}

export const REPLACED = { live: 1, replaced: true, held: true };
export const KEPT = { live: 1, replaced: false, held: true };
