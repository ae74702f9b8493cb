import type { Answer } from '../../../src/chat/answer.js';
import type { Arena } from '../arena.js';
import { hold, nth } from '../moment.js';
import type { Subject } from '../subject.js';
import { atWrites, everywhere, type Fault, inTheMiddle } from './fault.js';

/** GitLab answers with that status, once, without having done anything. */
function answering(status: number, headers: Record<string, string> = {}): Fault {
  return {
    id: `gitlab-${status}`,
    ends: 'rotated',
    moments: everywhere,
    prepare({ lab }, subject, at) {
      lab.gitlab.fail(nth(subject, at), status, 1, { headers });
      return undefined;
    },
  };
}

export const gitlab500 = answering(500);
export const gitlab502 = answering(502);
export const gitlab429 = answering(429, { 'retry-after': '1' });

/** The work is done, the connection ends without an answer. */
export const gitlabCut: Fault = {
  id: 'gitlab-cut-after-work',
  ends: 'rotated',
  moments: everywhere,
  prepare({ lab }, subject, at) {
    lab.gitlab.cutAfter(nth(subject, at));
    return undefined;
  },
};

/** The work is done, and the answer does not come for as long as anybody waits. */
export const gitlabTimeout: Fault = {
  id: 'gitlab-timeout-after-work',
  ends: 'rotated',
  moments: atWrites,
  prepare: ({ lab }, subject, at) => hold(lab, subject, at, 'after').release,
};

/** Nobody waits for the answer any more when the work is done, and by then the next one has begun. */
export const gitlabLate: Fault = {
  id: 'gitlab-late-work',
  ends: 'rotated',
  moments: (steps) => atWrites(steps).filter((index) => steps[index]?.startsWith('POST ')),
  prepare({ lab }, subject, at) {
    void hold(lab, subject, at, 'before').arrived.then(async () => {
      const next = lab.gitlab.delayNext(
        nth(subject, 0, ({ method }) => method === 'POST'),
        'after',
      );
      await next.arrived;
      // A connection that is gone takes its request along: the double does here what was asked for with it.
      const made = lab.gitlab.deployTokensOf(subject.project).find(({ id }) => id !== subject.old.id);
      if (made !== undefined) lab.gitlab.addDeployToken(subject.project, made);
      next.release();
    });
    return undefined;
  },
};

/**
 * A key is refused, again and again, until a person reads that nothing can be undone because of it. Its moments are
 * those of writing variables alone.
 */
export const variableRefused: Fault = {
  id: 'gitlab-refuses-a-variable',
  ends: 'undone',
  moments: (steps) => steps.filter((step) => step.startsWith('PUT ')).map((_, index) => index),
  prepare({ lab, desk }, subject, at) {
    let refused: string | undefined;
    let isMended = false;
    void desk.said(subject, isStuck).then(() => {
      isMended = true;
    });
    const isAt = nth(subject, at, ({ method }) => method === 'PUT');
    lab.gitlab.fail(
      (request) => {
        if (isAt(request)) refused = request.path;
        return request.path === refused && request.method === 'PUT' && !isMended;
      },
      400,
      Number.POSITIVE_INFINITY,
      { body: JSON.stringify({ message: { value: ['is invalid'] } }) },
    );
    return undefined;
  },
};

/** Registrar's user may suddenly do nothing there any more, until a person reads what it says and mends that. */
export const rightsLost: Fault = {
  id: 'rights-lost',
  ends: 'undone',
  moments: inTheMiddle,
  prepare: (arena, subject, at) => losing(arena, subject, at, undefined),
};

/** Registrar's user is only a Developer there all of a sudden. */
export const rightsLowered: Fault = {
  id: 'rights-lowered',
  ends: 'undone',
  moments: inTheMiddle,
  prepare: (arena, subject, at) => losing(arena, subject, at, 30),
};

/** Who asked for the rotation is no Maintainer any more; what has begun is finished. */
export const askerLeaves: Fault = {
  id: 'asker-leaves',
  ends: 'rotated',
  moments: inTheMiddle,
  prepare({ lab }, subject, at) {
    const { arrived, release } = hold(lab, subject, at, 'before');
    void arrived.then(() => {
      lab.gitlab.removeMember(subject.project, lab.people.ana);
      release();
    });
    return undefined;
  },
};

function isStuck({ mark, title }: Answer): boolean {
  return mark === 'running' && title.includes('would undo it is refused');
}

function losing({ lab: { gitlab }, desk }: Arena, subject: Subject, at: number, level: 30 | undefined): undefined {
  const bot = gitlab.findUser('registrar-bot');
  if (bot === undefined) throw new Error('the lab has a bot');
  const { arrived, release } = hold({ gitlab }, subject, at, 'before');
  void arrived.then(async () => {
    gitlab.removeMember(subject.project, bot);
    if (level !== undefined) gitlab.addMember(subject.project, bot, level);
    release();
    await desk.said(subject, isStuck);
    gitlab.removeMember(subject.project, bot);
    gitlab.addMember(subject.project, bot, 40);
  });
}
