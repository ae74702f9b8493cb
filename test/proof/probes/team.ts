import { openIdentities } from '../../../src/access/identities.js';
import type { Config } from '../../../src/config/schema.js';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import { openGitLab } from '../../../src/gitlab/client.js';
import { createHttp } from '../../../src/http.js';
import type { OpenInstance } from '../../../src/instance.js';
import type { Asker } from '../../../src/proof/asker.js';
import type { Scene } from '../../../src/proof/probe.js';
import { openScene } from '../../../src/proof/scene.js';
import { type GitLabDouble, startGitLab } from '../../lab/gitlab/double.js';
import { makeSigningPair } from '../../lab/gitlab/keys.js';
import type { Project, User } from '../../lab/gitlab/model.js';
import { REGISTRY } from '../../logs/job.js';

/** A GitLab with shop/api, where Ana, who asks, is a Developer, and platform/base, which she doesn't know. */
export interface Team {
  gitlab: GitLabDouble;
  bot: User;
  ana: User;
  api: Project;
  base: Project;
  /** What the probes of this log are given. */
  scene(log: string, asker?: Asker): Scene;
  stop(): Promise<void>;
}

export const ANA: Asker = { is: 'person', person: { platform: 'terminal', id: 'ana-os' } };

const notAsked = () => Promise.reject(new Error('not asked in these tests'));

export async function startTeam(): Promise<Team> {
  const { keyPem, certificatePem } = await makeSigningPair();
  const gitlab = await startGitLab({ signingKeyPem: keyPem, certificatePem });
  gitlab.setRegistry(`https://${REGISTRY}`);
  const bot = gitlab.addUser({ username: 'registrar-bot', admin: true });
  const ana = gitlab.addUser({ username: 'ana' });
  const api = gitlab.addProject('shop/api');
  const base = gitlab.addProject('platform/base');
  gitlab.addMember(api, ana, 30);
  const { token } = gitlab.addPersonalToken(bot, { scopes: ['api'] });
  const http = createHttp();
  const config = {
    instances: [{ gitlab: { url: gitlab.url }, registry: { url: `https://${REGISTRY}` } }],
    access: { people: [{ gitlab: 'ana', terminal: 'ana-os' }] },
  } as unknown as Config;
  const instance = {
    config: config.instances[0],
    gitlab: openGitLab(gitlab.url, token, http),
  } as unknown as OpenInstance;
  const identities = openIdentities({ current: () => config }, { of: async () => undefined });
  return {
    gitlab,
    bot,
    ana,
    api,
    base,
    scene: (log, asker = ANA) =>
      openScene(diagnose(log), instance, asker, identities, {
        login: notAsked,
        ownLogin: notAsked,
        history: notAsked,
        now: 0,
      }),
    async stop() {
      await http.close();
      await gitlab.stop();
    },
  };
}
