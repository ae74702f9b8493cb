import { type Answer, type AnswerPart, answer, buttons, code, footer, type Mark, text } from '../chat/answer.js';
import { offers } from '../chat/typed.js';
import { DEFAULT, FIXED } from '../host/render/settings.js';
import type { Finding } from '../lint/finding.js';
import { HOST_NAMES } from '../lint/lint.js';
import { edits, eitherWay, worded } from '../propose/words.js';
import type { EffectiveSetting } from './effective.js';
import type { SettingsLook } from './gather.js';

type Row = Extract<AnswerPart, { kind: 'rows' }>['rows'][number];

const ORDER: readonly Mark[] = ['fail', 'warn'];

/** The answer to `/registry config`: every setting with what decides it, then what is wrong. Pure. */
export function settingsAnswer({ instance, settings, linted, proposal, paths, unread }: SettingsLook): Answer {
  const { findings, notes } = linted;
  const own = settings.filter(({ origin }) => origin?.line !== undefined).length;
  const from = `${own} of ${settings.length} settings come from gitlab.rb`;
  const wrong = findings.length === 0 ? 'nothing is wrong' : counted(findings.length, 'finding');
  const rank = ({ mark }: Row) => (ORDER.includes(mark) ? ORDER.indexOf(mark) : ORDER.length);
  const proposes = proposal.diff !== '' || proposal.choices.length > 0;
  return answer(
    markOf(findings),
    `${instance}: ${from}, ${wrong}`,
    rowsOf(settings.map((one) => settingRow(one, findings)).sort((a, b) => rank(a) - rank(b))),
    rowsOf(findings.map(findingRow)),
    notesOf([...unread, ...notes]),
    ...(proposes
      ? [buttons({ label: 'Propose', action: 'config-propose', value: instance, style: 'primary' as const })]
      : []),
    offers(`status ${instance}`),
    footer(paths.join(' · ')),
  );
}

/** The answer to `/registry config --propose`. Pure. */
export function proposalAnswer({ instance, linted, proposal, paths, unread }: SettingsLook): Answer {
  const { diff, mended, choices, left } = proposal;
  const parts = [
    ...(diff === '' ? [] : [`the diff mends ${counted(mended.length, 'finding')}`]),
    ...(choices.length === 0 ? [] : [`${counted(choices.length, 'edit')} to keep or to drop`]),
    ...(left.length === 0 ? [] : [`${counted(left.length, 'finding')} for a person`]),
  ];
  return answer(
    markOf(linted.findings),
    `${instance}: ${parts.length === 0 ? 'nothing is wrong, so nothing is proposed' : parts.join(', ')}`,
    ...(diff === ''
      ? []
      : [
          text('Nothing is changed on the host. Change these lines there, then gitlab-ctl reconfigure.'),
          code(diff.trimEnd()),
        ]),
    rowsOf(choices.map((one) => ({ mark: 'warn', name: 'keep or drop', text: edits(one), fix: eitherWay(one) }))),
    rowsOf(left.map(findingRow)),
    notesOf([...unread, ...linted.notes]),
    buttons({ label: 'Settings', action: 'config-again', value: instance, style: 'plain' }),
    offers(`status ${instance}`),
    footer(paths.join(' · ')),
  );
}

function settingRow(one: EffectiveSetting, findings: readonly Finding[]): Row {
  const { setting, value, origin, file, line, expected } = one;
  const at = line === undefined ? '' : `${HOST_NAMES[file]}:${line}`;
  const own = findings.filter(({ key }) => key === setting);
  const mark = own.length > 0 ? markOf(own) : expected === undefined ? 'pass' : 'warn';
  if (expected === undefined) {
    const behind = [decidedBy(one), at].filter((words) => words !== '').join('; ');
    return { mark, name: setting, text: `${value ?? 'missing'}${behind === '' ? '' : ` (${behind})`}` };
  }
  const maker = origin === undefined ? 'reconfigure' : decidedBy(one);
  return {
    mark,
    name: setting,
    text: `${value ?? 'missing'}${at === '' ? '' : ` (${at})`}, but reconfigure would make it ${expected ?? 'nothing'} (${maker})`,
  };
}

function decidedBy({ setting, origin }: EffectiveSetting): string {
  if (origin === undefined) return '';
  if (origin.line !== undefined)
    return origin.setting === setting ? `gitlab.rb:${origin.line}` : `${origin.setting}, gitlab.rb:${origin.line}`;
  if (origin === DEFAULT) return 'default';
  return origin === FIXED ? 'fixed by the package' : origin.setting;
}

function findingRow(finding: Finding): Row {
  return {
    mark: finding.severity === 'error' ? 'fail' : 'warn',
    name: finding.id,
    text: worded(finding),
    fix: finding.fix,
  };
}

function markOf(findings: readonly Finding[]): Mark {
  return findings.some(({ severity }) => severity === 'error') ? 'fail' : findings.length > 0 ? 'warn' : 'pass';
}

function rowsOf(rows: Row[]): AnswerPart {
  return { kind: 'rows', rows };
}

function notesOf(notes: readonly string[]): AnswerPart {
  return { kind: 'facts', facts: notes.map((note) => ({ label: 'note', text: note })) };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
