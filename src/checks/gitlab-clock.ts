import type { Check } from './check.js';
import { judgeClock } from './clock.js';

/** Do GitLab's clock and Registrar's agree? Told by the token that GitLab just signed. */
export const gitlabClock = {
  id: 'gitlab-clock',
  asks: 'Is GitLab’s clock right?',
  link: 'token realm',
  explains: ['signing-key', 'upload', 'image'],
  needs: ['gitlabAhead'],
  judge: ({ gitlabAhead }) => judgeClock("GitLab's clock", gitlabAhead),
  examples: [
    { given: {}, is: 'pass', under: '0 s apart' },
    { given: { gitlabAhead: 300 }, is: 'fail', under: '300 s ahead of' },
    { given: { gitlabAhead: -30 }, is: 'warn', under: '30 s behind' },
  ],
} as const satisfies Check<'gitlabAhead'>;
