/** Numbers of a seed: the same each time. */
export interface Random {
  /** From 0 up to, and without, `below`. */
  whole(below: number): number;
  /** One of them. Errors: when there is none. */
  one<T>(list: readonly T[]): T;
}

/** Source: mulberry32 by Tommy Ettinger, public domain. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number) => Math.floor(next() * below);
  return {
    whole,
    one: (list) => {
      const found = list[whole(list.length)];
      if (found === undefined) throw new Error('there is none to choose from');
      return found;
    },
  };
}
