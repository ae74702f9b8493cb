import { type Check, fail, pass, skipped, warn } from './check.js';
import { HEALTHY } from './sample.js';

/** Can a whole image be pushed and pulled? The proof that nothing is missing; tried where a canary is configured. */
export const image = {
  id: 'image',
  asks: 'Can an image be pushed and pulled?',
  link: 'storage',
  needs: ['image'],
  missing: (_, why) =>
    /took more than|sends an upload/.test(why) ? fail(why, 'gitlab-ctl tail registry') : skipped(why),
  judge({ image: { repository, outcome } }) {
    if (outcome.is === 'refused') {
      const { at, status, message } = outcome;
      const what = at === 'pull' ? 'pulled' : 'pushed';
      return fail(
        `a tiny image can't be ${what} at ${repository}: the ${at === 'pull' ? 'answer' : at} is ${status} ${message}`.trim(),
        'gitlab-ctl tail registry names the reason at that moment',
      );
    }
    const ms = Math.round(outcome.ms);
    return outcome.left === undefined
      ? pass(`pushed to ${repository}, pulled and deleted, in ${ms} ms`)
      : warn(
          `pushed to ${repository} and pulled, in ${ms} ms, but not deleted: ${outcome.left}`,
          "registry['storage_delete_enabled'] = true, and Maintainer or Developer for Registrar's user in the canary project",
        );
  },
  examples: [
    { given: {}, is: 'pass', under: 'pushed to ops/canary/registrar-canary, pulled and deleted, in 80 ms' },
    {
      given: became({ is: 'refused', at: 'blob', status: 500, message: 'unknown error' }),
      is: 'fail',
      under: "can't be pushed",
    },
    {
      given: became({ is: 'refused', at: 'pull', status: 404, message: 'manifest unknown' }),
      is: 'fail',
      under: "can't be pulled",
    },
    { given: became({ is: 'done', ms: 80, left: '405' }), is: 'warn', under: 'not deleted: 405' },
  ],
} as const satisfies Check<'image'>;

function became(outcome: (typeof HEALTHY.image)['outcome']) {
  return { image: { repository: HEALTHY.image.repository, outcome } };
}
