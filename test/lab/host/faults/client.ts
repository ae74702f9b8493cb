import type { GitLabDouble } from '../../gitlab/double.js';
import type { Host } from '../host.js';
import type { ProbeAnswer } from '../probe.js';
import { waitFor } from '../process.js';

/** Where Registrar pushes, too: nobody's images are there. */
const REPOSITORY = 'ops/canary/registrar-canary';

/** Asks the registry with a token that GitLab gives just now to its first user. */
const withToken = async (
  host: Host,
  gitlab: GitLabDouble,
  pathname: string,
  method: 'GET' | 'POST',
): Promise<ProbeAnswer> => {
  const [own] = gitlab.personalTokens;
  if (own === undefined) throw new Error('nobody has a token');
  const url = new URL('/jwt/auth', gitlab.url);
  url.searchParams.set('service', 'container_registry');
  url.searchParams.set('scope', `repository:${REPOSITORY}:pull,push`);
  const authorization = `Basic ${Buffer.from(`${own.user.username}:${own.token}`).toString('base64')}`;
  const { token } = (await (await fetch(url, { headers: { authorization } })).json()) as { token: string };
  return host.probe(pathname, { method, headers: { authorization: `Bearer ${token}`, 'content-length': '0' } });
};

/** Begins an upload as a client does. */
export const beginUpload = (host: Host, gitlab: GitLabDouble): Promise<ProbeAnswer> =>
  withToken(host, gitlab, `/v2/${REPOSITORY}/blobs/uploads/`, 'POST');

/** Waits until an upload is answered in this way. */
export const untilUpload = (
  host: Host,
  gitlab: GitLabDouble,
  what: string,
  matches: (answer: ProbeAnswer) => boolean,
): Promise<true> => waitFor(what, async () => (matches(await beginUpload(host, gitlab)) ? true : undefined));

/** Waits until the registry refuses what GitLab signs. */
export const untilTokenRefused = (host: Host, gitlab: GitLabDouble): Promise<true> =>
  waitFor('a token to be refused', async () =>
    (await withToken(host, gitlab, '/v2/', 'GET')).status === 401 ? true : undefined,
  );
