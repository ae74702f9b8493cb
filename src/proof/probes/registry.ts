import type { Probe } from '../probe.js';
import { reasonOf } from '../probe.js';

/** Does the registry answer a bare GET /v2/ with its challenge? */
export const registry: Probe<'registry'> = {
  id: 'registry',
  worthFor: 'any',
  async look({ instance }) {
    try {
      const { ms, challenge, status } = await instance.registry.ping();
      return challenge === undefined ? { is: 'silent', why: `it answers ${status}` } : { is: 'answers', ms };
    } catch (error) {
      return { is: 'silent', why: reasonOf(error) };
    }
  },
};
