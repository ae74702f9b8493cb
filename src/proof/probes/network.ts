import { targetOf } from '../../config/schema.js';
import type { NetworkFinding } from '../../diagnosis/findings.js';
import { EdgeError } from '../../errors.js';
import type { Registry } from '../../registry/client.js';
import type { Ping } from '../../registry/protocol.js';
import { within } from '../../within.js';
import { type Probe, reasonOf } from '../probe.js';

/** A registry that takes longer keeps clients waiting as well, and leaves the other probes no time. Milliseconds. */
const ANSWER_MS = 2_000;

/** How far does a client get, from name to token endpoint? Asked of the configured addresses alone. */
export const network: Probe<'network'> = {
  id: 'network',
  worthFor: 'any',
  async look({ instance: { config, registry, reach } }) {
    const target = targetOf(config);
    const [way, gitlab] = await Promise.all([reach('registry'), reach('gitlab')]);
    const found: NetworkFinding = { target, registry: way, gitlab };
    if (way.stopped !== undefined || way.speaks !== undefined || way.tls?.error !== undefined) return found;
    const ping = await answerOf(registry);
    if ('is' in ping) return { ...found, silent: ping };
    const endpoint = await endpointOf(registry, ping);
    return {
      ...found,
      ping,
      ...(ping.date === undefined ? {} : { aheadSeconds: Math.round((ping.date - Date.now()) / 1000) }),
      ...(endpoint === undefined ? {} : { endpoint }),
    };
  },
};

async function answerOf(registry: Registry): Promise<Ping | NonNullable<NetworkFinding['silent']>> {
  const slow = `nothing within ${ANSWER_MS / 1000} s`;
  try {
    return await within(ANSWER_MS, slow, registry.ping());
  } catch (error) {
    const why = reasonOf(error);
    return { is: why === slow ? 'slow' : 'broken', why };
  }
}

/** Asks for a token without credentials, which counts as no failed login. Goes only to the configured GitLab. */
async function endpointOf(registry: Registry, { challenge }: Ping): Promise<NetworkFinding['endpoint']> {
  if (challenge === undefined) return undefined;
  try {
    const answer = await within(ANSWER_MS, 'the token endpoint does not answer', registry.handshake(challenge, []));
    if (answer.is === 'granted') return { is: 'answers', status: 200 };
    const { status, code, message } = answer;
    return { is: 'answers', status, message, ...(code === undefined ? {} : { code }) };
  } catch (error) {
    if (error instanceof EdgeError && error.code === 'realm-not-trusted') return undefined;
    return { is: 'silent', why: reasonOf(error) };
  }
}
