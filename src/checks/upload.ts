import { type Check, fail, pass, warn } from './check.js';
import { HEALTHY } from './sample.js';

/**
 * Does the registry take an upload? Opened and cancelled: it tests the rights, that storage takes a write, and by the
 * Location that the proxies hand on scheme, host and port.
 */
export const upload = {
  id: 'upload',
  asks: 'Does the registry take an upload?',
  link: 'storage',
  explains: ['image'],
  needs: ['upload', 'target'],
  judge({ upload: { repository, outcome }, target }) {
    if (outcome.is === 'accepted') {
      const to = new URL(outcome.location).origin;
      const own = new URL(target.registryUrl).origin;
      if (to !== own)
        return fail(
          `the registry sends an upload to ${repository} on to ${to} instead of ${own}: a proxy in front does not hand on Host or X-Forwarded-Proto`,
          'let the proxy set Host (with the port), X-Forwarded-Proto and X-Forwarded-For as gitlab-registry.conf does',
          { blames: 'nginx' },
        );
      return outcome.left === undefined
        ? pass(`an upload to ${repository} was opened and cancelled`)
        : warn(
            `an upload to ${repository} was opened, but not cancelled: ${outcome.left}`,
            'nothing: the registry clears it away after a week',
          );
    }
    const { status, message, detail } = outcome;
    const said = `${status} ${message}${detail === undefined ? '' : ` ${detail}`}`.trim();
    if (status >= 500)
      return fail(
        `an upload to ${repository} is answered ${said}: storage takes no write`,
        'gitlab-ctl tail registry names the path or the bucket, and why',
      );
    if (status === 405 || status === 404)
      return fail(
        `an upload to ${repository} is answered ${said}`,
        'look for read-only mode: storage.maintenance.readonly in registry/config.yml',
      );
    if (status === 413)
      return fail(
        `an upload to ${repository} is answered ${said}: a proxy limits the size`,
        'client_max_body_size 0 in the proxy in front of the registry',
        { blames: 'nginx' },
      );
    return fail(
      `an upload to ${repository} is answered ${said}, though GitLab granted push`,
      'compare the clocks and the key pair: gitlab-ctl tail registry says why it refuses the token',
      {
        blames: 'token realm',
      },
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'opened and cancelled' },
    {
      given: answered({ is: 'accepted', location: 'http://registry.example.com/v2/x' }),
      is: 'fail',
      under: 'on to http://registry.example.com',
    },
    {
      given: answered({ is: 'accepted', location: 'https://registry.example.com:5050/v2/x', left: '401' }),
      is: 'warn',
      under: 'not cancelled: 401',
    },
    {
      given: answered({ is: 'refused', status: 500, message: 'unknown error', detail: '{"Op":"mkdir"}' }),
      is: 'fail',
      under: 'storage takes no write',
    },
    {
      given: answered({ is: 'refused', status: 405, message: 'The operation is unsupported.' }),
      is: 'fail',
      under: '405',
    },
    { given: answered({ is: 'refused', status: 413, message: 'a web page' }), is: 'fail', under: 'limits the size' },
    {
      given: answered({ is: 'refused', status: 401, message: 'authentication required' }),
      is: 'fail',
      under: 'though GitLab granted push',
    },
  ],
} as const satisfies Check<'upload' | 'target'>;

function answered(outcome: (typeof HEALTHY.upload)['outcome']) {
  return { upload: { repository: HEALTHY.upload.repository, outcome } };
}
