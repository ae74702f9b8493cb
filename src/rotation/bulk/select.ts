import { ageAgainstUrl, type UrlHistory } from '../../gitlab/url-history.js';
import type { RotatedToken } from '../plan/plan.js';
import { isExpired } from '../plan/token.js';
import type { Filter } from './bulk.js';

const DAY_MS = 86_400_000;

/** Is the token one of those that are meant? Pure. */
export function isMeant(token: RotatedToken, filter: Filter, history: UrlHistory, now: number): boolean {
  // Only deploy tokens stop matching: an access token knows no address.
  if (filter.is === 'stale') return token.kind === 'deploy' && ageAgainstUrl(token.id, history).is === 'older';
  if (filter.is === 'aged') return true;
  return isExpired(token, filter.is === 'expired' ? now : now + filter.days * DAY_MS);
}
