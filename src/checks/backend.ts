import { type Check, fail, pass, skipped } from './check.js';
import { HEALTHY, sampleHost } from './sample.js';

/**
 * Does the registry answer right behind nginx, asked on the host by its own address? With the answer through nginx it
 * tells who is broken.
 */
export const backend = {
  id: 'backend',
  asks: 'Does the registry answer without nginx in front of it?',
  link: 'registry',
  explains: ['endpoint', 'upload', 'image'],
  needs: ['host', 'ping'],
  missing: (_, why) => skipped(why),
  judge({ host: { backend: seen }, ping }) {
    if (seen === undefined) return skipped('the host has no curl, or config.yml names no address');
    const at = seen.url;
    const outside = ping.status;
    if (seen.status === 401 || seen.status === 200) {
      if (outside < 500) return pass(`${at} answers ${seen.status}`);
      return fail(
        `${at} answers ${seen.status} on the host, but through nginx comes ${outside}: nginx asks at another address, or not at all`,
        'compare proxy_pass of gitlab-registry.conf with http.addr of registry/config.yml: gitlab-ctl reconfigure writes both anew',
        { blames: 'nginx' },
      );
    }
    if (seen.status === undefined)
      return fail(
        `${at} does not answer on the host: ${seen.error ?? ''}`,
        'gitlab-ctl status registry; gitlab-ctl tail registry',
      );
    return fail(`${at} answers ${seen.status} on the host`, 'gitlab-ctl tail registry');
  },
  examples: [
    { given: {}, is: 'pass', under: '127.0.0.1:5000/v2/ answers 401' },
    { given: { ping: { status: 502, ms: 1 } }, is: 'fail', under: 'through nginx comes 502' },
    {
      given: {
        host: sampleHost({
          backend: { url: 'http://127.0.0.1:5000/v2/', headers: {}, error: 'curl: (7) Failed to connect' },
        }),
      },
      is: 'fail',
      under: 'does not answer on the host: curl: (7)',
    },
    {
      given: {
        host: sampleHost({ backend: { url: 'http://127.0.0.1:5000/v2/', status: 404, headers: {} } }),
        ping: HEALTHY.ping,
      },
      is: 'fail',
      under: 'answers 404',
    },
    { given: { host: sampleHost() }, is: 'skipped', under: 'no curl' },
  ],
} as const satisfies Check<'host' | 'ping'>;
