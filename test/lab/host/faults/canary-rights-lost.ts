import type { Fault } from './fault.js';

export const canaryRightsLost: Fault = {
  id: 'canary-rights-lost',
  breaks: "Registrar's own user lost its role in the canary project, and is no administrator any more",
  link: undefined,
  apply: async (_, gitlab) => {
    const [user, project] = [gitlab.findUser('registrar-bot'), gitlab.findProject('ops/canary')];
    if (user === undefined || project === undefined) throw new Error('this GitLab has no canary');
    user.admin = false;
    gitlab.removeMember(project, user);
    return async () => {
      user.admin = true;
      gitlab.addMember(project, user, 40);
    };
  },
};
