import { type Answer, answer, footer, text } from '../chat/answer.js';
import { utc } from '../chat/availability.js';
import { spanOf } from './alerts.js';
import type { WatchIncident } from './incident.js';
import type { Sample } from './sample.js';

/** Slots of the picture: what can still be told apart. */
const SLOTS = 120;
/** Incidents that are named; more are only counted. */
const NAMED = 15;

/** The answer to `/registry history`: how an instance fared, and what was wrong when. Pure. */
export function historyAnswer(
  instance: string,
  samples: readonly Sample[],
  incidents: readonly WatchIncident[],
  { from, to }: { from: number; to: number },
): Answer {
  if (samples.length === 0)
    return answer(
      'info',
      `${instance}: nothing was noted in that time`,
      text('Looks are noted of an instance that is watched: watch in registrar.yaml, as docs/watch.md tells.'),
    );
  const began = Math.max(from, samples[0]?.at ?? from);
  const counted = samples.filter(({ quiet }) => quiet !== true);
  const down = counted.filter(({ mark }) => mark === 'fail').length;
  const share = counted.length === 0 ? 100 : (1 - down / counted.length) * 100;
  const within = incidents.filter(({ since, until }) => since <= to && (until ?? to) >= from).reverse();
  const quiet = samples.length - counted.length;
  return answer(
    down === 0 ? 'pass' : 'warn',
    `${instance}: fine in ${percent(share)} of ${counted.length} looks since ${utc(began)}`,
    { kind: 'timeline', from: began, to, slots: slotsOf(samples, began, to) },
    ...(within.length === 0
      ? [text('Nothing was wrong for longer than one look.')]
      : [
          {
            kind: 'rows' as const,
            rows: within.slice(0, NAMED).map((one) => ({
              mark: one.problems.some(({ is }) => is === 'fail') ? ('fail' as const) : ('warn' as const),
              name: utc(one.since),
              text: `${one.until === undefined ? 'still open' : spanOf(one.until - one.since)}: ${one.problems.map(({ id }) => id).join(', ')}${one.flaps ? ' (it flapped)' : ''}${one.mine === undefined ? '' : `, ${one.mine}`}`,
            })),
          },
        ]),
    footer(
      [
        ...(within.length > NAMED ? [`${within.length - NAMED} more incidents`] : []),
        ...(quiet > 0 ? [`${quiet} looks during maintenance do not count`] : []),
        `${samples.length} looks`,
      ].join(' · '),
    ),
  );
}

/** The worst of each slot, and its slowest answer. Pure. */
export function slotsOf(
  samples: readonly Sample[],
  from: number,
  to: number,
): { mark: 'pass' | 'warn' | 'fail' | 'skipped'; ms?: number }[] {
  const count = Math.max(1, Math.min(SLOTS, samples.length));
  const width = Math.max(1, to - from) / count;
  return Array.from({ length: count }, (_, slot) => {
    const within = samples.filter(({ at }) => Math.min(count - 1, Math.floor((at - from) / width)) === slot);
    const marks = within.map(({ mark, quiet }) => (quiet ? 'skipped' : mark));
    const mark = (['fail', 'warn', 'pass'] as const).find((one) => marks.includes(one)) ?? 'skipped';
    const slowest = Math.max(...within.flatMap(({ ms }) => ms ?? []));
    return Number.isFinite(slowest) ? { mark, ms: slowest } : { mark };
  });
}

/** Never 100 % where something was wrong. */
function percent(share: number): string {
  return share === 100 ? '100 %' : `${(Math.floor(share * 100) / 100).toFixed(2)} %`;
}
