import { type Answer, type AnswerPart, text } from './answer.js';
import type { ChatRequest } from './request.js';
import { straighten } from './words.js';

/** Characters of a word that lines are chosen by. */
const MOST = 100;

/**
 * A request without its `--filter WORD`, and that word. Pure. A pasted log is left alone: only behind a command's name
 * is it an option.
 */
export function takeFilter(request: ChatRequest, names: readonly string[]): { request: ChatRequest; lines?: string } {
  const line = straighten(request.text);
  const [first = ''] = line.trim().split(/\s+/);
  if (request.log !== undefined || !names.includes(first.toLowerCase())) return { request };
  const found = /\s--filter(?:\s+|=)(?:"([^"\n]+)"|'([^'\n]+)'|(\S+))/.exec(line);
  const word = found?.slice(1).find((one) => one !== undefined);
  if (found === null || word === undefined || word.length > MOST) return { request };
  return { request: { ...request, text: line.replace(found[0], () => '') }, lines: word };
}

/**
 * A long answer with only the lines that hold a word, in any case; what is no list stays. Pure. The word comes from
 * chat: it is looked for as it is, and is no pattern.
 */
export function filtered(answer: Answer, word: string | undefined): Answer {
  if (word === undefined || answer.mark === 'running') return answer;
  const count = { all: 0, kept: 0 };
  const parts = answer.parts.flatMap((part) => filteredPart(part, word.toLowerCase(), count));
  const note = `${count.kept} of ${count.all} lines hold “${word}”`;
  return { ...answer, parts: [text(note), ...parts] };
}

function filteredPart(part: AnswerPart, word: string, count: { all: number; kept: number }): AnswerPart[] {
  const holds = (...texts: (string | undefined)[]) => texts.some((one) => one?.toLowerCase().includes(word) === true);
  const keep = <T>(list: readonly T[], fits: (one: T) => boolean): T[] => {
    const kept = list.filter(fits);
    count.all += list.length;
    count.kept += kept.length;
    return kept;
  };
  switch (part.kind) {
    case 'rows': {
      const rows = keep(part.rows, (row) => holds(row.name, row.text, row.fix));
      return rows.length === 0 ? [] : [{ ...part, rows }];
    }
    case 'facts': {
      const facts = keep(part.facts, (fact) => holds(fact.label, fact.text));
      return facts.length === 0 ? [] : [{ ...part, facts }];
    }
    case 'evidence': {
      const lines = keep(part.lines, (line) => holds(line.text));
      return lines.length === 0 ? [] : [{ ...part, lines }];
    }
    case 'file': {
      // The heading of a table stays.
      const [head = '', ...rest] = part.text.split('\n');
      const isTable = part.name.endsWith('.csv');
      const lines = keep(
        (isTable ? rest : [head, ...rest]).filter((line) => line !== ''),
        (line) => holds(line),
      );
      return lines.length === 0 ? [] : [{ ...part, text: [...(isTable ? [head] : []), ...lines, ''].join('\n') }];
    }
    default:
      return [part];
  }
}
