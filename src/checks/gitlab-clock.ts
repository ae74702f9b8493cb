import { type Check, fail, pass, warn } from './check.js';
import { LEEWAY_SECONDS } from './clock.js';

const WARN_SECONDS = 20;

/** Do GitLab's clock and Registrar's agree? Told by the token that GitLab just signed. */
export const gitlabClock = {
  id: 'gitlab-clock',
  asks: 'Is GitLab’s clock right?',
  link: 'token realm',
  explains: ['signing-key', 'upload', 'image'],
  needs: ['gitlabAhead'],
  judge({ gitlabAhead }) {
    const apart = Math.abs(gitlabAhead);
    const because = `GitLab's clock is ${apart} s ${gitlabAhead < 0 ? 'behind' : 'ahead of'} Registrar's`;
    const fix = 'timedatectl set-ntp true on the machine whose clock is wrong (date -u on both tells)';
    if (apart >= LEEWAY_SECONDS) return fail(because, fix);
    return apart >= WARN_SECONDS ? warn(because, fix) : pass(`${apart} s apart`);
  },
  examples: [
    { given: {}, is: 'pass', under: '0 s apart' },
    { given: { gitlabAhead: 300 }, is: 'fail', under: '300 s ahead of' },
    { given: { gitlabAhead: -30 }, is: 'warn', under: '30 s behind' },
  ],
} as const satisfies Check<'gitlabAhead'>;
