import type { Check, CheckResult, Facts, Need, StatusFacts, Verdict } from './check.js';
import { skipped } from './check.js';

/** Judges every check against the same facts. Pure: one check's missing facts never hide another's verdict. */
export function runChecks(checks: readonly Check[], facts: Facts): CheckResult[] {
  return checks.map((check) => {
    const verdict = verdictOf(check, facts);
    const link = ('blames' in verdict ? verdict.blames : undefined) ?? check.link;
    return { id: check.id, verdict, ...(link === undefined ? {} : { link }) };
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
