import { ErrorCode } from '@slack/web-api';
import { EdgeError, messageOf } from '../../errors.js';

/** Slack edits at most some 50 messages a minute: a second between calls, as it asks for per channel. Milliseconds. */
const RETRY_MS = 3_000;

/** What Slack itself said, where it answered. */
export function platformError(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== ErrorCode.PlatformError)
    return undefined;
  return (error as { data?: { error?: string } }).data?.error;
}

/** Platform errors that time does not mend. */
const FOR_GOOD = new Set([
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'missing_scope',
  'invalid_blocks',
  'msg_blocks_too_long',
  'no_text',
  'is_archived',
]);

/** Slack's refusal of an answer, with `retry` where a later try may go through. */
export function edgeError(error: unknown): EdgeError {
  if (error instanceof EdgeError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const said = platformError(error) ?? messageOf(error);
  const afterMs =
    code === ErrorCode.RateLimitedError ? Number((error as { retryAfter?: number }).retryAfter ?? 30) * 1000 : RETRY_MS;
  return new EdgeError({
    part: 'slack',
    code: 'slack-failed',
    retry: FOR_GOOD.has(said) ? 'never' : { afterMs },
    cause: error,
    forPerson: {
      what: 'Slack did not take the answer',
      why: said,
      next: '`registrar config check` tries the token and its scopes',
    },
  });
}
