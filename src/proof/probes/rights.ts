import type { RightsFinding } from '../../diagnosis/findings.js';
import { type Project, ROLES, type User } from '../../gitlab/schema.js';
import type { OpenInstance } from '../../instance.js';
import type { Probe } from '../probe.js';
import { askedProject } from '../subject.js';

/** The user or deploy token of the log's login: known, active, with which role or scopes? */
export const rights: Probe<'rights'> = {
  id: 'rights',
  worthFor: ['insufficient-rights', 'credentials-rejected', 'password-needs-token'],
  async look(scene): Promise<RightsFinding | undefined> {
    const who = await scene.who();
    // A job's own token has every right in its project; what it may elsewhere, `jobToken` asks.
    if (who.is === 'job' || who.is === 'unknown') return undefined;
    const project = await askedProject(scene);
    const common = {
      project: project.path_with_namespace,
      open: openTo(project),
      personal: project.namespace?.kind === 'user',
    };
    if (who.is === 'deploy-token') {
      const { token, of } = who;
      const { id, name, scopes } = token;
      return { ...common, who: { is: 'deploy-token', id, name, scopes, of: of.path_with_namespace } };
    }
    const { username, user } = who;
    if (user === undefined) return { ...common, who: { is: 'person', username } };
    const level = await levelIn(project, user, scene.instance);
    return { ...common, who: { is: 'person', username, user: { state: user.state ?? 'active', level } } };
  },
};

/** The user's level there, 0 without one. An administrator stands above all roles; GitLab says so to administrators. */
export async function levelIn(project: Project, user: User, { gitlab }: OpenInstance): Promise<number> {
  if (user.is_admin === true) return ROLES.owner + 10;
  return (await gitlab.accessLevel(project.id, user.id)) ?? 0;
}

/** Who may pull without a role: a registry that is `private` is for members only, however public the project. */
export function openTo({ visibility, container_registry_access_level: level }: Project): RightsFinding['open'] {
  if (level === 'private' || level === 'disabled') return 'nobody';
  return visibility === 'public' ? 'anybody' : visibility === 'internal' ? 'signed-in' : 'nobody';
}
