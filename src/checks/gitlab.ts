import { type Check, fail, pass, warn } from './check.js';
import { HEALTHY } from './sample.js';

const DAY_MS = 86_400_000;
/** Days before Registrar's own token expires; each is told. */
const STAGES = [14, 7, 3, 1];

/** Does GitLab's API answer, and may Registrar's token do its work? */
export const gitlab = {
  id: 'gitlab',
  asks: 'Does GitLab’s API answer?',
  needs: ['gitlab', 'now'],
  missing: (_, why, next) => fail(why, next ?? 'gitlab-ctl status puma nginx on the host'),
  judge({ gitlab, now }) {
    const { version, tokenScopes, tokenExpiresAt } = gitlab;
    if (!tokenScopes.includes('api'))
      return warn(
        `GitLab ${version}; Registrar's token has ${tokenScopes.join(', ') || 'no scope'}, not api: rotation can't work`,
        'make a token with scope api',
      );
    if (tokenExpiresAt !== undefined) {
      const days = Math.floor((Date.parse(tokenExpiresAt) - now) / DAY_MS);
      const stage = STAGES.filter((one) => days < one).length;
      if (stage > 0)
        return warn(
          `GitLab ${version}; Registrar's own token expires in ${days} days (${tokenExpiresAt})`,
          'registrar rotate-own-token',
          { stage },
        );
    }
    return pass(`GitLab ${version}`);
  },
  examples: [
    { given: {}, is: 'pass', under: 'GitLab 18.11.0' },
    { given: { gitlab: { version: '18.11.0', tokenScopes: ['read_api'] } }, is: 'warn', under: 'not api' },
    { given: { gitlab: { ...HEALTHY.gitlab, tokenExpiresAt: '2026-01-08' } }, is: 'warn', under: 'in 7 days' },
  ],
} as const satisfies Check<'gitlab' | 'now'>;
