import { type Check, fail, pass } from './check.js';

/**
 * Does `GET /v2/` over the exposed URL reach a registry? 401 with a challenge is the right answer.
 *
 * Source: distribution's API specification, "API version check".
 */
export const endpoint = {
  id: 'endpoint',
  asks: 'Does the exposed URL answer as a registry?',
  link: 'nginx',
  explains: ['realm', 'handshake'],
  needs: ['ping', 'target'],
  missing: (_, why) =>
    fail(
      why,
      'gitlab-ctl status nginx registry; a firewall or another port than registry_external_url’s looks the same',
    ),
  judge({ ping, target }) {
    const url = `${target.registryUrl}/v2/`;
    if (ping.status === 401 && ping.challenge !== undefined)
      return pass(`${url} answers 401 with a challenge, in ${Math.round(ping.ms)} ms`);
    if (ping.status >= 502 && ping.status <= 504) {
      return fail(
        `${url} answers ${ping.status}: nginx runs, the registry behind it does not answer`,
        'gitlab-ctl restart registry; then compare proxy_pass of gitlab-registry.conf with http.addr of registry/config.yml',
        { blames: 'registry' },
      );
    }
    if (ping.status >= 300 && ping.status < 400)
      return fail(
        `${url} answers ${ping.status} and sends clients elsewhere: another server than the registry's answers there`,
        'compare server_name and listen of gitlab-registry.conf with registry_external_url; a balancer in front may redirect',
      );
    if (ping.status === 400)
      return fail(
        `${url} answers 400: plain http was spoken to a TLS port, or the reverse`,
        'compare the scheme of registry_external_url with listen in gitlab-registry.conf',
      );
    if (ping.status === 404)
      return fail(
        `${url} answers 404: something else than the registry listens there`,
        'compare the port of registry_external_url with listen in gitlab-registry.conf',
      );
    if (ping.status === 200)
      return fail(
        `${url} answers 200 without asking for a token: it is not GitLab's registry, or its authentication is off`,
        'look at auth.token in registry/config.yml',
      );
    return fail(
      `${url} answers ${ping.status}${ping.apiVersion === undefined ? ', and not as a registry does' : ''}`,
      'gitlab-ctl tail registry; gitlab-ctl tail nginx',
    );
  },
  examples: [
    { given: {}, is: 'pass', under: '401 with a challenge, in 12 ms' },
    { given: { ping: { status: 502, ms: 3 } }, is: 'fail', under: 'answers 502' },
    { given: { ping: { status: 404, ms: 3 } }, is: 'fail', under: 'answers 404' },
    { given: { ping: { status: 302, ms: 3 } }, is: 'fail', under: 'sends clients elsewhere' },
    {
      given: { ping: { status: 200, ms: 3, apiVersion: 'registry/2.0' } },
      is: 'fail',
      under: 'without asking for a token',
    },
  ],
} as const satisfies Check<'ping' | 'target'>;
