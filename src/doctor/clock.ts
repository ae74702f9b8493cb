import { judgeClock } from '../checks/clock.js';
import { type Finding, fault, pass } from './finding.js';

/** `ahead`: how far GitLab's clock is surely ahead of Registrar's, in seconds. Pure. */
export function judgeGitLabClock(instance: string, ahead: number): Finding[] {
  const part = `${instance}: clock`;
  const verdict = judgeClock('GitLab’s clock', ahead);
  if (verdict.is !== 'warn' && verdict.is !== 'fail') return [pass(part, verdict.because)];
  const why = 'expiry, signatures of webhooks and the registry’s tokens are judged by the wrong time';
  return [fault(verdict.is, part, { what: verdict.because, why, fix: verdict.fix })];
}
