import { type Check, fail, pass, skipped } from './check.js';

/**
 * Can Registrar look at the host? A host key that changed is told loudly, and nothing is sent.
 */
export const host = {
  id: 'host',
  asks: 'Can Registrar look at the GitLab host?',
  needs: ['host'],
  missing: (_, why, next) =>
    /no host is configured/.test(why)
      ? skipped(why)
      : fail(why, next ?? '`registrar config check` tries the connection'),
  judge: ({ host }) => pass(host.version === undefined ? 'seen by SSH' : `GitLab ${host.version}, seen by SSH`),
  examples: [{ given: {}, is: 'pass', under: 'seen by SSH' }],
} as const satisfies Check<'host'>;
