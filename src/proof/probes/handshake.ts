import { targetOf } from '../../config/schema.js';
import type { HandshakeFinding } from '../../diagnosis/findings.js';
import type { Probe } from '../probe.js';
import { knownRepository } from '../subject.js';

/** Does GitLab give Registrar a token, and does the registry take it? */
export const handshake: Probe<'handshake'> = {
  id: 'handshake',
  worthFor: ['token-key-mismatch', 'clock-skew', 'auth-realm-unreachable', 'registry-disabled', 'address-banned'],
  async look(scene): Promise<HandshakeFinding> {
    const { config, registry } = scene.instance;
    const target = targetOf(config);
    const path = await knownRepository(scene);
    // To ask for push would make the repository in GitLab.
    const answer = await scene.ownLogin(path === undefined ? [] : [`repository:${path}:pull`]);
    if (answer.is === 'refused') return { target, ...answer };
    const { status, date } = await registry.ping(answer.token);
    const { access, issuedAt } = answer;
    return {
      target,
      is: 'granted',
      status,
      ...(path === undefined
        ? {}
        : { repository: { path, actions: access.find(({ name }) => name === path)?.actions ?? [] } }),
      ...(date === undefined || issuedAt === undefined ? {} : { aheadSeconds: Math.round((issuedAt - date) / 1000) }),
    };
  },
};
