import type { Check, CheckResult, Facts, Need, StatusFacts, Verdict } from './check.js';
import { skipped } from './check.js';

/**
 * Judges every check against the same facts. Pure: one check's missing facts never hide another's verdict. What follows
 * from another failure says so, that the one thing to mend stands out.
 */
export function runChecks(checks: readonly Check[], facts: Facts): CheckResult[] {
  const results = checks.map((check): CheckResult => {
    const verdict = verdictOf(check, facts);
    const link = ('blames' in verdict ? verdict.blames : undefined) ?? check.link;
    return { id: check.id, verdict, ...(link === undefined ? {} : { link }) };
  });
  const failed = new Set(results.flatMap(({ id, verdict }) => (verdict.is === 'fail' ? [id] : [])));
  return results.map((result) => {
    const cause = checks.find(({ id, explains }) => failed.has(id) && explains?.includes(result.id));
    return cause === undefined || result.verdict.is !== 'fail' ? result : { ...result, because: cause.id };
  });
}

function verdictOf(check: Check, facts: Facts): Verdict {
  const known: Partial<Record<Need, unknown>> = {};
  for (const need of check.needs) {
    const fact = facts[need];
    if (fact.is === 'missing') return check.missing?.(need, fact.why, fact.next) ?? skipped(fact.why);
    known[need] = fact.value;
  }
  return check.judge(known as StatusFacts);
}
