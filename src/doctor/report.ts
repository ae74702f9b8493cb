import { type Answer, type AnswerPart, answer, type Mark } from '../chat/answer.js';
import type { Finding } from './finding.js';

const ORDER: readonly Finding['mark'][] = ['fail', 'warn', 'skipped', 'pass'];

/** How Registrar is, in one sentence that a tired person understands. Pure. */
export function headline(findings: readonly Finding[]): { mark: Mark; title: string } {
  const [first, ...more] = findings.filter(({ mark }) => mark === 'fail');
  if (first !== undefined) {
    const rest = more.length === 0 ? '' : `, and ${more.length} more fault${more.length === 1 ? '' : 's'}`;
    return { mark: 'fail', title: `Registrar needs help: ${first.what}${rest}` };
  }
  const warned = findings.filter(({ mark }) => mark === 'warn').length;
  if (warned > 0) return { mark: 'warn', title: `Registrar works, with ${warned} warning${warned === 1 ? '' : 's'}` };
  return { mark: 'pass', title: 'Registrar is well' };
}

/** What is wrong first; what is well is one row, unless `all` is asked for. `done`: what was repaired just now. Pure. */
export function doctorAnswer(
  findings: readonly Finding[],
  { all, done, more = [] }: { all: boolean; done?: readonly Done[] | undefined; more?: readonly AnswerPart[] },
): Answer {
  const { mark, title } = headline(findings);
  const sorted = ORDER.flatMap((one) => findings.filter((finding) => finding.mark === one));
  const shown = all ? sorted : sorted.filter((one) => one.mark !== 'pass');
  const rows: Extract<AnswerPart, { kind: 'rows' }>['rows'] = shown.map(({ part, mark, what, why, fix }) => ({
    mark,
    name: part,
    text: why === undefined || why === '' ? what : `${what}: ${why}`,
    ...(fix === undefined ? {} : { fix }),
  }));
  const well = sorted.filter((one) => one.mark === 'pass' && !all).map(({ part }) => part);
  if (well.length > 0)
    rows.push({ mark: 'pass', name: rows.length === 0 ? 'all' : `${well.length} more`, text: well.join(', ') });
  const repaired = done === undefined ? [] : [repairRows(done)];
  return answer(mark, title, ...repaired, { kind: 'rows', rows }, ...more);
}

/** What became of a repair. */
export type Done = Extract<AnswerPart, { kind: 'rows' }>['rows'][number];

/** What was repaired, above what is still to be seen. Pure. */
function repairRows(done: readonly Done[]): AnswerPart {
  if (done.length === 0) return { kind: 'text', text: 'There was nothing to repair.' };
  return { kind: 'rows', rows: [...done] };
}

/** For programs: the same, as plain data. Pure. */
export function doctorJson(findings: readonly Finding[]): object {
  const { mark, title } = headline(findings);
  return {
    mark,
    title,
    findings: findings.map(({ repair, ...finding }) => ({ ...finding, repairable: repair !== undefined })),
  };
}
