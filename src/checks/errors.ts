import { type Check, pass, skipped, warn } from './check.js';
import { sampleHost } from './sample.js';

/** Ours: a hundredth of the requests, and not less than a handful, is no accident any more. */
const SHARE = 0.01;
const LEAST = 5;

/** Does the registry fail on requests, by its own log and by nginx's? Of the last minutes alone. */
export const errors = {
  id: 'errors',
  asks: 'Are the last minutes free of server errors?',
  link: 'registry',
  needs: ['host'],
  judge({ host: { recent } }) {
    if (recent === undefined) return skipped('the host did not tell what was some minutes ago');
    const { seconds, errors: logged, last, statuses } = recent;
    const counts = Object.entries(statuses);
    const total = counts.reduce((sum, [, times]) => sum + times, 0);
    const failed = counts.reduce((sum, [status, times]) => sum + (status.startsWith('5') ? times : 0), 0);
    const share = total === 0 ? 0 : failed / total;
    const rate = `${failed} of ${total} requests failed in ${Math.max(1, Math.ceil(seconds / 60))} minutes`;
    const line = last.at(-1);
    const words = line === undefined ? '' : `; the registry's log: ${line.slice(0, 240)}`;
    if (logged >= LEAST || (failed >= LEAST && share >= SHARE))
      return warn(
        `${rate}${logged === 0 ? '' : `, ${logged} errors logged`}${words}`,
        'gitlab-ctl tail registry; gitlab-ctl tail nginx/gitlab_registry_access.log',
      );
    return pass(rate);
  },
  examples: [
    { given: {}, is: 'pass', under: '0 of 120 requests failed in 15 minutes' },
    {
      given: { host: sampleHost({ recent: { seconds: 900, errors: 0, last: [], statuses: { 200: 90, 502: 10 } } }) },
      is: 'warn',
      under: '10 of 100 requests failed',
    },
    {
      given: {
        host: sampleHost({
          recent: { seconds: 900, errors: 7, last: ['level=error msg="unknown error"'], statuses: {} },
        }),
      },
      is: 'warn',
      under: '7 errors logged; the registry\'s log: level=error msg="unknown error"',
    },
    {
      given: { host: sampleHost({ recent: { seconds: 900, errors: 1, last: ['x'], statuses: { 500: 4 } } }) },
      is: 'pass',
      under: '4 of 4',
    },
    { given: { host: sampleHost() }, is: 'skipped', under: 'did not tell' },
  ],
} as const satisfies Check<'host'>;
