import { type Answer, type AnswerPart, answer, code, footer } from '../../answer.js';
import type { Outcome } from './carry-out.js';
import type { Way } from './judge-way.js';
import { PERMISSIONS } from './places.js';
import { type Item, stepsOf } from './plan.js';

/** What the installation says. Pure. */

type Row = Extract<AnswerPart, { kind: 'rows' }>['rows'][number];

const MARK = { there: 'pass', step: 'info', obstacle: 'fail', mind: 'warn' } as const;
const WAY_MARK = { open: 'pass', later: 'warn', shut: 'fail' } as const;

const rows = (list: Row[]): AnswerPart => ({ kind: 'rows', rows: list });

export function planAnswer(url: string, items: readonly Item[]): Answer {
  const steps = stepsOf(items).length;
  const obstacles = items.filter(({ is }) => is === 'obstacle').length;
  const title =
    steps > 0
      ? `${url}: ${steps} thing${steps === 1 ? '' : 's'} would be done`
      : obstacles > 0
        ? `${url}: nothing can be done`
        : `${url}: everything is there, nothing is changed`;
  return answer(
    obstacles > 0 ? 'fail' : steps > 0 ? 'info' : 'pass',
    title,
    rows(items.map((item) => ({ mark: MARK[item.is], name: item.name, text: item.text, ...fixOf(item) }))),
    footer(
      `Optional: with the permission create_post_ephemeral for the bot’s role (${PERMISSIONS}, where the edition has it), what is for one person alone comes in the channel; without it, by a direct message.`,
    ),
  );
}

export function doneAnswer(url: string, outcomes: readonly Outcome[]): Answer {
  const failed = outcomes.filter(({ is }) => is === 'failed').length;
  return answer(
    failed > 0 ? 'fail' : 'pass',
    failed > 0 ? `${url}: ${failed} of ${outcomes.length} could not be done` : `${url}: done`,
    rows(
      outcomes.map((one) =>
        one.is === 'done'
          ? { mark: 'pass', name: one.name, text: one.text }
          : { mark: 'fail', name: one.name, text: `${one.text}: not done. ${one.why}`, fix: one.next },
      ),
    ),
  );
}

/** What stands in the way now, with the steps done. */
export function leftAnswer(items: readonly Item[]): Answer {
  return answer(
    'fail',
    'Something is left to a person',
    rows(items.map((item) => ({ mark: MARK[item.is], name: item.name, text: item.text, ...fixOf(item) }))),
  );
}

export function wayAnswer({ is, text, fix }: Way): Answer {
  return answer(
    WAY_MARK[is],
    `The way back: ${text}`,
    ...(fix === undefined ? [] : [rows([{ mark: WAY_MARK[is], name: 'do', text: fix }])]),
  );
}

export function pieceAnswer(configPath: string, piece: string): Answer {
  return answer(
    'info',
    `For ${configPath}, beside what stands there`,
    code(piece),
    footer('`registrar config check` tries it.'),
  );
}

function fixOf(item: Item): { fix?: string } {
  return 'fix' in item ? { fix: item.fix } : {};
}
