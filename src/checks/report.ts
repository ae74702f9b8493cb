import type { Answer, AnswerPart, Mark } from '../chat/answer.js';
import { answer, buttons, footer } from '../chat/answer.js';
import { offers } from '../chat/typed.js';
import { type CheckResult, LINKS, type Link } from './check.js';

const SEVERITY: Record<Mark, number> = { fail: 0, warn: 1, skipped: 2, info: 3, running: 3, pass: 4 };

/** Failures that follow from no other, in the order of the chain: what has to be mended. Pure. */
export function rootFailures(results: readonly CheckResult[]): CheckResult[] {
  return results.filter(({ verdict, because }) => verdict.is === 'fail' && because === undefined);
}

/**
 * The link that is broken: of the first failure in the order of the chain; what belongs to no link (a wrong setting)
 * shows by what follows from it. `undefined`: the chain holds. Pure.
 */
export function brokenLink(results: readonly CheckResult[]): Link | undefined {
  const failed = results.filter(({ verdict }) => verdict.is === 'fail');
  const roots = rootFailures(results);
  const links = (roots.some(({ link }) => link !== undefined) ? roots : failed).flatMap(({ link }) => link ?? []);
  return LINKS.find((link) => links.includes(link));
}

/** How an instance is, in one sentence and its sign. Pure. */
export function headline(name: string, results: readonly CheckResult[]): { mark: Mark; title: string } {
  const count = (is: Mark) => results.filter(({ verdict }) => verdict.is === is).length;
  const [failed, warned] = [count('fail'), count('warn')];
  const broken = brokenLink(results);
  if (broken !== undefined)
    return {
      mark: 'fail',
      title: `${name}: the registry is down: ${broken} (${failed} of ${results.length} checks failed)`,
    };
  if (failed > 0)
    return { mark: 'fail', title: `${name}: the registry works, but ${failed} of ${results.length} checks failed` };
  if (warned > 0)
    return { mark: 'warn', title: `${name}: the registry works, with ${warned} warning${warned === 1 ? '' : 's'}` };
  return count('pass') === 0
    ? { mark: 'warn', title: `${name}: nothing could be checked` }
    : { mark: 'pass', title: `${name}: the registry works` };
}

/** The chain with the state of each link. What only follows from another link's failure was not reached. Pure. */
export function chainPart(results: readonly CheckResult[]): AnswerPart {
  return {
    kind: 'chain',
    links: LINKS.map((link) => ({ name: link, mark: worst(results.filter((one) => one.link === link)) })),
  };
}

/** What stands below the results: who asked and how long it took, or how old they are. */
export interface Circumstance {
  /** Every check, not only what is wrong. */
  all: boolean;
  /** Small print. */
  note: string;
  /** Further parts, such as what is silenced. */
  more?: readonly AnswerPart[];
}

/** The answer to `/registry status` about one instance: problems first. Pure. */
export function statusAnswer(
  name: string,
  results: readonly CheckResult[],
  { all, note, more = [] }: Circumstance,
): Answer {
  const { mark, title } = headline(name, results);
  const isWrong = ({ verdict, because }: CheckResult) => verdict.is !== 'pass' && because === undefined;
  const shown = all ? results : results.filter(isWrong);
  const rows: Extract<AnswerPart, { kind: 'rows' }>['rows'] = joined(shown)
    .sort((a, b) => SEVERITY[a.verdict.is] - SEVERITY[b.verdict.is])
    .map(({ id, verdict, because }) => ({
      mark: verdict.is,
      name: id,
      text: because === undefined ? verdict.because : `${verdict.because} (follows from ${because})`,
      ...('fix' in verdict && because === undefined ? { fix: verdict.fix } : {}),
    }));
  if (!all) {
    for (const cause of new Set(results.flatMap(({ because }) => because ?? []))) {
      const ids = results.filter((one) => one.because === cause).map(({ id }) => id);
      rows.push({
        mark: 'info',
        name: 'so also',
        text: `${ids.join(', ')}: ${ids.length === 1 ? 'it follows' : 'they follow'} from ${cause}`,
      });
    }
    const passed = results.filter(({ verdict }) => verdict.is === 'pass');
    if (passed.length > 0)
      rows.push({ mark: 'pass', name: `${passed.length} more`, text: passed.map(({ id }) => id).join(', ') });
  }
  return answer(
    mark,
    title,
    chainPart(results),
    { kind: 'rows', rows },
    ...more,
    buttons(
      { label: 'Re-check', action: 'status-again', value: name, style: 'primary' },
      { label: all ? 'Less' : 'Details', action: all ? 'status-again' : 'status-details', value: name, style: 'plain' },
    ),
    ...(mark === 'pass' ? [] : [offers(`config ${name}`, `history ${name}`)]),
    footer(note),
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
  const judged = results.filter(({ verdict, because }) => verdict.is !== 'skipped' && because === undefined);
  const isCutOff = results.some(({ because }) => because !== undefined);
  return judged.reduce<Mark>(
    (mark, { verdict }) => (SEVERITY[verdict.is] < SEVERITY[mark] ? verdict.is : mark),
    judged.length > 0 && !isCutOff ? 'pass' : 'skipped',
  );
}
