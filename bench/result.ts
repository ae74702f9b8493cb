/** One figure of ours beside the same figure of a baseline, both taken in the same run. */
export interface Result {
  bench: string;
  name: string;
  /** What was measured, and how. */
  what: string;
  unit: string;
  ours: number;
  baseline: number;
  baselineName: string;
  /** ours / baseline. */
  ratio: number;
  /** `null`: a figure to know, without an aim. */
  aim: Aim | null;
  met: boolean | null;
}

/** Of the ratio. */
export interface Aim {
  is: 'at most' | 'at least';
  ratio: number;
}

export function result(
  of: Pick<Result, 'bench' | 'name' | 'what' | 'unit' | 'baselineName'>,
  pairs: readonly Pair[],
  aim: Aim | null = null,
): Result {
  const ours = median(pairs.map((pair) => pair.ours));
  const baseline = median(pairs.map((pair) => pair.baseline));
  const ratio = ours / baseline;
  const met = aim === null ? null : aim.is === 'at most' ? ratio <= aim.ratio : ratio >= aim.ratio;
  return { ...of, ours, baseline, ratio, aim, met };
}

/** The same figure of both, taken in one round. */
export interface Pair {
  ours: number;
  baseline: number;
}

/**
 * Measures both sides in turn, and the other one first in every second round: what else the machine does then falls
 * on both alike.
 */
export async function alternate<O, B = O>(
  rounds: number,
  ours: () => Promise<O>,
  baseline: () => Promise<B>,
): Promise<{ ours: O; baseline: B }[]> {
  const measured: { ours: O; baseline: B }[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const first = await ours();
      measured.push({ ours: first, baseline: await baseline() });
    } else {
      const first = await baseline();
      measured.push({ baseline: first, ours: await ours() });
    }
  }
  return measured;
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

/** By nearest rank; the mean of the middle two for an even median is not worth a rule. */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** One of the figures of every round. */
export function pairsOf<T>(
  rounds: readonly { ours: T; baseline: T }[],
  figure: (measured: T) => number,
): readonly Pair[] {
  return rounds.map(({ ours, baseline }) => ({ ours: figure(ours), baseline: figure(baseline) }));
}
