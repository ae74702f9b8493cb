import type { Answer, AnswerPart, Mark } from '../chat/answer.js';
import { answer, buttons, footer } from '../chat/answer.js';
import { type CheckResult, LINKS } from './check.js';

const SEVERITY: Record<Mark, number> = { fail: 0, warn: 1, skipped: 2, info: 3, running: 3, pass: 4 };

/** The answer to `/registry status`. Pure. */
export function statusAnswer(name: string, results: readonly CheckResult[], seconds: number, all: boolean): Answer {
  const failed = results.filter(({ verdict }) => verdict.is === 'fail');
  const warned = results.filter(({ verdict }) => verdict.is === 'warn');
  const passed = results.filter(({ verdict }) => verdict.is === 'pass');
  const down = failed.some(({ link }) => link !== undefined);
  const title =
    failed.length > 0
      ? `${name}: the registry ${down ? 'is down (' : 'works, but '}${failed.length} of ${results.length} checks failed${down ? ')' : ''}`
      : warned.length > 0
        ? `${name}: the registry works, with ${warned.length} warning${warned.length === 1 ? '' : 's'}`
        : passed.length === 0
          ? `${name}: nothing could be checked`
          : `${name}: the registry works`;
  const mark: Mark = failed.length > 0 ? 'fail' : warned.length > 0 || passed.length === 0 ? 'warn' : 'pass';
  const shown = all
    ? results
    : results.filter(({ verdict }) => verdict.is === 'fail' || verdict.is === 'warn' || verdict.is === 'skipped');
  const rows: AnswerPart = {
    kind: 'rows',
    rows: joined(shown)
      .sort((a, b) => SEVERITY[a.verdict.is] - SEVERITY[b.verdict.is])
      .map(({ id, verdict }) => ({
        mark: verdict.is,
        name: id,
        text: verdict.because,
        ...('fix' in verdict ? { fix: verdict.fix } : {}),
      })),
  };
  const hidden = results.length - shown.length;
  if (hidden > 0) rows.rows.push({ mark: 'pass', name: `${hidden} more`, text: passed.map(({ id }) => id).join(', ') });
  return answer(
    mark,
    title,
    {
      kind: 'chain',
      links: LINKS.map((link) => ({ name: link, mark: worst(results.filter((one) => one.link === link)) })),
    },
    rows,
    buttons(
      { label: 'Re-check', action: 'status-again', value: name, style: 'primary' },
      { label: all ? 'Less' : 'Details', action: all ? 'status-again' : 'status-details', value: name, style: 'plain' },
    ),
    footer(`checked in ${seconds.toFixed(1)} s`),
  );
}

/** Checks that were skipped for the same reason are one row; what a failed check tells already is not told again. */
function joined(results: readonly CheckResult[]): CheckResult[] {
  const rows: CheckResult[] = [];
  for (const result of results) {
    const { verdict } = result;
    const cause =
      verdict.is === 'skipped'
        ? results.find((one) => one.verdict.is === 'fail' && one.verdict.because === verdict.because)
        : undefined;
    const because = cause === undefined ? verdict.because : `not looked at: see ${cause.id}`;
    const same = rows.findIndex(
      (row) => row.verdict.is === 'skipped' && verdict.is === 'skipped' && row.verdict.because === because,
    );
    const row = rows[same];
    if (row === undefined) rows.push({ ...result, verdict: { ...verdict, because } });
    else rows[same] = { ...row, id: `${row.id}, ${result.id}` };
  }
  return rows;
}

/** A link is as bad as its worst check, but a skipped check says nothing where another one passed. */
function worst(results: readonly CheckResult[]): Mark {
  const judged = results.filter(({ verdict }) => verdict.is !== 'skipped');
  return judged.reduce<Mark>(
    (mark, { verdict }) => (SEVERITY[verdict.is] < SEVERITY[mark] ? verdict.is : mark),
    judged.length > 0 ? 'pass' : 'skipped',
  );
}
