import { EdgeError } from '../../src/errors.js';
import { openGitLab } from '../../src/gitlab/client.js';
import type { Http, HttpAnswer } from '../../src/http.js';
import { registryOf } from '../../src/instance.js';
import type { SagaContext } from '../../src/rotation/context.js';
import type { OutsideConsumer } from '../../src/rotation/outside/outside.js';
import { baseName } from '../../src/rotation/plan/token.js';
import { runRotation, type Went } from '../../src/rotation/saga.js';
import type { DeployToken, Variable } from '../lab/gitlab/double.js';
import { addSubject, type Bench, type Subject, variablesOf } from './bench.js';

/** What a saga is given, over an HTTP and a store that a test may break. */
export function sagaContext(bench: Bench, http: Http, save: SagaContext['save']): SagaContext {
  const { config, worker } = bench;
  const [instance] = config.current().instances;
  if (instance === undefined) throw new Error('the lab has an instance');
  const token = config.secret(instance.gitlab.token);
  const gitlab = openGitLab(instance.gitlab.url, token, http);
  const registry = registryOf(instance, http);
  return {
    gitlab,
    registry,
    seal: worker.seal,
    save,
    outside: [],
    watch: () => Promise.reject(new Error('these rotations do not wait')),
    reveal: () => Promise.reject(new Error('nobody asked for the secret')),
    now: Date.now,
    progress: async () => {},
    async succeedOnce() {
      const { challenge } = await registry.ping();
      if (challenge === undefined) throw new Error('no challenge');
      await registry.handshake(challenge, [], { username: (await gitlab.ownUser()).username, password: token });
    },
  };
}

type Call<T> = () => Promise<T>;
export type Wrap = <T>(call: Call<T>, name: string) => Call<T>;
export type Answering = (call: Call<HttpAnswer>, name: string) => Promise<HttpAnswer>;

/** What comes between a saga and the world. */
export interface Between {
  /** Around every call, every save, and whatever is asked of somebody outside. */
  wrap?: Wrap;
  /** Around every answer of GitLab and the registry. */
  answering?: Answering;
  /** What the rotation is given instead. */
  given?: Partial<Pick<SagaContext, 'outside' | 'watch' | 'reveal' | 'now' | 'seal'>>;
}

/** Runs the saga from the journal in Redis. */
export async function runSaga(
  bench: Bench,
  { plan }: Pick<Subject, 'plan'>,
  { wrap = (call) => call, answering = (call) => call(), given = {} }: Between = {},
): Promise<Went> {
  const http: Http = (url, options) => {
    const name = `${options?.method ?? 'GET'} ${new URL(url).pathname}`;
    return wrap(() => answering(() => bench.http(url, options), name), name)();
  };
  const journal = await bench.store.journal(plan.id);
  if (journal === undefined) throw new Error('the rotation was not begun');
  const save: SagaContext['save'] = (state) => wrap(() => bench.store.save(state), 'save')();
  const { outside = [], reveal, watch, ...others } = given;
  return runRotation(journal, {
    ...sagaContext(bench, http, save),
    ...others,
    outside: outside.map((one) => wrapped(one, wrap)),
    ...(reveal === undefined ? {} : { reveal: (login) => wrap(() => reveal(login), 'reveal')() }),
    ...(watch === undefined ? {} : { watch: (since) => wrap(() => watch(since), 'watch')() }),
  });
}

/** The same, while something goes on refusing what would undo it, and a day later, when nobody waits any more. */
export async function runSagaToItsEnd(bench: Bench, subject: Pick<Subject, 'plan'>, between: Between = {}) {
  try {
    await runSaga(bench, subject, between);
  } catch (error) {
    if (!(error instanceof EdgeError) || error.code !== 'half-undone') throw error;
    const now = () => Date.now() + 24 * 3_600_000;
    await runSaga(bench, subject, { ...between, given: { ...between.given, now } });
  }
}

function wrapped(consumer: OutsideConsumer, wrap: Wrap): OutsideConsumer {
  const { name } = consumer;
  return {
    name,
    read: () => wrap(() => consumer.read(), `read ${name}`)(),
    write: (login) => wrap(() => consumer.write(login), `write ${name}`)(),
    holds: (login) => wrap(() => consumer.holds(login), `holds ${name}`)(),
    restore: (before, old) => wrap(() => consumer.restore(before, old), `restore ${name}`)(),
  };
}

/**
 * Runs a rotation in a process that is killed at its n-th call, before or after the call's effect: nothing is thrown
 * or cleaned up, what was under way is never heard of again. True when it got as far as that.
 */
export async function killedAt(
  bench: Bench,
  subject: Pick<Subject, 'plan'>,
  at: number,
  moment: 'before' | 'after',
  between: Omit<Between, 'wrap'> = {},
): Promise<boolean> {
  let count = 0;
  let die: () => void = () => {};
  const death = new Promise<true>((resolve) => {
    die = () => resolve(true);
  });
  const forever = () => {
    die();
    return new Promise<never>(() => {});
  };
  const wrap: Wrap = (call) => async () => {
    count += 1;
    if (count === at && moment === 'before') return forever();
    const result = await call();
    return count === at ? forever() : result;
  };
  return Promise.race([death, runSaga(bench, subject, { ...between, wrap }).then(() => false)]);
}

/** The n-th call of GitLab or the registry is answered by `answer`. */
export function answerAt(at: number, answer: Answering): Answering {
  let count = 0;
  return (call, name) => {
    count += 1;
    return count === at ? answer(call, name) : call();
  };
}

/** The calls of a whole rotation of a pair, saves left out. */
export async function httpCalls(bench: Bench): Promise<string[]> {
  const names: string[] = [];
  const answering: Answering = (call, name) => {
    names.push(name);
    return call();
  };
  await runSaga(bench, await addSubject(bench), { answering });
  return names;
}

export function said(status: number, message: string): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, text: JSON.stringify({ message }) };
}

/** Does the real registry take the pair? The handshake, and an upload that is opened and cancelled. */
export async function accepts(bench: Bench, { project }: Pick<Subject, 'project'>, username: string, password: string) {
  const { registry } = sagaContext(bench, bench.http, async () => {});
  const { challenge } = await registry.ping();
  if (challenge === undefined) throw new Error('no challenge');
  const scopes = [`repository:${project.fullPath}:pull,push`];
  const shaken = await registry.handshake(challenge, scopes, { username, password });
  if (shaken.is === 'refused') return `refused with ${shaken.status}`;
  return (await registry.probeUpload(project.fullPath, shaken.token)).is;
}

/** All that a rotation promises of its end, as one comparable value. */
export async function endOf(bench: Bench, subject: Subject) {
  const { lab, store } = bench;
  const { project, old, plan, before } = subject;
  const live = lab.gitlab
    .deployTokensOf(project)
    .filter(({ name, revoked }) => baseName(name) === old.name && !revoked);
  const [fresh] = live;
  const unnamed = (list: readonly Variable[], pair: DeployToken | undefined) =>
    list.map((one) => ({
      ...one,
      value: one.value === pair?.username ? 'the username' : one.value === pair?.token ? 'the secret' : one.value,
    }));
  const journal = await store.journal(plan.id);
  return {
    end: journal?.end?.is,
    live: live.length,
    isReplaced: fresh !== undefined && fresh.id !== old.id,
    scopes: fresh?.scopes,
    variablesKept:
      JSON.stringify(unnamed(variablesOf(bench, project), fresh).map(plain)) ===
      JSON.stringify(unnamed(before, old).map(plain)),
    old: await accepts(bench, subject, old.username, old.token),
    fresh: fresh === undefined ? 'none' : await accepts(bench, subject, fresh.username, fresh.token),
  };
}

function plain({ holder: _, ...flags }: Variable): object {
  return flags;
}

export const ROTATED = {
  end: 'done',
  live: 1,
  isReplaced: true,
  scopes: ['read_registry', 'write_registry'],
  variablesKept: true,
  old: 'refused with 401',
  fresh: 'accepted',
};

export const AS_BEFORE = { ...ROTATED, end: 'failed', isReplaced: false, old: 'accepted' };
