import { messageOf } from '../src/errors.js';
import { openAnsible } from './ansible.js';
import type { Bench, Benchmark } from './bench.js';
import { type Child, startChild } from './child.js';
import { type Fleet, ONE_WAY_MS, startFleet } from './fleet.js';
import { type Loop, openLoop } from './openssh.js';
import { type Aim, alternate, type Pair, type Result, result } from './result.js';
import type { Look, Looked } from './status-client.js';

/** Hosts of an instance. */
const SIZES = [1, 10, 50] as const;
const MOST = Math.max(...SIZES);
const ROUNDS = 3;
/** Of ansible, whose runs take longer than all else here. */
const ANSIBLE_ROUNDS = 2;

/**
 * A full status of an instance with many hosts, each behind a slow network: every check, and every host's script.
 * Against the slowest of its hosts, a loop of OpenSSH clients that run the same scripts and nothing else, and ansible.
 */
export const hosts: Benchmark = async (bench) => {
  const fleet = await startFleet(bench, SIZES);
  bench.say(`the sshds and scripts of ${MOST} hosts run on this machine, too: their CPU counts for everybody alike`);
  const loop = await openLoop(bench, fleet);
  const results: Result[] = [];
  let one: Measured | undefined;
  for (const size of SIZES) {
    const measured = await measure(bench, fleet, loop, size);
    one ??= measured;
    results.push(...rowsOf(size, measured, one));
  }
  return [...results, ...(await besideAnsible(bench, fleet))];
};

interface Measured {
  cold: { ours: Looked; baseline: number }[];
  warm: { ours: Looked; baseline: number }[];
}

async function measure(bench: Bench, fleet: Fleet, loop: Loop, size: number): Promise<Measured> {
  const client = await startClient(bench, fleet);
  const look = (cold: boolean) => ask(bench, client, { instance: String(size), cold });
  await look(true);
  const cold = await alternate(
    ROUNDS,
    () => look(true),
    () => loop.cold(size),
  );
  const warm = await alternate(
    ROUNDS,
    () => look(false),
    () => loop.warm(size),
  );
  await client.stop();
  return { cold, warm };
}

function rowsOf(size: number, { cold, warm }: Measured, one: Measured): Result[] {
  const of = named(size);
  const against = (rounds: Measured['cold']) => rounds.map(({ ours, baseline }) => ({ ours: ours.ms, baseline }));
  const aim = (ratio: number): Aim | null => (size === MOST ? { is: 'at most', ratio } : null);
  const rows = [
    result({ ...of('status, cold'), baselineName: 'ssh in parallel, cold' }, against(cold)),
    result({ ...of('status, warm'), baselineName: 'ssh in parallel, ControlMaster' }, against(warm), aim(1)),
    result(
      { ...of('status, warm'), baselineName: 'its slowest host, same status' },
      warm.map(({ ours }) => ({ ours: ours.ms, baseline: ours.slowest })),
      aim(1.2),
    ),
  ];
  if (one.warm === warm) return rows;
  const besideOne = (figure: (looked: Looked) => number): Pair[] =>
    warm.map(({ ours }, at) => ({ ours: figure(ours), baseline: figure(one.warm[at]?.ours ?? ours) }));
  rows.push(
    result(
      { ...of('status, warm'), baselineName: 'the same with one host' },
      besideOne(({ ms }) => ms),
    ),
    result(
      { ...of('peak memory'), unit: 'MB', baselineName: 'the same with one host' },
      besideOne(({ peak }) => peak),
    ),
  );
  return rows;
}

async function besideAnsible(bench: Bench, fleet: Fleet): Promise<Result[]> {
  const ansible = await openAnsible(bench, fleet);
  if (ansible === undefined) return [];
  const client = await startClient(bench, fleet);
  const look = () => ask(bench, client, { instance: String(MOST), cold: false });
  await look();
  const rounds = await alternate(ANSIBLE_ROUNDS, look, ansible);
  const pairs = rounds.map(({ ours, baseline }) => ({ ours: ours.ms, baseline }));
  const baselineName = `ansible -m shell -f ${MOST}, warm`;
  return [result({ ...named(MOST)('status, warm'), baselineName }, pairs, { is: 'at most', ratio: 0.1 })];
}

async function startClient({ own }: Bench, { configPath }: Fleet): Promise<Child<Look, Looked>> {
  return own(await startChild<Look, Looked>('status-client', [configPath]));
}

/** On a machine that is busy with other things a host may come too late: such a look is no figure, and is repeated. */
async function ask({ say }: Bench, client: Child<Look, Looked>, look: Look): Promise<Looked> {
  try {
    return await client.ask(look);
  } catch (error) {
    say(messageOf(error));
    return client.ask(look);
  }
}

function named(size: number) {
  return (name: string) => ({
    bench: 'hosts',
    name: `${name}, ${size} host${size === 1 ? '' : 's'}`,
    what: `${2 * ONE_WAY_MS} ms for each round trip, all sshds and scripts on this machine`,
    unit: 'ms',
  });
}
