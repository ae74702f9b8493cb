import type { OpenInstance } from '../instance.js';

/** GitLab may ban an address after ten refused logins in a minute: we make at most so many that may be refused. */
const LOGINS = 2;

/** Logins at the registry with foreign credentials, counted. */
export interface Logins {
  login(username: string, password: string): Promise<'accepted' | 'refused' | 'not-tried'>;
  /** After a refused one a success resets GitLab's count of our address. */
  atone(): Promise<void>;
}

/** `ownLogin`: Registrar's own credentials. */
export function countLogins(
  { registry }: OpenInstance,
  ownLogin: () => Promise<{ username: string; password: string }>,
): Logins {
  let left = LOGINS;
  let refused = false;

  async function attempt(username: string, password: string): Promise<boolean> {
    const { challenge } = await registry.ping();
    if (challenge === undefined) throw new Error('the registry gave no challenge');
    return (await registry.handshake(challenge, [], { username, password })).is === 'granted';
  }

  return {
    async login(username, password) {
      if (left-- <= 0) return 'not-tried';
      if (await attempt(username, password)) return 'accepted';
      refused = true;
      return 'refused';
    },
    async atone() {
      if (!refused) return;
      const { username, password } = await ownLogin();
      await attempt(username, password);
    },
  };
}
