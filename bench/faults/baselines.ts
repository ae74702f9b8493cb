import { type ProbeAnswer, probe } from '../../test/lab/host/probe.js';
import type { Lab } from '../../test/lab/lab.js';
import type { Answer, Baseline } from './score.js';

/**
 * What is looked at where nobody has Registrar: an uptime monitor at the registry's address, and the page on which a
 * member of a project finds its registry.
 */
export function baselinesOf(lab: Lab): () => Promise<Record<Baseline, Answer>> {
  // The address that people know, whatever gitlab.rb says by now.
  const address = lab.host.registryUrl;
  const member = lab.gitlab.addPersonalToken(lab.people.bob, { scopes: ['read_api'], name: 'reads the page' });
  const ask = (path: string) => probe(`${address}${path}`, { ca: lab.host.ca.pem });
  return async () => {
    const [front, api, project] = await Promise.all([
      ask('/'),
      ask('/v2/'),
      probe(`${lab.gitlab.url}/api/v4/projects/${lab.project.id}`, { headers: { 'private-token': member.token } }),
    ]);
    return { 'GET /': expecting(200, front), '/v2/': expecting(401, api), page: pageOf(project) };
  };
}

function expecting(wanted: number, { status, error }: ProbeAnswer): Answer {
  return { said: String(status ?? error), isFine: status === wanted };
}

/** GitLab shows a project's registry, with its address, whenever the settings say that there is one. */
function pageOf({ status, error, body }: ProbeAnswer): Answer {
  if (status !== 200) return { said: String(status ?? error), isFine: false };
  const { container_registry_access_level: level, container_registry_image_prefix: prefix } = JSON.parse(body) as {
    container_registry_access_level?: string;
    container_registry_image_prefix?: string;
  };
  const isFine = level !== 'disabled' && prefix !== undefined;
  return { said: isFine ? 'available' : 'no registry', isFine };
}
