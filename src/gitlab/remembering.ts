import { EdgeError } from '../errors.js';
import type { GitLab } from './client.js';

/** So long an answer is good for. Milliseconds. */
const GOOD_MS = 20_000;

type Answers = Map<string, { at: number; answer: Promise<unknown> }>;

export interface Remembering {
  of(gitlab: GitLab): GitLab;
  /** What is asked from now on is answered as it is then. */
  forget(gitlab: GitLab): void;
}

/**
 * A GitLab that is asked once in a while what is the same for many of its projects: the groups above them, and those
 * groups' variables and the instance's. For looking only: what is about to be written is to be read where it stands.
 */
export function remembering(now: () => number): Remembering {
  const known = new WeakMap<GitLab, { remembered: GitLab; answers: Answers }>();
  return {
    of(gitlab) {
      let one = known.get(gitlab);
      if (one === undefined) {
        const answers: Answers = new Map();
        one = { answers, remembered: wrap(gitlab, answers, now) };
        known.set(gitlab, one);
      }
      return one.remembered;
    },
    forget: (gitlab) => known.get(gitlab)?.answers.clear(),
  };
}

function wrap(gitlab: GitLab, answers: Answers, now: () => number): GitLab {
  function once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const time = now();
    for (const [old, { at }] of answers) {
      if (Math.abs(time - at) < GOOD_MS) break;
      answers.delete(old);
    }
    const kept = answers.get(key);
    if (kept !== undefined) return kept.answer as Promise<T>;
    const answer = ask();
    answers.set(key, { at: time, answer });
    // That a right is missing is an answer like any other; whatever else went wrong may go well the next time.
    answer.catch((error: unknown) => {
      if (!(error instanceof EdgeError) || error.code !== 'gitlab-forbidden') answers.delete(key);
    });
    return answer;
  }
  return {
    ...gitlab,
    group: (id) => once(`group ${id}`, () => gitlab.group(id)),
    variables: (holder) => {
      const ask = () => gitlab.variables(holder);
      return holder.kind === 'project' ? ask() : once(`variables ${holder.kind} ${holder.id}`, ask);
    },
  };
}
