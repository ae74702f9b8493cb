import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { openIdentities } from '../../src/access/identities.js';
import { LinkStore } from '../../src/access/link/store.js';
import { AuditTrail } from '../../src/audit/trail.js';
import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import { type ConfigSource, openConfig } from '../../src/config/source.js';
import type { Owner } from '../../src/gitlab/schema.js';
import { createSshPool } from '../../src/host/pool.js';
import { createHttp, type Http } from '../../src/http.js';
import { workerConnection } from '../../src/queue/connection.js';
import { Replies } from '../../src/queue/replies.js';
import { RotationStore } from '../../src/rotation/journal.js';
import { findConsumers, secretsIn } from '../../src/rotation/plan/consumers.js';
import { plannedWrite, type RotationPlan } from '../../src/rotation/plan/plan.js';
import { keepsUsername } from '../../src/rotation/plan/token.js';
import { purposeOf } from '../../src/rotation/step.js';
import { createSeal } from '../../src/secrets/seal.js';
import type { WorkerContext } from '../../workers/context.js';
import { rotationWorker } from '../../workers/rotation.js';
import type { DeployToken, Project, Variable } from '../lab/gitlab/double.js';
import { type Lab, startLab } from '../lab/lab.js';

/** The person who sits at the lab's terminal: Ana, who maintains every project of these tests. */
export const ANA: Person = { platform: 'terminal', id: userInfo().username };
export const REPLY_TO = { platform: 'terminal', channel: 'test', person: ANA.id } as const;
const USE_BY = Number.MAX_SAFE_INTEGER;

export interface Bench {
  lab: Lab;
  config: ConfigSource;
  redis: Redis;
  store: RotationStore;
  worker: WorkerContext;
  http: Http;
  logged: string[];
  stop(): Promise<void>;
}

/** The lab, with the rotation's real Redis, and nothing of the queue. */
export async function startBench(): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-rotation-'));
  const lab = await startLab({ dir, redis: true });
  const redis = workerConnection(lab.redis?.url ?? '');
  const replies = new Replies(redis);
  const config = openConfig(lab.configPath);
  const http = createHttp(config.current().instances[0]?.ca);
  const hosts = createSshPool(config.secret);
  const logged: string[] = [];
  const write = (...words: unknown[]) => void logged.push(JSON.stringify(words));
  const log = { debug: write, info: write, warn: write, error: write } as unknown as WorkerContext['log'];
  const worker: WorkerContext = {
    config,
    redis,
    identities: openIdentities(config, new LinkStore(redis, Date.now)),
    replies,
    hosts,
    seal: createSeal('the key of these tests'),
    log,
    audit: new AuditTrail(redis, config.current().dataDir, log, Date.now),
    now: Date.now,
    openLog: () => Promise.reject(new Error('no file in these tests')),
  };
  return {
    lab,
    config,
    redis,
    store: new RotationStore(redis),
    worker,
    http,
    logged,
    async stop() {
      await Promise.all([http.close(), hosts.close()]);
      await replies.close();
      redis.disconnect();
      await lab.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A project of its own, so that a table's rows don't meet. */
export interface Subject {
  project: Project;
  old: DeployToken;
  plan: RotationPlan;
  /** Every variable as it was. */
  before: Variable[];
}

let subjects = 0;

export async function addSubject(
  bench: Bench,
  fill: (project: Project, old: DeployToken) => void = fillPair(bench.lab),
  {
    name = 'ci push',
    ...more
  }: { name?: string } & Partial<Pick<RotationPlan, 'outside' | 'reveal' | 'quietHours'>> = {},
): Promise<Subject> {
  const { gitlab, people } = bench.lab;
  const project = gitlab.addProject(`shop/subject-${++subjects}`);
  const bot = gitlab.findUser('registrar-bot');
  if (bot !== undefined) gitlab.addMember(project, bot, 40);
  gitlab.addMember(project, people.ana, 40);
  const old = gitlab.addDeployToken(project, { name, scopes: ['read_registry', 'write_registry'] });
  fill(project, old);
  const before = variablesOf(bench, project);
  return { project, old, plan: await planFor(bench, project, old, before, more), before };
}

/** As the worker would plan it, without asking GitLab: workers/rotation.test.ts has the worker do it. */
async function planFor(
  { store, worker: { seal }, lab }: Bench,
  project: Project,
  { id, name, username, scopes }: DeployToken,
  before: Variable[],
  more: Partial<RotationPlan>,
): Promise<RotationPlan> {
  const owner: Owner = { kind: 'project', id: project.id, path: project.fullPath };
  const variables = before.map((one) => ({ ...one, value: one.hidden ? null : one.value }));
  const registryHost = new URL(lab.host.registryUrl).host;
  const sought = { username, secrets: new Set<string>(), mapped: new Set<string>(), formerUrls: [], registryHost };
  const planId = randomUUID();
  const purpose = purposeOf({ id: planId });
  const consumers = findConsumers(sought, owner, variables);
  const [secret] = secretsIn(sought, variables);
  const plan: RotationPlan = {
    id: planId,
    instance: 'lab',
    asker: ANA,
    owner,
    old: { kind: 'deploy', id, name, username, scopes: [...scopes] },
    ...(keepsUsername({ id, username }, consumers, more.outside?.length ?? 0) ? { username } : {}),
    writes: consumers
      .map((one) => plannedWrite(one, (value) => seal.digest(value, purpose)))
      .sort((a, b) => Number(a.variable.hidden) - Number(b.variable.hidden)),
    outside: [],
    probe: { repository: project.fullPath, isNew: true },
    formerUrls: [],
    quietHours: 0,
    ...(secret === undefined ? {} : { oldSecret: seal.seal(secret, purpose) }),
    reveal: false,
    unknown: [],
    reasons: [],
    ...more,
  };
  await store.savePlan(plan);
  await store.hold(plan);
  await store.begin(plan);
  return plan;
}

/** Both variables of the pair, with every flag away from its default. */
function fillPair({ gitlab }: Lab): (project: Project, old: DeployToken) => void {
  return (project, old) => {
    const flags = { protected: true, raw: true, environment_scope: 'production', description: 'for the pipeline' };
    gitlab.addVariable(project, { key: 'REGISTRY_USER', value: old.username, ...flags });
    gitlab.addVariable(project, {
      key: 'REGISTRY_PASSWORD',
      value: old.token,
      masked: true,
      variable_type: 'file',
      ...flags,
    });
    gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: 'of-another-scope', environment_scope: 'staging' });
  };
}

export function variablesOf({ lab }: Bench, project: Project): Variable[] {
  return lab.gitlab.variables.filter(({ holder }) => holder === project).map((one) => ({ ...one }));
}

type Asked =
  | { step: 'plan'; project: string; token?: string; reveal?: boolean; person?: Person; requestId?: string }
  | { step: 'run' | 'cancel'; planId: string; person?: Person; requestId?: string }
  | { step: 'decide'; what: 'revoke' | 'undo'; planId: string; person?: Person; requestId?: string };

/** Hands a job to the rotation worker; gives all that it said, also when it is thrown out of. */
export async function ask(bench: Bench, { person = ANA, ...asked }: Asked, said: Answer[] = []): Promise<Answer[]> {
  const common = { requestId: 'request', message: 'message', person, replyTo: REPLY_TO, useBy: USE_BY };
  await rotationWorker(bench.worker)({ ...common, ...asked }, async (answer) => void said.push(answer));
  return said;
}

/** The id on the [Rotate] button. */
export function planIdOf(said: readonly Answer[]): string {
  const offered = said.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : [])));
  return offered.find(({ action }) => action === 'rotate-run')?.value ?? '';
}
