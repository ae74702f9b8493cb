import type { Fault } from './fault.js';
import * as gitlab from './gitlab.js';
import * as shared from './shared.js';

export type { Fault } from './fault.js';

/** All that may go wrong, in the order in which it is told. */
export const FAULTS: readonly Fault[] = [
  ...[shared.killedBefore, shared.killedAfter, shared.redisStopped, shared.redisKilled],
  ...[gitlab.gitlab500, gitlab.gitlab502, gitlab.gitlab429],
  ...[gitlab.gitlabCut, gitlab.gitlabTimeout, gitlab.gitlabLate, gitlab.variableRefused],
  ...[gitlab.rightsLost, gitlab.rightsLowered, gitlab.askerLeaves],
  ...[shared.registryStopped, shared.nginxStopped, shared.clockJumps, shared.clockJumpsOverDeath],
];
