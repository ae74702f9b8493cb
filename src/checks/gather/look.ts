import type { OpenInstance } from '../../instance.js';
import type { CheckResult, Facts, StatusFacts } from '../check.js';
import { CHECKS } from '../index.js';
import { runChecks } from '../run.js';
import { gatherFacts } from './gather.js';

/** What one look at an instance found: plain data, that can be kept. */
export interface Look {
  /** Milliseconds since the epoch. */
  at: number;
  /** How long it took. */
  seconds: number;
  results: CheckResult[];
  /** How long parts of it took to answer, in milliseconds. */
  latency: { registry?: number; web?: number };
  /** Free space where the blobs are. Bytes. */
  freeBytes?: number;
  /** Where the registry is said to be, and by whom. */
  exposed: Exposed;
}

/** The registry's address as each of those who know it tells it; who could not be asked is absent. */
export interface Exposed {
  gitlabRb?: string;
  /** GitLab's API: host and port, by the prefix of a project's images. */
  api?: string;
  /** Where the registry sends clients for their tokens: GitLab's own address. */
  realm?: string;
}

/** Looks at every link of an instance's chain. `token`, `freeSpace`: as in {@link gatherFacts}. */
export async function look(
  instance: OpenInstance,
  token: string,
  now: () => number,
  freeSpace?: StatusFacts['freeSpace'],
): Promise<Look> {
  const at = now();
  const facts = await gatherFacts(instance, token, now, freeSpace);
  const registry = knownOf(facts, 'ping')?.ms;
  const web = knownOf(facts, 'web')?.ms;
  const freeBytes = knownOf(facts, 'host')?.disk?.freeBytes;
  return {
    at,
    seconds: (now() - at) / 1000,
    results: runChecks(CHECKS, facts),
    latency: { ...(registry === undefined ? {} : { registry }), ...(web === undefined ? {} : { web }) },
    ...(freeBytes === undefined ? {} : { freeBytes }),
    exposed: exposedBy(facts),
  };
}

function exposedBy(facts: Facts): Exposed {
  const gitlabRb = knownOf(facts, 'lint')?.registryUrl;
  const api = knownOf(facts, 'gitlab')?.imagePrefix?.split('/')[0];
  const realm = knownOf(facts, 'ping')?.challenge?.realm;
  return {
    ...(gitlabRb === undefined ? {} : { gitlabRb }),
    ...(api === undefined ? {} : { api }),
    ...(realm === undefined || !URL.canParse(realm) ? {} : { realm: new URL(realm).origin }),
  };
}

function knownOf<N extends keyof StatusFacts>(facts: Facts, need: N): StatusFacts[N] | undefined {
  const fact = facts[need];
  return fact.is === 'known' ? fact.value : undefined;
}
