import type { Labelled } from './labelled.js';

export interface Answered {
  log: Labelled;
  cause: string;
  confidence: string;
  alternatives: readonly string[];
}

export interface Score {
  logs: number;
  /** Right cause first. */
  first: number;
  /** Right cause first or as a named alternative. */
  named: number;
  /** Logs without a registry's failure that were blamed on one. */
  blamed: number;
  innocents: number;
}

export const isFirst = ({ log, cause }: Answered): boolean => log.want.includes(cause);

export const isNamed = (one: Answered): boolean =>
  isFirst(one) || one.alternatives.some((cause) => one.log.want.includes(cause));

/** Nobody is blamed by "not-registry", nor by "unknown". */
export const isBlamed = ({ log, cause }: Answered): boolean =>
  isInnocent(log) && cause !== 'not-registry' && cause !== 'unknown';

function isInnocent({ want }: Labelled): boolean {
  return want.every((cause) => cause === 'not-registry' || cause === 'unknown');
}

export function scoreOf(answered: readonly Answered[]): Score {
  return {
    logs: answered.length,
    first: answered.filter(isFirst).length,
    named: answered.filter(isNamed).length,
    blamed: answered.filter(isBlamed).length,
    innocents: answered.filter(({ log }) => isInnocent(log)).length,
  };
}

/** How often each confidence word was right. */
export function calibrationOf(answered: readonly Answered[]): { confidence: string; logs: number; right: number }[] {
  return ['confirmed', 'likely', 'possible', 'none'].flatMap((confidence) => {
    const of = answered.filter((one) => one.confidence === confidence);
    return of.length === 0 ? [] : [{ confidence, logs: of.length, right: of.filter(isFirst).length }];
  });
}

/** What was taken for what, the most frequent first. */
export function confusionsOf(answered: readonly Answered[]): { wanted: string; given: string; logs: string[] }[] {
  const pairs = new Map<string, { wanted: string; given: string; logs: string[] }>();
  for (const one of answered.filter((each) => !isFirst(each))) {
    const wanted = one.log.want.join(' or ');
    const key = `${wanted} ${one.cause}`;
    const pair = pairs.get(key) ?? { wanted, given: one.cause, logs: [] };
    pair.logs.push(one.log.id);
    pairs.set(key, pair);
  }
  return [...pairs.values()].sort((a, b) => b.logs.length - a.logs.length);
}
