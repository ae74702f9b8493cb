import type { OpenInstance } from '../instance.js';
import type { Credentials, Handshake } from '../registry/protocol.js';

/** GitLab may ban an address after ten refused logins in a minute: we make at most so many that may be refused. */
const LOGINS = 2;

/** Logins at the registry, counted. */
export interface Logins {
  /** With foreign credentials. */
  login(username: string, password: string): Promise<'accepted' | 'refused' | 'not-tried'>;
  /** With Registrar's own, for these scopes; where they were wrong once, they are not tried again. */
  own(scopes: string[]): Promise<Handshake>;
  /** After a refused one a success resets GitLab's count of our address. */
  atone(): Promise<void>;
}

/** `ownLogin`: Registrar's own credentials. */
export function countLogins({ registry }: OpenInstance, ownLogin: () => Promise<Credentials>): Logins {
  let left = LOGINS;
  let refused = false;
  /** One after the other, so that the second sees what became of the first. */
  let owns: Promise<Handshake | undefined> = Promise.resolve(undefined);

  async function attempt(credentials: Credentials, scopes: string[] = []): Promise<Handshake> {
    const { challenge } = await registry.ping();
    if (challenge === undefined) throw new Error('the registry gave no challenge');
    return registry.handshake(challenge, scopes, credentials);
  }

  const own: Logins['own'] = (scopes) => {
    const next = owns
      .catch(() => undefined)
      .then(async (last) => (last !== undefined && isWrong(last) ? last : attempt(await ownLogin(), scopes)));
    owns = next;
    return next;
  };

  return {
    async login(username, password) {
      if (left-- <= 0) return 'not-tried';
      if ((await attempt({ username, password })).is === 'granted') return 'accepted';
      refused = true;
      return 'refused';
    },
    own,
    async atone() {
      if (refused) await own([]);
    },
  };
}

/** Refused as credentials, which is what GitLab counts; a right that is missing is not. */
function isWrong(answer: Handshake): boolean {
  return answer.is === 'refused' && answer.status === 401;
}
