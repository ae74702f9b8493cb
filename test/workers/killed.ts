import type { Redis } from 'ioredis';

/** A worker process that is killed at its n-th command to Redis: none is heard of again. Resolves when it is dead. */
export function killedAt(
  alive: Redis,
  at: number,
  moment: 'before' | 'after',
): { redis: Redis; death: Promise<'killed'> } {
  let count = 0;
  let die: () => void = () => {};
  const death = new Promise<'killed'>((resolve) => {
    die = () => resolve('killed');
  });
  const forever = () => {
    die();
    return new Promise<never>(() => {});
  };
  const redis = new Proxy(alive, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return async (...words: unknown[]) => {
        count += 1;
        if (count === at && moment === 'before') return forever();
        const answered: unknown = await Reflect.apply(value, target, words);
        return count === at ? forever() : answered;
      };
    },
  });
  return { redis, death };
}
