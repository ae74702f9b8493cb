import { type Answer, type AnswerPart, answer, buttons, code, footer, text } from '../chat/answer.js';
import type { Confidence } from './cause.js';
import { causeOf } from './causes/index.js';
import type { Diagnosis } from './diagnosis.js';
import { NO_FACTS } from './facts.js';
import type { Findings } from './findings.js';

const SURE: Record<Confidence, string> = {
  confirmed: 'confirmed',
  likely: 'likely',
  possible: 'possible, not certain',
  none: 'no evidence',
};

/** What stands beside a diagnosis in its answer. */
export interface Surroundings {
  /** Kinds of secrets that stood in the log. */
  leaked: readonly string[];
  /** Names the diagnosis where it can be judged and looked at again. */
  id?: string;
  findings?: Findings;
  /** The same failure in other projects, as a clause. */
  incident?: string;
  /** The team's own words, in Markdown. */
  notes?: readonly string[];
  /** The job in GitLab that it is about. */
  job?: {
    name: string;
    web_url: string;
    pipeline?: { id: number } | undefined;
    user?: { username: string } | null | undefined;
  };
}

/** The answer to a failed log. Pure. */
export function diagnosisAnswer(diagnosis: Diagnosis, surroundings: Surroundings): Answer {
  const { cause, confidence, why, alternatives, ruledOut, remarks, evidence, facts, fix } = diagnosis;
  const { leaked, findings, incident, notes = [], job } = surroundings;
  const entry = causeOf(cause);
  const headline = cause === 'not-registry' ? 'This failure has nothing to do with the registry' : entry.title;
  const labelled = [
    ...(job === undefined ? [] : [{ label: 'job', text: jobWords(job) }]),
    ...(incident === undefined ? [] : [{ label: 'incident', text: incident }]),
    { label: 'because', text: why },
    ...alternatives.map((one) => ({ label: 'or', text: `${causeOf(one.cause).title}: ${one.why}` })),
    ...(remarks ?? []).map((remark) => ({ label: 'now', text: remark })),
    ...(ruledOut.length > 0 ? [{ label: 'ruled out', text: excludedWords(ruledOut) }] : []),
  ];
  const parts: AnswerPart[] = [
    ...(evidence.length > 0 ? [{ kind: 'evidence' as const, lines: evidence }] : []),
    { kind: 'facts', facts: labelled },
    text(entry.explain(facts ?? NO_FACTS)),
    ...tellingApart(diagnosis),
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
    ...notes.map((markdown) => ({ kind: 'note' as const, markdown })),
    ...buttonsFor(diagnosis, surroundings),
    footer(`${cause} · ${SURE[confidence]}${note(findings)}`),
  ];
  return answer(
    confidence === 'none' || cause === 'not-registry' ? 'info' : 'fail',
    `${headline} (${SURE[confidence]})`,
    ...parts,
  );
}

/** Alternatives whose sign is told: the likeliest. */
const TOLD = 4;

/** What would show which of several causes it is, where nothing has proved one. */
function tellingApart({ cause, confidence, alternatives, facts = NO_FACTS }: Diagnosis): AnswerPart[] {
  if (confidence === 'confirmed' || alternatives.length === 0) return [];
  const signs = [cause, ...alternatives.slice(0, TOLD).map((one) => one.cause)].flatMap((id, index) => {
    const { title, tell } = causeOf(id);
    return tell === undefined ? [] : [{ label: index === 0 ? 'this' : 'or', text: `${title}: ${tell(facts)}` }];
  });
  return signs.length > 0 ? [text('What would tell them apart:'), { kind: 'facts', facts: signs }] : [];
}

/** What probes ruled out comes last and says most; a tired person reads three at most. */
function excludedWords(ruledOut: Diagnosis['ruledOut']): string {
  return ruledOut
    .slice(-3)
    .map((one) => `${causeOf(one.cause).title.toLowerCase()} (${one.why})`)
    .join(' · ');
}

function buttonsFor({ cause, facts }: Diagnosis, { findings, id }: Surroundings): AnswerPart[] {
  const project = findings?.project?.is === 'found' ? findings.project.path : undefined;
  const rotates = cause === 'token-stale-after-url-change' || cause === 'credentials-rejected';
  const list = [
    ...(rotates && project !== undefined
      ? [{ label: 'Rotate the token', action: 'rotate-project', value: project, style: 'primary' as const }]
      : []),
    ...(findings !== undefined && facts?.registry !== undefined
      ? [{ label: 'Show status', action: 'status-show', value: findings.instance, style: 'plain' as const }]
      : []),
    ...(id !== undefined && findings !== undefined
      ? [{ label: 'Look again', action: 'diagnosis-again', value: id, style: 'plain' as const }]
      : []),
    ...(id === undefined
      ? []
      : [
          { label: 'That was it', action: 'diagnosis-right', value: id, style: 'plain' as const },
          { label: 'Not it', action: 'diagnosis-wrong', value: id, style: 'plain' as const },
        ]),
  ];
  return list.length > 0 ? [buttons(...list)] : [];
}

function jobWords({ name, web_url: url, pipeline, user }: NonNullable<Surroundings['job']>): string {
  const parts = [
    name,
    ...(pipeline == null ? [] : [`pipeline ${pipeline.id}`]),
    ...(user == null ? [] : [`by ${user.username}`]),
  ];
  return `${parts.join(' · ')} · ${url}`;
}

function note(findings: Findings | undefined): string {
  if (findings === undefined) return ' · from the text alone';
  return findings.notLooked.length > 0 ? ` · not looked at: ${findings.notLooked.join('; ')}` : '';
}
