import { type Answer, type AnswerPart, answer, buttons, footer, text } from '../../chat/answer.js';
import { wordFor } from '../answers.js';
import { type Bulk, type BulkState, countWords, filterWords, type Result, type Rotator, tallyOf } from './bulk.js';
import { bulkCsv } from './csv.js';

/** So many tokens are listed; the rest is counted. */
const LISTED = 10;
/** So many groups are offered to choose from. Source: Slack's limit of elements in a block is 25. */
const GROUPS = 20;
const BAR = 20;

type Buttons = Parameters<typeof buttons>;

/** Nothing was done: how many there are, and what can be done about them. Pure. */
export function bulkPlanAnswer(bulk: Bulk): Answer {
  const { id, instance, path, moved, targets, filter } = bulk;
  const where = path ?? instance;
  const movedWords = moved === undefined ? '' : `The registry moved from ${moved.from} to ${moved.to}; `;
  if (targets.length === 0)
    return answer('pass', `${movedWords}${where}: no token is ${filterWords(filter)}`, ...unknownPart(bulk));
  const are = targets.length === 1 ? 'is' : 'are';
  const title =
    moved === undefined
      ? `${where}: ${countWords(bulk)} ${are} ${filterWords(filter)}`
      : `${movedWords}${countWords(bulk)} ${are} stale`;
  return answer(
    'warn',
    title,
    text('Each is replaced on its own: proven before it counts, and undone where something fails.'),
    ...unknownPart(bulk),
    buttons(
      { label: 'Plan', action: 'bulk-show', value: id, style: 'plain' },
      { label: 'Rotate all', action: 'bulk-ask', value: id, style: 'danger' },
      { label: 'Choose', action: 'bulk-choose', value: id, style: 'plain' },
    ),
    footer('Nothing has been changed. Rotating all takes a second person’s approval.'),
  );
}

function unknownPart({ unknown }: Bulk): AnswerPart[] {
  if (unknown.length === 0) return [];
  return [{ kind: 'rows', rows: unknown.map((words) => ({ mark: 'warn' as const, name: 'unknown', text: words })) }];
}

/** Every token that would be replaced. Pure. */
export function bulkListAnswer(bulk: Bulk): Answer {
  return answer(
    'info',
    `${countWords(bulk)} that would be replaced`,
    {
      kind: 'rows',
      rows: bulk.targets.slice(0, LISTED).map(({ owner, token }) => ({
        mark: 'info',
        name: wordFor(token),
        text: `“${token.name}” of ${owner.path}: ${token.scopes.join(', ')}`,
      })),
    },
    ...(bulk.targets.length > LISTED ? [text(`… and ${bulk.targets.length - LISTED} more, in the file.`)] : []),
    { kind: 'file', name: `rotation-${bulk.id.slice(0, 8)}.csv`, text: bulkCsv(bulk, new Map()) },
    footer('What carries each is looked for when its turn comes; /registry rotate-token PATH shows it for one.'),
  );
}

/** Only a part of them: one group at a time. Pure. */
export function bulkChooseAnswer({ id, targets }: Bulk): Answer {
  const counts = new Map<string, number>();
  for (const { owner } of targets) {
    const [top = ''] = owner.path.split('/');
    counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  const groups = [...counts].sort((a, b) => b[1] - a[1]);
  return answer(
    'info',
    `Which of them? ${groups.length === 1 ? 'One group has' : `${groups.length} groups have`} some`,
    ...(groups.length > GROUPS ? [text(`The ${GROUPS} with the most are here.`)] : []),
    buttons(
      ...groups.slice(0, GROUPS).map(([path, count]) => ({
        label: `${path.slice(0, 30)}: ${count}`,
        action: 'bulk-group',
        value: `${id} ${path}`,
        style: 'plain' as const,
      })),
    ),
    footer('or type: rotate-tokens GROUP/SUBGROUP; one token: rotate-token PATH'),
  );
}

/** Asked for by one, to be approved by another. Pure. */
export function bulkAskedAnswer(bulk: Bulk, asker: Rotator, others: readonly string[]): Answer {
  return answer(
    'warn',
    `Rotate ${countWords(bulk)}?`,
    { kind: 'facts', facts: [{ label: 'asked by', text: asker.username }] },
    buttons(
      { label: 'Approve', action: 'bulk-approve', value: bulk.id, style: 'danger' },
      { label: 'Cancel', action: 'bulk-cancel', value: bulk.id, style: 'plain' },
    ),
    footer(`Nothing has been changed. One of these approves: ${others.join(', ')}.`),
  );
}

/** How a bulk stands, whenever that is said. Pure. */
export function bulkStandAnswer({ bulk, state, wasCancelled }: Stands, results: ReadonlyMap<number, Result>): Answer {
  return state === 'running' || state === 'paused' || state === 'cancelled'
    ? bulkProgressAnswer(bulk, results, state)
    : bulkEndAnswer(bulk, results, wasCancelled === true);
}

interface Stands {
  bulk: Bulk;
  state: BulkState;
  wasCancelled?: boolean | undefined;
}

const STATE_WORDS = { running: 'Rotating', paused: 'Paused', cancelled: 'Cancelling' } as const;

/** Edited in place while it runs. Pure. */
export function bulkProgressAnswer(
  bulk: Bulk,
  results: ReadonlyMap<number, Result>,
  state: keyof typeof STATE_WORDS,
): Answer {
  const tally = tallyOf(bulk, results);
  const total = bulk.targets.length;
  const handled = total - tally.open;
  const filled = Math.floor((handled / Math.max(1, total)) * BAR);
  const act = (label: string, action: string, style: 'danger' | 'plain' = 'plain'): Buttons[number] => ({
    ...{ label, action, style },
    value: bulk.id,
  });
  const offered = [
    ...(state === 'paused' ? [act('Resume', 'bulk-resume')] : []),
    ...(state === 'running' ? [act('Pause', 'bulk-pause')] : []),
    ...(state === 'cancelled' ? [] : [act('Cancel the rest', 'bulk-cancel')]),
    ...(tally.waiting > 0 ? [act('Revoke now', 'bulk-hurry', 'danger')] : []),
  ];
  return answer(
    'running',
    `${STATE_WORDS[state]}: ${handled} of ${total} tokens`,
    text(`${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${Math.floor((handled / Math.max(1, total)) * 100)} %`),
    { kind: 'rows', rows: tallyRows(tally) },
    ...(offered.length > 0 ? [buttons(...offered)] : []),
    footer(
      state === 'cancelled'
        ? 'What has begun is carried to its end: nothing is left half done.'
        : 'One that fails is undone and does not stop the rest.',
    ),
  );
}

function tallyRows({ done, waiting, failed, skipped }: ReturnType<typeof tallyOf>) {
  const row = (mark: 'pass' | 'running' | 'fail' | 'skipped', name: string, count: number) =>
    count === 0 ? [] : [{ mark, name, text: String(count) }];
  return [
    ...row('pass', 'replaced', done),
    ...row('running', 'in use, the old one still in force', waiting),
    ...row('fail', 'failed', failed),
    ...row('skipped', 'skipped', skipped),
  ];
}

/** What was done, what failed and why. Pure. */
export function bulkEndAnswer(bulk: Bulk, results: ReadonlyMap<number, Result>, wasCancelled: boolean): Answer {
  const tally = tallyOf(bulk, results);
  const failed = bulk.targets.flatMap(({ owner, token }, index) => {
    const result = results.get(index);
    if (result?.is !== 'failed') return [];
    return [{ mark: 'fail' as const, name: owner.path, text: `${wordFor(token)}: ${result.why}`, fix: result.next }];
  });
  const all = bulk.targets.length;
  const mark = tally.failed > 0 || tally.skipped + tally.open > 0 ? 'warn' : 'pass';
  return answer(
    mark,
    `${wasCancelled ? 'Cancelled' : 'Done'}: ${tally.done} of ${all} tokens replaced${tally.failed === 0 ? '' : `, ${tally.failed} failed and undone`}`,
    { kind: 'rows', rows: tallyRows(tally) },
    ...(failed.length === 0 ? [] : [{ kind: 'rows' as const, rows: failed.slice(0, LISTED) }]),
    ...(failed.length > LISTED ? [text(`… and ${failed.length - LISTED} more, in the file.`)] : []),
    { kind: 'file', name: `rotation-${bulk.id.slice(0, 8)}.csv`, text: bulkCsv(bulk, results) },
    footer('No secret was shown. What could not be seen (laptops, other systems) has to log in anew.'),
  );
}
