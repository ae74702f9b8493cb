import { requireRole } from '../access/authorize.js';
import type { GitLab } from '../gitlab/client.js';
import type { Owner, User } from '../gitlab/schema.js';

/**
 * Makes sure that a user may replace tokens there: what GitLab itself asks for.
 *
 * Errors: `not-allowed`.
 * Source: https://docs.gitlab.com/user/permissions/ (project tokens: Maintainer; group tokens: Owner).
 */
export function requireRotator(owner: Owner, user: User, gitlab: GitLab): Promise<void> {
  return requireRole(owner.kind === 'group' ? 'owner' : 'maintainer', owner, user, gitlab);
}
