import { EdgeError, messageOf } from '../../errors.js';
import type { Fact } from '../check.js';

export function known<T>(value: T): Fact<T> {
  return { is: 'known', value };
}

export function missing(why: string): Fact<never> & { is: 'missing' } {
  return { is: 'missing', why };
}

/** What can't be had says why. */
export async function fact<T>(gather: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await gather());
  } catch (error) {
    if (!(error instanceof EdgeError)) return missing(messageOf(error));
    const { what, why, next } = error.forPerson;
    return { is: 'missing', why: [what, why].filter(Boolean).join(': '), next };
  }
}
