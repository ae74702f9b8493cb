import { type Answer, type AnswerPart, answer, buttons, footer, type Mark, text } from '../chat/answer.js';
import { utc } from '../chat/availability.js';
import type { Ending, Run } from './run.js';

/** Rows of each list. */
const SHOWN = 15;
/** Characters of a button's label. */
const LABEL = 40;

/** The answer with the id of the run that gives it, in its small print. Pure. */
export function withRun(said: Answer, run: string | undefined): Answer {
  if (run === undefined) return said;
  const words = `run ${run}`;
  const at = said.parts.findLastIndex(({ kind }) => kind === 'footer');
  const last = said.parts[at];
  if (last?.kind !== 'footer') return { ...said, parts: [...said.parts, footer(words)] };
  return { ...said, parts: said.parts.with(at, footer(`${last.text} · ${words}`)) };
}

/** Something that is queued or under way. */
export interface Underway {
  run: string;
  asked: string;
  is: 'waiting' | 'running' | 'put-off';
  /** Milliseconds since the epoch: since when it waits or runs, or when it is tried again. */
  at: number;
  /** What it said last. */
  said?: string;
  mayCancel: boolean;
  /** Who asked; left out: the reader. */
  by?: string;
}

/** The requests under way, the oldest first. Pure. */
export function jobsAnswer(all: readonly Underway[], now: number, note?: string): Answer {
  const shown = all.slice(0, SHOWN);
  const parts: AnswerPart[] = note === undefined ? [] : [text(note)];
  if (shown.length > 0) parts.push({ kind: 'rows', rows: shown.map((one) => rowOf(one, now)) });
  if (all.length > SHOWN) parts.push(text(`and ${all.length - SHOWN} more`));
  const cancellable = shown.filter(({ mayCancel }) => mayCancel);
  return answer(
    'info',
    all.length === 0 ? 'Nothing is under way' : `${all.length} request${all.length === 1 ? '' : 's'} under way`,
    ...parts,
    buttons(
      { label: 'Look again', action: 'jobs-again', value: 'all', style: 'primary' },
      ...cancellable.map(({ run, asked }) => ({
        label: `Cancel ${run}: ${asked}`.slice(0, LABEL),
        action: 'jobs-cancel',
        value: run,
        style: 'danger' as const,
      })),
    ),
    footer('What has begun to change something is not cancelled here: its own message has the buttons for that.'),
  );
}

function rowOf({ run, asked, is, at, said, by }: Underway, now: number) {
  const seconds = Math.max(0, Math.round(Math.abs(now - at) / 1000));
  const state = {
    waiting: `waits since ${span(seconds)}`,
    running: `runs since ${span(seconds)}`,
    'put-off': `is tried again in ${span(seconds)}`,
  }[is];
  const words = [
    `run ${run} ${state}`,
    ...(by === undefined ? [] : [`by ${by}`]),
    ...(said === undefined ? [] : [said]),
  ];
  const mark: Mark = is === 'running' ? 'running' : 'skipped';
  return { mark, name: asked, text: words.join(' · ') };
}

function span(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

const ENDINGS: Readonly<Record<Ending, { mark: Mark; words: string }>> = {
  done: { mark: 'pass', words: 'is done' },
  'put-off': { mark: 'running', words: 'waits to be tried again' },
  failed: { mark: 'fail', words: 'failed' },
  fault: { mark: 'fail', words: 'met a fault of Registrar' },
  expired: { mark: 'warn', words: 'became too old before it could be done' },
  cancelled: { mark: 'skipped', words: 'was cancelled' },
};

/** What a run did: what it said, and what it asked of the world. Pure. */
export function runAnswer({ id, asked, begun, ended, ending, attempts, said, calls, made }: Run): Answer {
  const { mark, words } = ending === undefined ? { mark: 'running' as const, words: 'is under way' } : ENDINGS[ending];
  const facts = [
    { label: 'asked', text: `/registry ${asked}` },
    { label: 'begun', text: utc(begun) },
    ...(ended === undefined ? [] : [{ label: 'took', text: took(ended - begun) }]),
    ...(attempts > 1 ? [{ label: 'attempts', text: String(attempts) }] : []),
  ];
  const list = calls.map(
    ({ part, what, came, ms }) => `${part.padEnd(8)} ${came.padStart(9)} ${`${ms} ms`.padStart(9)}  ${what}`,
  );
  const more = made - calls.length;
  return answer(
    mark,
    `Run ${id} ${words}`,
    { kind: 'facts', facts },
    ...(said.length === 0
      ? []
      : [
          {
            kind: 'rows' as const,
            rows: said.slice(-SHOWN).map((one) => ({ mark: one.mark, name: utc(one.at), text: one.title })),
          },
        ]),
    ...(list.length === 0
      ? [
          text(
            ended === undefined
              ? 'What it asks of the world is told when it has ended.'
              : 'It asked nothing of the world.',
          ),
        ]
      : [
          text(`It asked ${made} thing${made === 1 ? '' : 's'} of GitLab, the registry and the hosts:`),
          {
            kind: 'file' as const,
            name: `run-${id}.txt`,
            text: [...list, ...(more > 0 ? [`and ${more} more`] : []), ''].join('\n'),
          },
        ]),
  );
}

function took(ms: number): string {
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
