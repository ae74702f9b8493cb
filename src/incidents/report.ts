import { type Answer, answer, footer, text } from '../chat/answer.js';
import { causeOf } from '../diagnosis/causes/index.js';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import { type Incident, timeOfDay } from './incident.js';

/** Projects that are named; more are only counted. */
const NAMED = 20;

/** What the operators read: one message an incident, edited as it grows. Pure. */
export function incidentAnswer(
  { since, projects }: Incident,
  instance: string,
  { cause, why, evidence }: Diagnosis,
): Answer {
  const more = projects.length - NAMED;
  const said = answer(
    'fail',
    `${causeOf(cause).title}: the same failure in ${projects.length} projects since ${timeOfDay(since)}`,
    { kind: 'facts', facts: [{ label: 'because', text: why }] },
    { kind: 'evidence', lines: evidence.slice(-2) },
    text(`Projects: ${projects.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`),
    { kind: 'buttons', buttons: [{ label: 'Show status', action: 'status-show', value: instance, style: 'plain' }] },
    footer(`${instance} · ${cause} · this message grows with the incident`),
  );
  return { ...said, urgent: true };
}

/** What everybody reads under a diagnosis of it; the other projects are counted, not named. Pure. */
export function incidentNote({ since, projects }: Incident, own: string | undefined): string | undefined {
  const others = projects.filter((project) => project !== own).length;
  if (others === 0) return undefined;
  return `also in ${others} other project${others === 1 ? '' : 's'} since ${timeOfDay(since)}: not your change`;
}
