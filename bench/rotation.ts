import type { Bench, Benchmark } from './bench.js';
import { memoryOf } from './memory.js';
import { type Pair, type Result, result } from './result.js';
import { LATENCY_MS, type RotationLab, startRotationLab } from './rotation-lab.js';
import type { ScriptDone } from './rotation-script.js';

/** Tokens of each project. */
const TOKENS = 2;
/** Tokens that are replaced one by one, by hand and by the script in turn. */
const SINGLE_ROUNDS = 10;
const SAMPLE_MS = 1_000;
const WINDOW_S = 60;

/**
 * What one rotation can't do without. GitLab: is the token still there, who carries it, make the new one, log in with
 * it, be let delete the upload of the proof (no deploy token is), write, read back, revoke, see the old one refused.
 * The registry: open an upload and cancel it. The script makes these calls and no other, so it counts them.
 */
const MINIMUM = { gitlab: 9, registry: 2 };

/**
 * A bulk of rotations behind a slow network, against a script that makes the fewest calls, one after the other: without
 * a limit of GitLab's, and at the one that is given.
 */
export const rotation: Benchmark = async (bench) => {
  const { projects, perMinute, say } = bench;
  // The script takes as long for each of its tokens, however many they are.
  const few = Math.max(10, Math.round(projects / 10));
  const lab = await startRotationLab(bench, { all: projects, free: few, script: few, single: SINGLE_ROUNDS });
  say(`GitLab's double, the registry and Redis run on this machine, too: their CPU counts for everybody alike`);
  const script = await lab.script.ask(lab.tasksOf('script'));
  say(`script: ${perToken(script.ms, few).toFixed(0)} ms for each of ${few * TOKENS} tokens`);
  const single = await besideScript(lab);
  const free = await bulk(lab, 'free', few, bench);
  lab.lab.gitlab.setRateLimit({ limit: perMinute, windowSeconds: WINDOW_S, pattern: '/api/*', announce: true });
  const all = await bulk(lab, 'all', projects, bench);
  return [
    ...times({ free, all, script }, few, bench),
    ...calls(all, script, few, bench),
    ...memory(all, bench),
    ...single,
  ];
};

interface Bulk {
  ms: number;
  gitlabCalls: number;
  registryCalls: number;
  /** Of the limited kind. */
  apiCalls: number;
  refused: number;
  /** Resident memory of the worker, in even steps of time. MB. */
  samples: number[];
}

async function bulk(lab: RotationLab, group: string, projects: number, { say }: Bench): Promise<Bulk> {
  const { gitlab } = lab.lab;
  const planned = performance.now();
  const id = await lab.plan(group);
  say(`${group}: ${projects} projects were looked through in ${((performance.now() - planned) / 1000).toFixed(1)} s`);
  await lab.worker.ask({ reset: true });
  const from = gitlab.requests.length;
  const samples: number[] = [];
  const sample = () => samples.push(memoryOf(lab.worker.pid, 'VmRSS') ?? Number.NaN);
  const timer = setInterval(sample, SAMPLE_MS);
  let told = 0;
  try {
    const ms = await lab.rotateAll(id, (title) => {
      if (told++ % 10 === 0) say(`${group}: ${title}`);
    });
    sample();
    const made = gitlab.requests.slice(from);
    const counted = await lab.worker.ask({ reset: true });
    const all = Object.values(counted).reduce((sum, count) => sum + count, 0);
    return {
      ms,
      gitlabCalls: made.length,
      registryCalls: all - made.length,
      apiCalls: made.filter(({ path }) => path.startsWith('/api/')).length,
      refused: made.filter(({ status }) => status === 429).length,
      samples,
    };
  } finally {
    clearInterval(timer);
  }
}

function times(
  { free, all, script }: { free: Bulk; all: Bulk; script: ScriptDone },
  few: number,
  { projects, perMinute }: Bench,
): Result[] {
  const baseline = perToken(script.ms, few);
  const of = { bench: 'rotation', unit: 'ms', baselineName: 'script, one call after the other' };
  const what = (count: number) => `${count * TOKENS} tokens, ${LATENCY_MS} ms for each call of GitLab's`;
  return [
    result(
      { ...of, name: `bulk of ${few * TOKENS}, each token`, what: what(few) },
      [{ ours: perToken(free.ms, few), baseline }],
      { is: 'at most', ratio: 0.25 },
    ),
    result(
      { ...of, name: `bulk of ${projects * TOKENS} at ${perMinute} calls/min, each token`, what: what(projects) },
      [{ ours: perToken(all.ms, projects), baseline }],
    ),
    result(
      {
        ...{ bench: 'rotation', unit: 's', baselineName: 'as fast as the limit allows its calls' },
        name: `bulk of ${projects * TOKENS} at ${perMinute} calls/min`,
        what: `${all.apiCalls} API calls, of which ${all.refused} were refused with 429`,
      },
      [{ ours: all.ms / 1000, baseline: (all.apiCalls / perMinute) * WINDOW_S }],
    ),
  ];
}

function calls(all: Bulk, script: ScriptDone, few: number, { projects }: Bench): Result[] {
  const count = projects * TOKENS;
  const of = { bench: 'rotation', unit: 'calls', baselineName: 'the fewest that the protocol allows' };
  const what = `of ${count} rotations in one bulk`;
  const made = { gitlab: script.gitlabCalls / (few * TOKENS), registry: script.registryCalls / (few * TOKENS) };
  if (made.gitlab !== MINIMUM.gitlab || made.registry !== MINIMUM.registry)
    throw new Error(`the script makes ${JSON.stringify(made)} calls a token, not ${JSON.stringify(MINIMUM)}`);
  return [
    result({ ...of, name: 'calls to GitLab for a token', what }, [
      { ours: all.gitlabCalls / count, baseline: MINIMUM.gitlab },
    ]),
    result({ ...of, name: 'calls to the registry for a token', what }, [
      { ours: all.registryCalls / count, baseline: MINIMUM.registry },
    ]),
  ];
}

/** At its end against its first fifth: what grows with the list would show. */
function memory({ samples }: Bulk, { projects }: Bench): Result[] {
  const fifth = samples.slice(0, Math.max(1, Math.ceil(samples.length / 5)));
  const pair = { ours: Math.max(...samples.slice(-fifth.length)), baseline: Math.max(...fifth) };
  const of = { bench: 'rotation', unit: 'MB', baselineName: 'the same in its first fifth' };
  const what = 'VmRSS, the highest of each second';
  return [
    result({ ...of, name: `worker’s memory at the end of ${projects * TOKENS}`, what }, [pair], {
      is: 'at most',
      ratio: 1.2,
    }),
  ];
}

async function besideScript(lab: RotationLab): Promise<Result[]> {
  const proofs: Pair[] = [];
  // Two tokens of one project: one for each side, first the one and then the other.
  const tasks = lab.tasksOf('single');
  for (let at = 0; at < tasks.length; at += TOKENS) {
    const [one, other] = tasks.slice(at, at + TOKENS);
    if (one === undefined || other === undefined) continue;
    const ours = await lab.rotateOne(one);
    const script = await lab.script.ask([other]);
    proofs.push({ ours: ours.proofMs, baseline: script.proofMs[0] ?? Number.NaN });
  }
  return [
    result(
      {
        ...{ bench: 'rotation', unit: 'ms', baselineName: 'script, from its first call' },
        name: 'one token: from the click to its proof',
        what: 'queued, taken, the right asked for again, made, logged in with, an upload opened and cancelled, told',
      },
      proofs,
    ),
  ];
}

function perToken(ms: number, projects: number): number {
  return ms / (projects * TOKENS);
}
