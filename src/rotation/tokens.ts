import { EdgeError } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import type { Owner } from '../gitlab/schema.js';
import type { RotatedToken, RotationPlan } from './plan/plan.js';
import { freshExpiry, freshName, registryTokens, successorExpiry } from './plan/token.js';

/** What GitLab can do with one kind of token. Errors: those of {@link GitLab}. */
interface TokenKind {
  list(gitlab: GitLab, owner: Owner): Promise<RotatedToken[]>;
  create(gitlab: GitLab, plan: RotationPlan, now: number): Promise<{ id: number; username: string; token: string }>;
  /** False when it was gone already. */
  remove(gitlab: GitLab, owner: Owner, id: number): Promise<boolean>;
}

/** An access token's login takes any name; this one tells whoever reads the logs where it comes from. */
export const ACCESS_TOKEN_NAME = 'registrar';

export const TOKENS: Record<RotatedToken['kind'], TokenKind> = {
  deploy: {
    list: async (gitlab, owner) =>
      registryTokens(await gitlab.deployTokens(owner)).map(({ id, name, username, scopes, expires_at }) => ({
        ...{ kind: 'deploy', id, name, username, scopes },
        ...(expires_at == null ? {} : { expires_at }),
      })),
    create: (gitlab, plan, now) => {
      const { old, username } = plan;
      const expires_at = successorExpiry(old, now);
      return gitlab.createDeployToken(plan.owner, {
        name: freshName(plan),
        scopes: old.scopes,
        ...(username === undefined ? {} : { username }),
        ...(expires_at === undefined ? {} : { expires_at }),
      });
    },
    remove: (gitlab, owner, id) => gitlab.deleteDeployToken(owner, id),
  },
  // Never GitLab's own call to rotate one: it kills the old token at once, and its repetition the whole family.
  access: {
    list: async (gitlab, owner) =>
      registryTokens(await gitlab.accessTokens(owner))
        .filter(({ active }) => active)
        .map(({ id, name, scopes, expires_at, access_level, created_at }) => ({
          ...{ kind: 'access', id, name, scopes, access_level, created_at },
          ...(expires_at == null ? {} : { expires_at }),
        })),
    create: async (gitlab, plan, now) => {
      const { scopes, access_level = 0 } = plan.old;
      const name = freshName(plan);
      const expires_at = freshExpiry(plan.old, now);
      const made = await gitlab.createAccessToken(plan.owner, { name, scopes, access_level, expires_at });
      return { id: made.id, username: ACCESS_TOKEN_NAME, token: made.token };
    },
    remove: (gitlab, owner, id) => gitlab.deleteAccessToken(owner, id),
  },
};

/**
 * Tokens of both kinds that are for the registry and in force. Access tokens may be out of the bot's sight. Registrar's
 * own is left out: its end would be the rotation's.
 */
export async function tokensOf(gitlab: GitLab, owner: Owner): Promise<RotatedToken[]> {
  const [deploy, access] = await Promise.all([
    TOKENS.deploy.list(gitlab, owner),
    TOKENS.access.list(gitlab, owner).catch((error: unknown) => {
      if (error instanceof EdgeError && error.code === 'gitlab-forbidden') return [];
      throw error;
    }),
  ]);
  if (access.length === 0) return deploy;
  const { id: own } = await gitlab.ownToken();
  return [...deploy, ...access.filter(({ id }) => id !== own)];
}
