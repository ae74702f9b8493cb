import fc from 'fast-check';
import { type Answer, answer, code, footer, text } from '../../../src/chat/answer.js';
import { translate, translateForm } from '../../../src/chat/languages/translate.js';

const ROWS = {
  kind: 'rows' as const,
  rows: [{ mark: 'pass' as const, name: 'wait', text: 'not yet', fix: 'gitlab-ctl tail' }],
};

test('titles, texts, rows, facts and labels are the reader’s; values stay', () => {
  const said = translate(
    answer(
      'fail',
      'lab: the registry is down: storage (3 of 36 checks failed)',
      text('Did you mean this?'),
      ROWS,
      { kind: 'facts', facts: [{ label: 'because', text: 'ana is not a member there' }] },
      { kind: 'buttons', buttons: [{ label: 'Re-check', action: 'status-again', value: 'lab', style: 'plain' }] },
      footer('checked in 2.9 s · run 3c30a31b'),
    ),
    'fr',
  );
  expect(said).toEqual(
    answer(
      'fail',
      'lab\u00a0: le registre est en panne\u00a0: stockage (3 contrôles sur 36 ont échoué)',
      text('Vouliez-vous dire ceci\u00a0?'),
      { kind: 'rows', rows: [{ mark: 'pass', name: 'attendre', text: 'pas encore', fix: 'gitlab-ctl tail' }] },
      { kind: 'facts', facts: [{ label: 'parce que', text: 'ana n’y est pas membre' }] },
      { kind: 'buttons', buttons: [{ label: 'Recontrôler', action: 'status-again', value: 'lab', style: 'plain' }] },
      footer('contrôlé en 2.9 s · exécution 3c30a31b'),
    ),
  );
});

test('English is as it was, and what has no translation stays', () => {
  const said = answer('info', 'Nothing is under way', text('a sentence that nobody translated'));
  expect(translate(said, 'en')).toBe(said);
  expect(translate(said, 'fr').parts).toEqual(said.parts);
});

test('what is quoted or to be copied is never touched, whatever it says', () => {
  const quoted: Answer['parts'] = [
    code('Nothing is under way'),
    { kind: 'evidence', lines: [{ line: 1, text: 'Nothing is under way' }] },
    { kind: 'file', name: 'not yet', text: 'not yet' },
    { kind: 'note', markdown: 'not yet' },
    { kind: 'secret', sealed: 'not yet' },
  ];
  expect(translate(answer('info', 'x', ...quoted), 'fr').parts).toEqual(quoted);
});

test('no text makes it fail, and a value within a sentence is not lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
      expect(typeof translate(answer('info', value, text(value)), 'fr').title).toBe('string');
      const named = `name${value.replaceAll(/[^a-z]/g, '')}`;
      expect(translate(answer('info', `${named}: the registry works`), 'fr').title).toContain(named);
    }),
  );
});

test('a long hostile text costs time in its length only', () => {
  const long = `${'a: '.repeat(50_000)}b`;
  expect(translate(answer('info', long), 'fr').title.length).toBeGreaterThan(0);
});

test('a form: what is shown, and never what comes back', () => {
  const form = translateForm(
    {
      ...{ id: 'log', title: 'Cancel', submit: 'Look again', context: 'Cancel' },
      fields: [
        { id: 'Cancel', label: 'because', kind: 'text', maxLength: 10 },
        {
          ...{ id: 'cause', label: 'or', kind: 'choice' },
          groups: [{ label: 'now', choices: [{ value: 'now', label: 'now' }] }],
        },
      ],
    },
    'fr',
  );
  expect(form).toMatchObject({
    ...{ id: 'log', title: 'Annuler', submit: 'Revoir', context: 'Cancel' },
    fields: [
      { id: 'Cancel', label: 'parce que' },
      { groups: [{ label: 'à présent', choices: [{ value: 'now', label: 'à présent' }] }] },
    ],
  });
});
