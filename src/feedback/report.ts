import { type Answer, answer, footer, text } from '../chat/answer.js';
import type { Tally } from './tally.js';

/** Causes that are listed. */
const LISTED = 25;

/** `/registry diagnose --stats`. Pure. */
export function statsAnswer(tallies: readonly Tally[], titles: ReadonlyMap<string, string>): Answer {
  const sum = (of: 'named' | 'right' | 'wrong') => tallies.reduce((total, tally) => total + tally[of], 0);
  const judged = sum('right') + sum('wrong');
  if (tallies.length === 0)
    return answer('info', 'Nothing was diagnosed yet', text('Paste a failed log, and it will be counted here.'));
  return answer(
    'info',
    `${sum('named')} diagnoses in three months${judged === 0 ? '' : `; of ${judged} that were judged, ${sum('right')} were right`}`,
    {
      kind: 'rows',
      rows: tallies.slice(0, LISTED).map(({ cause, named, right, wrong }) => ({
        mark: wrong > right ? ('warn' as const) : ('info' as const),
        name: cause,
        text: `${named} × ${titles.get(cause) ?? cause}${right + wrong === 0 ? '' : ` · right ${right}, wrong ${wrong}`}`,
      })),
    },
    footer('Judged by the buttons under a diagnosis; whoever presses “Not it” tells what it was.'),
  );
}
