import pMap from 'p-map';
import { within } from '../../src/within.js';
import type { Arena } from './arena.js';
import { FAULTS, type Fault } from './faults/index.js';
import { type End, endOf, violationsOf } from './judge.js';
import { stepsOf } from './moment.js';
import type { Hammered } from './probe.js';
import { type Random, randomOf } from './random.js';
import { type Report, type Row, type Run, rowOf } from './report.js';
import { addSubject, KINDS, type Kind, type Subject } from './subject.js';

export interface ChaosOptions {
  seed: number;
  /** So many workers are killed at random moments. */
  kills: number;
  faults: readonly Fault[];
  /** `every`: each fault at each moment and kind, one fault after the other; `one`: each once, side by side. */
  moments: 'every' | 'one';
  say?(words: string): void;
}

/** Rotations at a time; what a dead worker had waits some seconds until another one takes it up. */
const AT_ONCE = { every: 30, one: 12 };
/** While workers die one after the other: as many as they serve at once, or the rest only waits its turn. */
const AT_ONCE_KILLED = 12;
/** Between two kills. Milliseconds. */
const PAUSE_MS = { least: 50, most: 950 };
/** No rotation takes so long, whatever happens to it: each death of its worker costs it 20 s. Milliseconds. */
const DEADLINE_MS = 900_000;

/** A rotation that is to be judged when everything is over. */
interface Told {
  fault: string;
  ends: End;
  subject: Subject;
  planId: string;
  seen: Hammered;
  trouble: string[];
  /** So many requests there had been when [Rotate] was pressed. */
  since: number;
}

/** Breaks everything that it knows while tokens are rotated, and tells what came of it. */
export async function chaos(
  arena: Arena,
  { seed, kills, faults, moments, say = () => {} }: ChaosOptions,
): Promise<Report> {
  const random = randomOf(seed);
  const told: Told[] = [];
  const steps = new Map<Kind, string[]>();
  for (const kind of KINDS) {
    const one = await rotate(arena, addSubject(arena.lab, kind), undefined, 0);
    told.push(one);
    steps.set(kind, stepsOf(arena.lab, one.subject, one.since));
    say(`${kind}: ${steps.get(kind)?.length} requests to GitLab in a rotation`);
  }
  const meet = (fault: Fault) => meetings(fault, steps, moments, random);
  const batches = batchesFor(faults, moments);
  const killing = async () => void told.push(...(await killRandomly(arena, kills, random, say)));
  for (const batch of batches) {
    say(`${batch.map(({ id }) => id).join(', ')} …`);
    const isLast = batch === batches.at(-1);
    const all = batch.map((fault) => ({ fault, all: meet(fault) }));
    await Promise.all([
      ...all.map(async ({ fault, all }) => {
        const concurrency = fault.isShared === 'alone' ? 1 : AT_ONCE[moments];
        told.push(
          ...(await pMap(all, ({ kind, at }) => rotate(arena, addSubject(arena.lab, kind), fault, at), {
            concurrency,
          })),
        );
      }),
      ...(isLast && moments === 'one' ? [killing()] : []),
    ]);
  }
  if (moments === 'every') await killing();
  return judged(arena, told);
}

/** Faults that are made side by side. A clock that jumps beside others would put their next tries off for a day. */
function batchesFor(faults: readonly Fault[], moments: ChaosOptions['moments']): Fault[][] {
  const [own, shared, alone] = ([undefined, 'together', 'alone'] as const).map((is) =>
    faults.filter(({ isShared }) => isShared === is),
  ) as [Fault[], Fault[], Fault[]];
  if (moments === 'every')
    return [own, ...[...shared, ...alone].map((fault) => [fault])].filter(({ length }) => length > 0);
  const isClock = ({ id }: Fault) => id.startsWith('clock');
  return [[...own, ...alone], shared.filter(isClock), shared.filter((one) => !isClock(one))];
}

interface Meeting {
  kind: Kind;
  at: number;
}

function meetings(
  fault: Fault,
  steps: ReadonlyMap<Kind, readonly string[]>,
  moments: ChaosOptions['moments'],
  random: Random,
): Meeting[] {
  const all = [...steps].flatMap(([kind, names]) => fault.moments(names).map((at): Meeting => ({ kind, at })));
  return moments === 'every' ? all : [random.one(all)];
}

/** Plans a rotation, has the fault ready, presses [Rotate] and waits for the end; the probe is at it all the time. */
async function rotate(
  arena: Arena,
  subject: Subject,
  fault: Fault | undefined,
  at: number,
  name = 'no fault',
): Promise<Told> {
  const { desk, probe } = arena;
  const seen = probe.watch(subject);
  const trouble: string[] = [];
  let planId = '';
  let since = 0;
  try {
    planId = await within(DEADLINE_MS, 'no plan', desk.plan(subject));
    const undo = fault?.prepare(arena, subject, at);
    since = arena.lab.gitlab.requests.length;
    await within(DEADLINE_MS, 'no end', desk.rotate(subject, planId)).finally(undo);
  } catch (error) {
    trouble.push(String(error));
  }
  await probe.leave(subject);
  if (fault !== undefined && !subject.isStruck) trouble.push('nothing went wrong, and should have');
  return { fault: fault?.id ?? name, ends: fault?.ends ?? 'rotated', subject, planId, seen, trouble, since };
}

/** Rotates one token after the other, many at a time, until so many workers were killed with rotations under way. */
async function killRandomly(
  arena: Arena,
  kills: number,
  random: Random,
  say: (words: string) => void,
): Promise<Told[]> {
  const told: Told[] = [];
  let isOver = kills === 0;
  const rotating = Array.from({ length: isOver ? 0 : AT_ONCE_KILLED }, async () => {
    while (!isOver)
      told.push(await rotate(arena, addSubject(arena.lab, random.one(KINDS)), undefined, 0, 'killed at random'));
  });
  for (let count = 0; count < kills; count++) {
    const ms = PAUSE_MS.least + random.whole(PAUSE_MS.most);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await arena.crew.killOne(random);
    if ((count + 1) % 50 === 0) say(`${count + 1} kills, ${told.length} rotations …`);
  }
  isOver = true;
  await Promise.all(rotating);
  return told;
}

/** When nothing is under way any more: what is promised of the end. */
async function judged(arena: Arena, told: readonly Told[]): Promise<Report> {
  const { desk, redis, store, lab, crew, known } = arena;
  const general: string[] = [];
  await desk.idle(DEADLINE_MS).catch((error: unknown) => general.push(String(error)));
  const runs = await pMap(
    told,
    async ({ fault, ends, subject, planId, seen, trouble }): Promise<Run> => {
      const journal = await store.journal(planId);
      const end = journal === undefined ? 'under way' : endOf(journal);
      const violations = [...trouble, ...violationsOf(subject, ends, lab, journal), ...seen.refusals];
      return {
        fault,
        end,
        tries: seen.tries,
        refusals: seen.refusals.length,
        away: seen.away,
        violations: violations.map((words) => `${subject.project.fullPath} (${subject.kind}): ${words}`),
      };
    },
    { concurrency: 8 },
  );
  const locks = [...(await redis.keys('*rotation-lock*')), ...(await redis.keys('*rotation-token*'))];
  general.push(...locks.map((key) => `${key} is still held`));
  if (crew.fallen > 0) general.push(`${crew.fallen} workers ended by themselves`);
  general.push(...(await arena.auditFaults()));
  const { found, megabytes } = await arena.leaks();
  general.push(...found.map((leak) => `in the clear: ${leak}`));
  const names = [...new Set(runs.map(({ fault }) => fault))];
  const order = ['no fault', ...FAULTS.map(({ id }) => id), 'killed at random'];
  const rows: Row[] = names.sort((a, b) => order.indexOf(a) - order.indexOf(b)).map((name) => rowOf(name, runs));
  return { rows, general, killed: crew.killed, hit: crew.hit, secrets: known.length, megabytes };
}
