import { EdgeError } from '../../src/errors.js';
import type { Login, OutsideConsumer } from '../../src/rotation/outside/outside.js';

/** Somebody outside GitLab who holds a login, in memory. */
export interface FakeConsumer extends OutsideConsumer {
  login: Login | undefined;
  /** What it holds can't be read, only written, as a secret of a CI server. */
  isBlind: boolean;
}

export function fakeConsumer(name: string, login?: Login): FakeConsumer {
  const fake: FakeConsumer = {
    name,
    login,
    isBlind: false,
    read: async () => (fake.isBlind || fake.login === undefined ? undefined : JSON.stringify(fake.login)),
    async write(given) {
      fake.login = given;
    },
    holds: async (given) => (fake.isBlind ? 'unknown' : JSON.stringify(fake.login) === JSON.stringify(given)),
    async restore(before, old) {
      const former = before === undefined ? old : (JSON.parse(before) as Login);
      if (former === undefined) return false;
      fake.login = former;
      return true;
    },
  };
  return fake;
}

export type Method = 'read' | 'write' | 'holds' | 'restore';
export const METHODS: readonly Method[] = ['read', 'write', 'holds', 'restore'];

/** The consumer, with one method that rejects every time, or once for a part that comes back. */
export function failing(consumer: OutsideConsumer, method: Method, retry: 'never' | 'once'): OutsideConsumer {
  let isOver = false;
  const fail = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isOver) return call();
    isOver = retry === 'once';
    throw new EdgeError({
      part: 'config',
      code: 'not-allowed',
      retry: retry === 'once' ? { afterMs: 1 } : 'never',
      forPerson: { what: `${consumer.name} answers 403`, next: 'give Registrar the right to it' },
    });
  };
  const { name } = consumer;
  const through = <T>(of: Method, call: () => Promise<T>) => (of === method ? fail(call) : call());
  return {
    name,
    read: () => through('read', () => consumer.read()),
    write: (login) => through('write', () => consumer.write(login)),
    holds: (login) => through('holds', () => consumer.holds(login)),
    restore: (before, old) => through('restore', () => consumer.restore(before, old)),
  };
}
