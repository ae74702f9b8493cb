import { GroupAccessTokens, PersonalAccessTokens, ProjectAccessTokens } from '@gitbeaker/rest';
import { EdgeError } from '../errors.js';
import type { Http } from '../http.js';
import { absent, type Parse, unless } from './answers.js';
import { unpaced } from './pace.js';
import { gitlabRequester } from './requester.js';
import { AccessToken, NewAccessToken, type Owner, OwnToken, PersonalToken } from './schema.js';

/**
 * Access tokens of projects and groups. GitLab's own rotation of them is never called: it revokes the old one at once,
 * and repeated it revokes the whole family.
 *
 * Errors: `gitlab-forbidden` without the role (in a project Maintainer, in a group Owner), which GitLab answers with
 * 401 or 400.
 * Source: https://docs.gitlab.com/api/project_access_tokens/, lib/api/resource_access_tokens.rb.
 */
export interface AccessTokens {
  /** Revoked and expired ones too. */
  accessTokens(owner: Owner): Promise<AccessToken[]>;
  /** `expires_at` is a date, at most a year ahead; no level above the bot's own is given. */
  createAccessToken(
    owner: Owner,
    token: { name: string; scopes: string[]; access_level: number; expires_at: string },
  ): Promise<NewAccessToken>;
  /**
   * False when it was gone already; to revoke one that is revoked, but still listed, is no error. Errors:
   * `gitlab-not-found` when its owner is out of the bot's sight.
   */
  deleteAccessToken(owner: Owner, id: number): Promise<boolean>;
  /** What a token is, asked with itself; `undefined` when GitLab refuses it. */
  whose(token: string): Promise<OwnToken | undefined>;
}

type Options = ConstructorParameters<typeof ProjectAccessTokens>[0] & { host: string };

/** What can be a token at all: a header takes nothing else. */
const TOKEN = /^[\x21-\x7e]{1,500}$/;

export function openAccessTokens(options: Options, parse: Parse, http: Http): AccessTokens {
  const of = { project: new ProjectAccessTokens(options), group: new GroupAccessTokens(options) };

  return {
    accessTokens: async (owner) => {
      const found = await permitted(owner, () => of[owner.kind].all(owner.id, { perPage: 100 } as object));
      return found.map((one) => parse(AccessToken, one));
    },
    createAccessToken: (owner, { name, scopes, access_level, expires_at }) =>
      permitted(owner, async () => {
        const more = { accessLevel: access_level as never };
        return parse(NewAccessToken, await of[owner.kind].create(owner.id, name, scopes as never, expires_at, more));
      }),
    deleteAccessToken: async (owner, id) => {
      const removed = await absent(() =>
        permitted(owner, async () => {
          await of[owner.kind].revoke(owner.id, id);
          return true;
        }),
      );
      // As for deploy tokens: what the bot does not see is not gone for that.
      if (removed === undefined)
        await permitted(owner, () => of[owner.kind].all(owner.id, { perPage: 1, maxPages: 1 } as object));
      return removed ?? false;
    },
    whose: async (token) => {
      if (!TOKEN.test(token)) return undefined;
      const asItself = { host: options.host, token, requesterFn: gitlabRequester(http, unpaced) };
      return unless(401, async () => parse(OwnToken, await new PersonalAccessTokens(asItself).show()));
    },
  };

  /** GitLab says that a role is missing by a 401 or a 400; that our own token is dead it says by a 401 as well. */
  async function permitted<T>(owner: Owner, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      const why = error.forPerson.why ?? '';
      if (error.status === 401) parse(PersonalToken, await new PersonalAccessTokens(options).show());
      else if (error.status !== 400 || !/not have permission|cannot delete|permissions not held/.test(why)) throw error;
      const role = owner.kind === 'project' ? 'Maintainer' : 'Owner';
      throw new EdgeError({
        part: 'gitlab',
        code: 'gitlab-forbidden',
        status: 403,
        cause: error,
        forPerson: {
          what: `GitLab does not let Registrar manage the access tokens of ${owner.path}`,
          why,
          next: `give Registrar’s GitLab user the role ${role} there; it can give no token a higher role than its own`,
        },
      });
    }
  }
}
