import type { Challenge } from './challenge.js';
import type { Registry } from './client.js';

const known = new WeakMap<Registry, Challenge>();

/**
 * How a registry asks for a token: that changes with its configuration alone, so whoever has it open is told once.
 * `status` where it asks for none. Errors: those of {@link Registry}.
 */
export async function challengeOf(
  registry: Registry,
): Promise<{ challenge: Challenge } | { challenge?: undefined; status: number }> {
  const asked = known.get(registry);
  if (asked !== undefined) return { challenge: asked };
  const { challenge, status } = await registry.ping();
  if (challenge === undefined || status >= 500) return { status };
  known.set(registry, challenge);
  return { challenge };
}
