import { type Answer, type AnswerPart, answer, buttons, footer, text } from '../chat/answer.js';
import { utc } from '../chat/availability.js';
import type { CheckResult } from '../checks/check.js';
import { chainPart, headline } from '../checks/report.js';
import type { Turn, WatchIncident } from './incident.js';
import type { Problem } from './problem.js';
import { TELLERS, type UrlChange } from './url.js';

/** The message of an incident: edited in place as long as it lasts. Pure. */
export function incidentAnswer(
  instance: string,
  incident: WatchIncident,
  known: readonly Problem[],
  results: readonly CheckResult[],
): Answer {
  const { since, until, mine, silenced, flaps, returns } = incident;
  const history = [
    `since ${utc(since)}`,
    ...(returns.length > 0 ? [`came back ${returns.length === 1 ? 'once' : `${returns.length} times`}`] : []),
    ...(flaps ? ['it flaps: only this message is kept true'] : []),
    ...(mine === undefined ? [] : [`${mine} looks after it`]),
    ...(silenced === undefined ? [] : [`silenced by ${silenced}`]),
  ];
  if (until !== undefined) {
    const was = incident.problems.map(({ id, because }) => `${id}: ${because}`).join('\n');
    return answer(
      'pass',
      `${instance}: all is well again, after ${spanOf(until - since)}`,
      text(`What was wrong:\n${was}`),
      footer([`${utc(since)} to ${utc(until)}`, ...history.slice(1)].join(' · ')),
    );
  }
  const { mark, title } = headline(instance, results);
  const calm = known.length === 0;
  const said = answer(
    calm ? 'warn' : mark,
    calm ? `${instance}: nothing is wrong at the moment, but it flaps` : title,
    chainPart(results),
    ...(calm ? [] : [rowsOf(known)]),
    buttons(
      { label: 'Show status', action: 'status-show', value: instance, style: 'plain' },
      ...(mine === undefined
        ? [{ label: 'Mine', action: 'watch-mine', value: `${instance} ${incident.id}`, style: 'primary' as const }]
        : []),
      ...(silenced === undefined
        ? [{ label: 'Silence', action: 'watch-silence', value: `${instance} ${incident.id}`, style: 'plain' as const }]
        : []),
    ),
    footer(history.join(' · ')),
  );
  // A registry that is broken is broken for everybody: that wakes people.
  return said.mark === 'fail' ? { ...said, urgent: true } : said;
}

/** Below the incident's message, so that its followers hear of it; `undefined`: not worth a word. Pure. */
export function noteOf(turn: Turn, incident: WatchIncident, known: readonly Problem[]): Answer | undefined {
  switch (turn) {
    case 'worse':
      return { ...answer('fail', 'It got worse', rowsOf(known)), urgent: true };
    case 'returned':
      return { ...answer('fail', 'It is back', rowsOf(known)), urgent: true };
    case 'flaps':
      return answer(
        'warn',
        `It came back ${incident.returns.length} times within an hour: it flaps`,
        text('From now on only the message above is kept true, until nothing was wrong for half an hour.'),
      );
    case 'closed':
      return answer('pass', `All is well again, after ${spanOf((incident.until ?? incident.since) - incident.since)}`);
    case 'opened':
    case 'better':
    case 'quiet':
      return undefined;
  }
}

/** The registry is said to be elsewhere: whoever logs in with what was made before is refused. Pure. */
export function urlAnswer(instance: string, changes: readonly UrlChange[], tokens: number | undefined): Answer {
  const ofRegistry = changes.some(({ by }) => by !== 'realm');
  return answer(
    'warn',
    `${instance}: ${ofRegistry ? 'the registry’s address' : 'GitLab’s address'} has changed`,
    {
      kind: 'facts',
      facts: changes.map(({ by, from, to }) => ({ label: TELLERS[by], text: `${from} → ${to}` })),
    },
    text(
      `Deploy tokens and stored logins of before stop matching${tokens === undefined ? '' : `: ${tokens} deploy token${tokens === 1 ? '' : 's'} of this GitLab ${tokens === 1 ? 'is' : 'are'} older`}. In each project that pushes or pulls: /registry rotate-token GROUP/PROJECT. If the new address is right, write it as registry.url into registrar.yaml.`,
    ),
    buttons({ label: 'Show status', action: 'status-show', value: instance, style: 'plain' }),
  );
}

function rowsOf(known: readonly Problem[]): AnswerPart {
  return { kind: 'rows', rows: known.map(({ id, is, because, fix }) => ({ mark: is, name: id, text: because, fix })) };
}

/** `12 minutes`, `3 h 5 min`, `2 days`. Pure. */
export function spanOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} minute${minutes === 1 ? '' : 's'}`;
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} days`;
}
