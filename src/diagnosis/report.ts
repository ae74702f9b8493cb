import { type Answer, type AnswerPart, answer, buttons, code, footer, text } from '../chat/answer.js';
import type { Confidence } from './cause.js';
import { causeOf } from './causes/index.js';
import type { Diagnosis } from './diagnosis.js';
import type { Findings } from './findings.js';

const SURE: Record<Confidence, string> = {
  confirmed: 'confirmed',
  likely: 'likely',
  possible: 'possible, not certain',
  none: 'no evidence',
};

/** The answer to a pasted log. Pure. `leaked`: kinds of secrets that stood in it. */
export function diagnosisAnswer(diagnosis: Diagnosis, leaked: readonly string[], findings?: Findings): Answer {
  const { cause, confidence, why, alternatives, ruledOut, remarks, evidence, facts, fix } = diagnosis;
  const entry = causeOf(cause);
  const headline = cause === 'not-registry' ? 'This failure has nothing to do with the registry' : entry.title;
  const labelled = [
    { label: 'because', text: why },
    ...alternatives.map((one) => ({ label: 'or', text: `${causeOf(one.cause).title}: ${one.why}` })),
    ...(remarks ?? []).map((remark) => ({ label: 'now', text: remark })),
    ...(ruledOut.length > 0 ? [{ label: 'ruled out', text: excludedWords(ruledOut) }] : []),
  ];
  const parts: AnswerPart[] = [
    ...(evidence.length > 0 ? [{ kind: 'evidence' as const, lines: evidence }] : []),
    { kind: 'facts', facts: labelled },
    text(entry.explain(facts ?? EMPTY)),
    ...(fix.length > 0 ? [code(fix.join('\n'))] : []),
    ...(leaked.length > 0
      ? [
          {
            kind: 'rows' as const,
            rows: [
              {
                mark: 'warn' as const,
                name: 'leak',
                text: `this log shows a secret (${leaked.join(', ')}): treat it as stolen, and make a new one`,
              },
            ],
          },
        ]
      : []),
    ...buttonsFor(diagnosis, findings),
    footer(`${cause} · ${SURE[confidence]}${note(findings)}`),
  ];
  return answer(
    confidence === 'none' || cause === 'not-registry' ? 'info' : 'fail',
    `${headline} (${SURE[confidence]})`,
    ...parts,
  );
}

/** What probes ruled out comes last and says most; a tired person reads three at most. */
function excludedWords(ruledOut: Diagnosis['ruledOut']): string {
  return ruledOut
    .slice(-3)
    .map((one) => `${causeOf(one.cause).title.toLowerCase()} (${one.why})`)
    .join(' · ');
}

const EMPTY = { failure: '', logins: [], layersPushed: false, near: [], fromTheStart: false };

function buttonsFor({ cause, facts }: Diagnosis, findings: Findings | undefined): AnswerPart[] {
  const project = findings?.project?.is === 'found' ? findings.project.path : undefined;
  const rotates = cause === 'token-stale-after-url-change' || cause === 'credentials-rejected';
  const list = [
    ...(rotates && project !== undefined
      ? [{ label: 'Rotate the token', action: 'rotate-project', value: project, style: 'primary' as const }]
      : []),
    ...(findings !== undefined && facts?.registry !== undefined
      ? [{ label: 'Show status', action: 'status-show', value: findings.instance, style: 'plain' as const }]
      : []),
  ];
  return list.length > 0 ? [buttons(...list)] : [];
}

function note(findings: Findings | undefined): string {
  if (findings === undefined) return ' · from the text alone';
  return findings.notLooked.length > 0 ? ` · not looked at: ${findings.notLooked.join('; ')}` : '';
}
