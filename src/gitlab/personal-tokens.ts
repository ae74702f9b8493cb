import { PersonalAccessTokens } from '@gitbeaker/rest';
import { absent, type Parse } from './answers.js';
import { ListedToken, NewPersonalToken } from './schema.js';

/**
 * Personal access tokens, of which Registrar's own is one. GitLab's own rotation is never called: it revokes the old
 * one at once, and a lost answer would be a lost token.
 *
 * Source: https://docs.gitlab.com/api/user_tokens/, https://docs.gitlab.com/api/personal_access_tokens/
 */
export interface PersonalTokens {
  /** Those in force of a user: an administrator may ask for anybody's. */
  personalTokens(userId: number): Promise<ListedToken[]>;
  /** Takes an administrator. Without a date GitLab gives the latest one that it allows. */
  createPersonalToken(
    userId: number,
    token: { name: string; scopes: string[]; expires_at?: string },
  ): Promise<NewPersonalToken>;
  /** One's own, or as an administrator. False when it was gone already; one that is revoked is no error. */
  deletePersonalToken(id: number): Promise<boolean>;
}

type Options = ConstructorParameters<typeof PersonalAccessTokens>[0];

export function openPersonalTokens(options: Options, parse: Parse): PersonalTokens {
  const tokens = new PersonalAccessTokens(options);
  return {
    personalTokens: async (userId) => {
      const found = await tokens.all({ userId, state: 'active', perPage: 100 });
      return found.map((one) => parse(ListedToken, one));
    },
    createPersonalToken: async (userId, { name, scopes, expires_at }) => {
      const more = expires_at === undefined ? {} : { expiresAt: expires_at };
      return parse(NewPersonalToken, await tokens.create(userId, name, scopes, more));
    },
    deletePersonalToken: async (tokenId) => {
      const removed = await absent(async () => {
        await tokens.remove({ tokenId });
        return true;
      });
      return removed ?? false;
    },
  };
}
