import { Answer as AnswerSchema } from '../../src/chat/answer.js';
import { CAUSES } from '../../src/diagnosis/causes/index.js';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.js';
import type { Findings } from '../../src/diagnosis/findings.js';
import { diagnosisAnswer } from '../../src/diagnosis/report.js';
import { actionsOf, footerOf } from './answers.js';

function diagnosis(more: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause: 'credentials-rejected',
    confidence: 'likely',
    why: 'the registry refused them',
    alternatives: [],
    ruledOut: [],
    evidence: [{ line: 14, text: 'unauthorized: HTTP Basic: Access denied' }],
    facts: { failure: '', logins: [], layersPushed: false, near: [], fromTheStart: true, registry: 'r.example:5050' },
    fix: ['docker login r.example:5050'],
    ...more,
  };
}

function findings(more: Partial<Findings> = {}): Findings {
  return { instance: 'lab', notLooked: [], ...more };
}

test('an answer holds the evidence with its lines, the reason, the explanation and the fix', () => {
  const answer = diagnosisAnswer(diagnosis(), { leaked: [] });
  expect(answer.title).toBe('The user name, password or token was refused (likely)');
  expect(answer.parts.map(({ kind }) => kind)).toEqual(['evidence', 'facts', 'text', 'code', 'footer']);
  expect(answer.parts[0]).toEqual({
    kind: 'evidence',
    lines: [{ line: 14, text: 'unauthorized: HTTP Basic: Access denied' }],
  });
  expect(JSON.stringify(answer)).toContain('docker login r.example:5050');
});

test('candidates are named with what tells them apart, and what was ruled out with the reason', () => {
  const words = JSON.stringify(
    diagnosisAnswer(
      diagnosis({
        alternatives: [{ cause: 'token-stale-after-url-change', why: 'it may be older' }],
        ruledOut: [{ cause: 'gateway-error', why: 'the registry answers, in 31 ms' }],
      }),
      { leaked: [] },
    ),
  );
  expect(words).toContain('it may be older');
  expect(words).toContain('(the registry answers, in 31 ms)');
});

describe('what would tell the causes apart', () => {
  const HEADING = { kind: 'text', text: 'What would tell them apart:' };
  const alternatives: Diagnosis['alternatives'] = [
    { cause: 'token-stale-after-url-change', why: 'it may be older' },
    { cause: 'unknown', why: 'nothing has no sign of its own' },
    { cause: 'password-needs-token', why: 'ana may have a second factor' },
  ];

  test('is told of each that the text can’t decide, behind the explanation and before the fix', () => {
    const { parts } = diagnosisAnswer(diagnosis({ alternatives }), { leaked: [] });
    expect(parts.map(({ kind }) => kind)).toEqual(['evidence', 'facts', 'text', 'text', 'facts', 'code', 'footer']);
    expect(parts[3]).toEqual(HEADING);
    const signs = parts[4]?.kind === 'facts' ? parts[4].facts : [];
    expect(signs.map(({ label, text }) => [label, text.split(': ')[0]])).toEqual([
      ['this', 'The user name, password or token was refused'],
      ['or', 'The deploy token is older than the URL of the registry'],
      ['or', 'A password was used where a token is demanded'],
    ]);
    expect(signs[1]?.text).toContain('lists the token as active');
  });

  test('is told of four alternatives at most', () => {
    const many = CAUSES.filter(({ group }) => group === 'network').map(({ id }) => ({
      cause: id as Diagnosis['cause'],
      why: 'who knows',
    }));
    expect(many.length).toBeGreaterThan(4);
    const part = diagnosisAnswer(diagnosis({ alternatives: many }), { leaked: [] }).parts[4];
    expect(part?.kind === 'facts' ? part.facts : []).toHaveLength(5);
  });

  test('is not told where nothing else is possible, or a probe has proved it', () => {
    expect(diagnosisAnswer(diagnosis(), { leaked: [] }).parts).not.toContainEqual(HEADING);
    expect(
      diagnosisAnswer(diagnosis({ alternatives, confidence: 'confirmed' }), { leaked: [] }).parts,
    ).not.toContainEqual(HEADING);
  });
});

test('how sure it is stands in words, and where it comes from', () => {
  expect(footerOf(diagnosisAnswer(diagnosis({ confidence: 'possible' }), { leaked: [] }))).toBe(
    'credentials-rejected · possible, not certain · from the text alone',
  );
  expect(footerOf(diagnosisAnswer(diagnosis({ confidence: 'confirmed' }), { leaked: [], findings: findings() }))).toBe(
    'credentials-rejected · confirmed',
  );
  expect(
    footerOf(
      diagnosisAnswer(diagnosis(), { leaked: [], findings: findings({ notLooked: ['GitLab', 'the registry'] }) }),
    ),
  ).toContain('not looked at: GitLab; the registry');
});

test('a failure of something else, and one without evidence, are no alarm', () => {
  const other = diagnosisAnswer(diagnosis({ cause: 'not-registry' }), { leaked: [] });
  expect([other.mark, other.title]).toEqual(['info', 'This failure has nothing to do with the registry (likely)']);
  expect(
    diagnosisAnswer(diagnosis({ cause: 'unknown', confidence: 'none', evidence: [], fix: [] }), { leaked: [] }).mark,
  ).toBe('info');
});

test('a secret in the log is told by its kind', () => {
  const words = JSON.stringify(diagnosisAnswer(diagnosis(), { leaked: ['GitLab token'] }));
  expect(words).toContain('this log shows a secret (GitLab token): treat it as stolen');
});

describe('buttons', () => {
  test('a rotation is offered only for a project that the person may see, and a cause that it mends', () => {
    const found = findings({ project: { is: 'found', path: 'shop/api' } });
    expect(actionsOf(diagnosisAnswer(diagnosis(), { leaked: [], findings: found }))).toContain(
      'rotate-project shop/api',
    );
    expect(
      actionsOf(diagnosisAnswer(diagnosis({ cause: 'token-stale-after-url-change' }), { leaked: [], findings: found })),
    ).toContain('rotate-project shop/api');
    expect(
      actionsOf(diagnosisAnswer(diagnosis({ cause: 'registry-storage-full' }), { leaked: [], findings: found })),
    ).toEqual(['status-show lab']);
    const hidden = findings({ project: { is: 'not-found', path: 'shop/api' } });
    expect(actionsOf(diagnosisAnswer(diagnosis(), { leaked: [], findings: hidden }))).toEqual(['status-show lab']);
  });

  test('none under a diagnosis from the text alone', () => {
    expect(actionsOf(diagnosisAnswer(diagnosis(), { leaked: [] }))).toEqual([]);
  });
});

test('what stands around it: the job, the incident, the team’s own words, and where to judge it', () => {
  const surroundings = {
    leaked: [],
    id: 'd1',
    findings: findings(),
    incident: 'also in 14 other projects since 10:02 UTC: not your change',
    notes: ['Ask **#platform**.'],
    job: {
      name: 'push',
      web_url: 'https://gitlab.example.com/shop/api/-/jobs/7',
      pipeline: { id: 3 },
      user: { username: 'ana' },
    },
  };
  const answer = diagnosisAnswer(diagnosis(), surroundings);
  const words = JSON.stringify(answer);
  expect(words).toContain('push · pipeline 3 · by ana · https://gitlab.example.com/shop/api/-/jobs/7');
  expect(words).toContain('also in 14 other projects');
  expect(answer.parts).toContainEqual({ kind: 'note', markdown: 'Ask **#platform**.' });
  expect(actionsOf(answer)).toEqual([
    'status-show lab',
    'diagnosis-again d1',
    'diagnosis-right d1',
    'diagnosis-wrong d1',
  ]);
});

test('every cause has an answer that travels through Redis, facts or not', () => {
  for (const cause of CAUSES) {
    const id = cause.id as Diagnosis['cause'];
    const { facts: _, ...bare } = diagnosis({ cause: id });
    for (const one of [diagnosis({ cause: id }), bare]) {
      const answer = diagnosisAnswer(one, { leaked: [] });
      expect(AnswerSchema.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
      expect(footerOf(answer)).toContain(id);
    }
  }
});
